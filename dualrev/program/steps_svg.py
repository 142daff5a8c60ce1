"""The steps as an animated SVG: the drawing plays by itself, by SMIL, without any script.

Where animation is not supported the attributes as they stand count, and they show the last state.
"""

import textwrap
from collections.abc import Sequence as Series
from itertools import groupby

from ..palette import FORWARD, INK, REVERSE
from .nodes import CHARACTER, LINE_HEIGHT, TEXT_SIZE, shortened
from .stage import stage_of
from .states import Phase, Sequence, Step
from .svg import BORDER, FONT, LINE, PAPER, number, svg_of, tag, text

PACE, REST = 2.0, 3.0  # seconds of a step; more for the last one
NARROWEST, CAPTION_LINES, MARGIN = 560.0, 3, 12.0
COLOURS: dict[Phase, str] = {"start": INK, "forward": FORWARD, "reverse": REVERSE}


def animated(sequence: Sequence) -> str:
    """The drawing with a caption below it, going through the steps over and over."""
    clock, stage = Clock(len(sequence)), stage_of(sequence, unwritten=sequence.mode != "forward")
    inner = svg_of(stage, Script(sequence, clock).extra)
    width = max(stage.layout.width, NARROWEST)
    height = stage.layout.height + (CAPTION_LINES + 1) * LINE_HEIGHT + 2 * MARGIN
    left = (width - stage.layout.width) / 2
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {number(width)} {number(height)}" '
            f'width="{number(width)}" height="{number(height)}" role="img" font-family="{FONT}" '
            f'font-size="{number(TEXT_SIZE)}">',
            f"<title>{text(f'Steps of {sequence.heading}')}</title>",
            tag("rect", width=width, height=height, fill=PAPER),
            tag("g", transform=f"translate({number(left)} 0)", inside=f"\n{inner}"),
            *[caption(step, width, stage.layout.height + MARGIN, clock) for step in sequence],
            "</svg>\n",
        ]
    )


def caption(step: Step, width: float, y: float, clock: "Clock") -> str:
    """What happens in a step, in a few lines; of the last step it shows without animation too."""
    last = step.number == clock.steps - 1
    across = max(int((width - 2 * MARGIN) / (TEXT_SIZE * CHARACTER)), 20)
    said = textwrap.wrap(step.text, across, max_lines=CAPTION_LINES, placeholder=" …")
    rows = [
        tag("text", x=MARGIN, y=y + LINE_HEIGHT * (k + 1), fill=COLOURS[step.phase], inside=text(line))
        for k, line in enumerate([f"step {step.number} of {clock.steps - 1}", *said])
    ]
    shows = clock.display([(step.number, step.number + 1)])
    return f'<g display="{"inline" if last else "none"}" data-step="{step.number}">{"".join(rows)}{shows}</g>'


class Clock:
    """When each step begins, as a part of the whole time, and the SMIL elements that follow it."""

    def __init__(self, steps: int):
        self.steps, self.total = steps, steps * PACE + REST

    def time(self, step: int) -> str:
        return f"{step * PACE / self.total:.5f}" if step else "0"

    def animate(self, attribute: str, frames: Series[tuple[int, str]]) -> str:
        """The attribute takes each value at the beginning of a step; the first one at 0."""
        return tag(
            "animate",
            attributeName=attribute,
            calcMode="discrete",
            dur=f"{self.total:g}s",
            repeatCount="indefinite",
            keyTimes=";".join(self.time(step) for step, _ in frames),
            values=";".join(value for _, value in frames),
        )

    def display(self, spans: Series[tuple[int, int]]) -> str:
        """Shown from one step up to another, and hidden at other times."""
        return self.during("display", "none", [(*span, "inline") for span in spans])

    def during(self, attribute: str, usual: str, spans: Series[tuple[int, int, str]]) -> str:
        """A value of an attribute for some spans of steps, and the usual one at other times."""
        frames = {0: usual}
        for start, stop, value in spans:
            frames[start] = value
            if stop < self.steps:
                frames.setdefault(stop, usual)
        changes = [next(same) for _, same in groupby(sorted(frames.items()), key=lambda frame: frame[1])]
        return self.animate(attribute, changes)


class Script:
    """What each part of the drawing does, by its key: the texts it shows, and when it is at work."""

    def __init__(self, sequence: Sequence, clock: Clock):
        self.clock = clock
        self.texts: dict[tuple[str, str], list[tuple[int, str]]] = {}
        self.work: dict[tuple[str, str], list[tuple[int, int, str]]] = {}
        for step in sequence:
            for change in step.changes:
                self.texts.setdefault((str(change.index), change.column), []).append((step.number, change.text))
            at_work = [("node", str(step.index)), *[("edge", key) for key in step.edges]]
            for key in at_work:
                self.work.setdefault(key, []).append((step.number, step.number + 1, COLOURS[step.phase]))

    def extra(self, element: str, key: str, part: str) -> str:
        """The markup to put inside a part of the drawing: see `DrawnGraph.to_svg`."""
        shows = self.texts.get((key, part)) if element == "node" else None
        if shows and part == "adjoint":
            return self.sums(shows)
        if shows:
            return self.clock.display([(shows[0][0], self.clock.steps)])
        spans = self.work.get((element, key))
        if spans and part in ("box", "line"):
            wide = [(start, stop, "3") for start, stop, _ in spans]
            usual = BORDER if part == "box" else LINE
            return self.clock.during("stroke", usual, spans) + self.clock.during("stroke-width", "1", wide)
        if spans and part == "head":
            return self.clock.during("fill", LINE, spans)
        return ""

    def sums(self, shows: list[tuple[int, str]]) -> str:
        """The adjoint as it adds up: one text after the other in the same place."""
        ends = [start for start, _ in shows[1:]] + [self.clock.steps]
        return "".join(
            tag(
                "tspan",
                display="inline" if stop == self.clock.steps else "none",
                inside=text(shortened(f"adj {said}")) + self.clock.display([(start, stop)]),
            )
            for (start, said), stop in zip(shows, ends, strict=True)
        )
