"""The look of what is shown in a browser, light and dark: style sheets that name colours by what they mean.

A page, or the part of a notebook that shows something of ours, has the class "dualrev"; theme.css gives it its colours.
Drawings carry the light ones as attributes too, for places that leave style sheets out.
"""

from importlib.resources import files
from string import Template

from .palette import FORWARD, REVERSE


def style_sheet(package: str | None = __package__, name: str = "theme.css") -> str:
    """A style sheet of one of our packages, with the colours of the modes in it."""
    text = files(package or "dualrev").joinpath(name).read_text(encoding="utf-8").strip()
    return Template(text).substitute(forward=FORWARD, reverse=REVERSE)


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
