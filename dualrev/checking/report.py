"""What a check found: a verdict for every component, the worst first, and what to run to see it again."""

import html
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from ..errors import WrongDerivativeError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Verdict = Literal["PASS", "FAIL", "INCONCLUSIVE"]
WORST = {"FAIL": 0, "INCONCLUSIVE": 1, "PASS": 2}


@dataclass(frozen=True)
class Component:
    """One derivative, or one combination of derivatives along a direction.

    name: "df/dx[3]", or what the direction holds. yours: the derivative that is checked; reference: the independent one.
    budget: how far they may be apart, from truncation, rounding and noise. referee: where the reference comes from. step: the
    step it was found with, in units of the scale of the point. reason: why a verdict is not PASS.
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

    def __str__(self) -> str:
        said = f"{self.verdict:12} {self.name}: yours {self.yours:.10g}, reference {self.reference:.10g} +- {self.budget:.1g}"
        where = f" at point {self.point + 1}" if self.point else ""
        return f"{said} ({self.referee}{where}){': ' + self.reason if self.reason else ''}"


@dataclass(frozen=True)
class Curve:
    """The difference of yours from central differences with one step, for each step: a V where yours is right."""

    name: str
    steps: list[float]
    errors: list[float]


@dataclass(frozen=True, eq=False)
class Report:
    """The outcome of a check; printed, the worst components come first.

    verdict: "FAIL" if a component fails, else "INCONCLUSIVE" if one could not be told, else "PASS". ok: is it "PASS"?
    diagnosis: sentences that explain a failure. evaluations: calls of the function. notes: side effects and the like. rerun:
    the line that runs the same check again.
    """

    title: str
    components: list[Component]
    evaluations: int
    rerun: str
    diagnosis: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    curves: list[Curve] = field(default_factory=list)

    @property
    def verdict(self) -> Verdict:
        return min((c.verdict for c in self.components), key=WORST.__getitem__, default="INCONCLUSIVE")

    @property
    def ok(self) -> bool:
        return self.verdict == "PASS"

    @property
    def failures(self) -> list[Component]:
        return [c for c in self.components if c.verdict == "FAIL"]

    def worst_first(self) -> list[Component]:
        def excess(c: Component) -> float:
            apart = abs(c.yours - c.reference)
            return -apart / c.budget if c.budget > 0 and np.isfinite(apart) else -np.inf

        return sorted(self.components, key=lambda c: (WORST[c.verdict], excess(c)))

    def __str__(self) -> str:
        counts = [f"{sum(c.verdict == v for c in self.components)} {v}" for v in WORST]
        head = f"{self.title}: {self.verdict} ({', '.join(counts)}; {self.evaluations} evaluations)"
        rows = [str(c) for c in self.worst_first()]
        shown = rows[:12] + [f"... and {len(rows) - 12} more"] * (len(rows) > 12)
        return "\n".join([head, *self.diagnosis, *self.notes, *shown, f"again: {self.rerun}"])

    __repr__ = __str__

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON; a number that is not finite is None."""
        parts = [{k: finite(v) for k, v in asdict(c).items()} for c in self.worst_first()]
        return {
            "title": self.title, "verdict": self.verdict, "ok": self.ok, "components": parts,
            "diagnosis": self.diagnosis, "notes": self.notes, "evaluations": self.evaluations, "rerun": self.rerun,
        }  # fmt: skip

    def _repr_html_(self) -> str:
        heads = ("verdict", "component", "yours", "reference", "budget", "referee", "reason")
        rows = [
            (c.verdict, c.name, f"{c.yours:.10g}", f"{c.reference:.10g}", f"{c.budget:.1g}", c.referee, c.reason)
            for c in self.worst_first()[:50]
        ]
        body = "".join("<tr>" + "".join(f"<td>{html.escape(cell)}</td>" for cell in row) + "</tr>" for row in rows)
        said = "".join(f"<p>{html.escape(line)}</p>" for line in [*self.diagnosis, *self.notes])
        head = "".join(f"<th>{h}</th>" for h in heads)
        caption = f"<caption>{html.escape(f'{self.title}: {self.verdict}')}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{said}"

    def assert_ok(self) -> None:
        """Raise unless every component passed: for tests."""
        if not self.ok:
            raise WrongDerivativeError(str(self))

    def plot(self, ax: "Axes | None" = None) -> "Axes":
        """Error against step, of each curve: a right derivative gives a V, a wrong one a flat line."""
        from matplotlib import pyplot

        ax = pyplot.figure(figsize=(6, 4), layout="constrained").add_subplot() if ax is None else ax
        for curve in self.curves:
            ax.loglog(curve.steps, np.maximum(curve.errors, 1e-300), marker="o", ms=4, label=curve.name)
        ax.set(xlabel="step, in units of the scale of the point", ylabel="|yours - central difference|", title=self.title)
        if self.curves:
            ax.legend()
        return ax


def finite(v: Any) -> Any:
    return None if isinstance(v, float) and not np.isfinite(v) else v


def merged(reports: Sequence[Report]) -> Report:
    """Several reports as one, titled as the first."""
    first = reports[0]
    return Report(
        first.title,
        [c for r in reports for c in r.components],
        sum(r.evaluations for r in reports),
        first.rerun,
        [d for r in reports for d in r.diagnosis],
        [n for r in reports for n in r.notes],
        [c for r in reports for c in r.curves],
    )
