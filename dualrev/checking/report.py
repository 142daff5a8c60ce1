"""What a check found: a verdict for every component, the worst first, and what to run to see it again."""

import html
import json
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..brief import brief
from ..errors import WrongDerivativeError
from ..palette import FORWARD, OTHER, REVERSE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE"]
WORST = {"FAIL": 0, "INCONCLUSIVE": 1, "PASS": 2}
SHOWN = 12  # components in print
SHOWN_HTML = 50
WORDS = "budget: how far yours may be off; referee: what the reference comes from; direction: all its inputs are moved"
NO_DIAGNOSIS = (
    "diagnosis: no usual mistake explains it: look at one output and one input at a time, or compare with "
    "what dualrev takes, dr.jacobian(f)(x)"
)
CELL = "padding:0.1em 0.7em"
COLOURS: dict[Verdict, str] = {"PASS": REVERSE, "FAIL": FORWARD, "INCONCLUSIVE": OTHER}


@brief
@dataclass(frozen=True)
class Component:
    """One derivative, or one combination of derivatives along a direction.

    name: "df/dx[3]", or what the direction holds. yours: the derivative that is checked; reference: the independent
    one. budget: how far they may be apart, from truncation, rounding and noise. verdict, and the reason if it is not
    PASS; one of INCONCLUSIVE begins with its kind: kink, noise, domain edge, step, nondeterministic, non-finite.
    referee: where the reference comes from. step: the step it was found with, in units of the scale of the point.
    point: 0 for the one given.
    """

    name: str
    yours: float
    reference: float
    budget: float
    verdict: Verdict
    reason: str = ""
    referee: str = "central differences"
    step: float = float("nan")
    point: int = 0

    @property
    def excess(self) -> float:
        """|yours - reference| in budgets; inf where that cannot be said."""
        apart = abs(self.yours - self.reference)
        return apart / self.budget if self.budget > 0 and np.isfinite(apart) else float("inf") if apart != 0 else 0.0

    @property
    def source(self) -> str:
        """The referee, its step, and the point, if it is not the one given."""
        step = f", step {self.step:.1g}" if np.isfinite(self.step) else ""
        return f"{self.referee}{step}{f', at point {self.point + 1}' * bool(self.point)}"


@brief
@dataclass(frozen=True, eq=False)
class Curve:
    """The error of plain differences against their step: a V where yours is right, a flat line where it is wrong.

    name: the derivative. verdict: on it. yours: the derivative that is checked. quotient: a step, in units of the scale
    of the point, to the difference quotient; it is called when the curve is first looked at.
    """

    name: str
    verdict: Verdict
    yours: float
    quotient: Callable[[float], float]

    def __getstate__(self) -> dict[str, Any]:
        """With the numbers in place of the function, which another process may not have."""
        return {**self.__dict__, "quotients": self.quotients, "quotient": None}

    @cached_property
    def steps(self) -> list[float]:
        return [4.0**-k for k in range(1, 26)]

    @cached_property
    def quotients(self) -> list[float]:
        """The difference quotient at each step."""
        return [self.quotient(t) for t in self.steps]

    @property
    def errors(self) -> list[float]:
        """|yours - the quotient|, relative to yours if that is not 0."""
        return [self.apart(q) for q in self.quotients]

    @property
    def extrapolated(self) -> list[float]:
        """The same of the quotients extrapolated, each with the next: (16 q(step / 4) - q(step)) / 15."""
        return [self.apart((16 * finer - q) / 15) for q, finer in pairwise(self.quotients)]

    def apart(self, quotient: float) -> float:
        return abs(quotient - self.yours) / (abs(self.yours) or 1.0)


