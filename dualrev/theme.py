"""The look of what is shown in a browser, light and dark: style sheets that name colours by what they mean.

A page, or the part of a notebook that shows something of ours, has the class "dualrev"; theme.css gives it its colours,
as the reader's system asks for, or the notebook or site around it. Drawings carry the light ones as attributes too, for
places that leave style sheets out.
"""

from importlib.resources import files
from string import Template

from .palette import FORWARD, REVERSE

# Texts (ink to reverse) have a contrast of at least 4.5 to everything that they stand on (paper to marked).
LIGHT = {
    "ink": "#222222", "soft": "#5c5c5c", "forward": FORWARD, "reverse": REVERSE,
    "paper": "#ffffff", "panel": "#f6f6f6", "input": "#fff3e0", "output": "#e3eefb", "marked": "#fdf0c8",
    "line": "#6f6f6f", "border": "#767676", "rule": "#dddddd",
}  # fmt: skip
DARK = {
    "ink": "#e8e8e8", "soft": "#b0b0b0", "forward": "#ffa264", "reverse": "#86bdff",
    "paper": "#161616", "panel": "#222222", "input": "#3a2914", "output": "#16304d", "marked": "#4a3d12",
    "line": "#9c9c9c", "border": "#8c8c8c", "rule": "#3c3c3c",
}  # fmt: skip


def style_sheet(package: str = "dualrev", name: str = "theme.css") -> str:
    """A style sheet of one of our packages; theme.css with the colours in it."""
    light, dark = (" ".join(f"--{k}: {v};" for k, v in colours.items()) for colours in (LIGHT, DARK))
    text = files(package).joinpath(name).read_text(encoding="utf-8").strip()
    return Template(text).substitute(light=light, dark=dark)


def themed(body: str) -> str:
    """A part of a notebook, in the colours around it."""
    return f'<div class="dualrev"><style>{style_sheet()}</style>{body}</div>'


def themed_svg(svg: str) -> str:
    """A drawing with the colours of both themes in it, as a notebook shows it."""
    head, rest = svg.split(">", 1)
    return f'{head} class="dualrev"><style>{style_sheet()}</style>{rest}'


def page(title: str, body: str, *sheets: str, script: str = "") -> str:
    """A whole page of HTML that needs nothing from elsewhere. title: escaped. sheets: beside theme.css and page.css."""
    styles = "\n".join([style_sheet(), style_sheet(name="page.css"), *sheets])
    script = f"\n<script>{script}</script>" if script else ""
    return PAGE.substitute(title=title, styles=styles, body=body, script=script)


PAGE = Template("""<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>$title</title>
<style>
$styles
</style>
</head>
<body class="dualrev">
$body$script
</body>
</html>
""")