@brief
@dataclass(frozen=True, eq=False)
class Report:
    """The outcome of a check.

    components: the worst first. verdict: "FAIL" if one of them fails, else "INCONCLUSIVE" if one could not be told,
    else "PASS". ok: is it "PASS"? diagnosis: sentences that explain a failure. evaluations: calls of the function.
    notes: what else was noticed. rerun: the line that runs the same check again. curves: for `plot`.
    """

    title: str
    components: list[Component]
    evaluations: int
    rerun: str
    diagnosis: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.components.sort(key=lambda c: (WORST[c.verdict], -c.excess))

    @property
    def verdict(self) -> Verdict:
        return self.components[0].verdict if self.components else "INCONCLUSIVE"

    @property
    def ok(self) -> bool:
        return self.verdict == "PASS"

    @property
    def failures(self) -> list[Component]:
        return [c for c in self.components if c.verdict == "FAIL"]

    def headline(self) -> str:
        counts = [f"{sum(c.verdict == v for c in self.components)} {v}" for v in WORST]
        return f"{self.title}: {self.verdict} ({', '.join(counts)}; {self.evaluations} evaluations)"

    # ---- text --------------------------------------------------------------------------------------------------------

    def rows(self, most: int) -> list[tuple[str, ...]]:
        """Verdict, component, yours, reference, budget, referee and reason, as text."""
        return [
            (c.verdict, c.name, number(c.yours), number(c.reference), number(c.budget, 1), c.source, c.reason)
            for c in self.components[:most]
        ]

    def said(self) -> list[str]:
        """What explains a failure, and what else was noticed, line by line."""
        why = [f"diagnosis: {line}" for line in self.diagnosis]
        if self.failures and not why:
            why = [NO_DIAGNOSIS]
        return why + [f"note: {line}" for line in self.notes]

    def __str__(self) -> str:
        if self.ok:
            return "\n".join([self.headline(), *self.said()])
        table = [("", "component", "yours", "reference", "budget", "referee", ""), *self.rows(SHOWN)]
        widths = [max(map(len, column)) for column in zip(*table)]
        lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths)).rstrip() for row in table]
        left_out = len(self.components) - SHOWN
        more = [f"... and {left_out} more"] if left_out > 0 else []
        return "\n".join([self.headline(), *self.said(), *lines, *more, WORDS, f"again: {self.rerun}"])

    def _repr_html_(self) -> str:
        names = ("verdict", "component", "yours", "reference", "budget", "referee", "reason")
        heads = "".join(f'<th style="text-align:left; {CELL}">{name}</th>' for name in names)
        body = "".join(html_row(row) for row in self.rows(SHOWN_HTML))
        above = html_lines(f"<b>{html.escape(self.headline())}</b>", *map(html.escape, self.said()))
        below = html_lines(html.escape(WORDS), f"<code>{html.escape(self.rerun)}</code>")
        table = f"<table><thead><tr>{heads}</tr></thead><tbody>{body}</tbody></table>"
        return f'<div style="font:14px system-ui, sans-serif">{above}{table}{below}</div>'

    # ---- data --------------------------------------------------------------------------------------------------------

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON; a number that is not finite is None."""
        parts = [{k: finite(v) for k, v in asdict(c).items()} for c in self.components]
        return {
            "title": self.title, "verdict": self.verdict, "ok": self.ok, "components": parts, "rerun": self.rerun,
            "diagnosis": self.diagnosis, "notes": self.notes, "evaluations": self.evaluations,
        }  # fmt: skip

    def to_json(self) -> str:
        """`to_dict` as JSON."""
        return json.dumps(self.to_dict(), indent=2)

    def assert_ok(self) -> None:
        """Raise WrongDerivativeError, with the report as its message, unless every component passed: for tests."""
        if not self.ok:
            raise WrongDerivativeError(str(self))

    # ---- picture -----------------------------------------------------------------------------------------------------

    def plot(self, ax: "Axes | None" = None) -> "Picture | Axes":
        """Error against step, of each curve: a right derivative gives a V, a wrong one a flat line.

        Returns a picture that a notebook shows, or `ax` where that is given.
        """
        from ..picture import drawn
        from .curve_figure import draw_curves

        return drawn(lambda ax: draw_curves(ax, self.title, self.verdict, self.curves), ax)


def far_off(yours: float, reference: float, budget: float) -> str:
    """How wrong a derivative is.

    >>> far_off(6.0, 5.0, 1e-7)
    '1.2 times the reference, off by 1e+07 budgets'
    """
    ratio = f"{yours / reference:.3g} times the reference, " if reference and yours else ""
    return f"{ratio}off by {abs(yours - reference) / budget:.1g} budgets"


def number(v: float, digits: int = 10) -> str:
    """A number as text; a dash where there is none."""
    return "-" if np.isnan(v) else f"{v:.{digits}g}"


def html_lines(*lines: str) -> str:
    return "".join(f'<div style="{CELL}">{line}</div>' for line in lines)


def html_row(row: tuple[str, ...]) -> str:
    verdict, *cells = map(html.escape, row)
    colour = COLOURS[verdict]  # type: ignore[index]
    first = f'<td style="text-align:left; color:{colour}; {CELL}"><b>{verdict}</b></td>'
    rest = "".join(f'<td style="text-align:left; {CELL}">{cell}</td>' for cell in cells)
    return f"<tr>{first}{rest}</tr>"


def finite(v: Any) -> Any:
    return None if isinstance(v, float) and not np.isfinite(v) else v


def called(name: str, otherwise: str) -> str:
    """The name of a function in the line that runs a check again; a lambda has none."""
    return name if name.isidentifier() else otherwise


def joined(first: Report, second: Report, what: str) -> Report:
    """Two reports as one, under the title of the first; `what` says what the second is about."""
    return Report(
        first.title,
        [*first.components, *second.components],
        first.evaluations + second.evaluations,
        first.rerun,
        [*first.diagnosis, *[f"{what}: {line}" for line in second.diagnosis]],
        [*first.notes, *[f"{what}: {line}" for line in second.notes]],
        [*first.curves, *second.curves],
    )
