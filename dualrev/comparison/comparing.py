"""Forward mode, reverse mode, central differences and the complex step on one function: counted, measured, compared."""

import html
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from math import floor, log10
from typing import TYPE_CHECKING, Any

from ..arguments import spoken_name
from ..boundary import as_floats
from ..brief import brief
from ..derived import check_function
from ..errors import InputError
from ..modes import ModeChoice, choose_mode
from ..program.notation import latex_text
from ..timing import IN_BROWSER, Timing
from ..units import MISSING, bytes_text, count_text, difference_text, ratio_text, seconds_text, table_lines
from .agreement import Agreement, judged
from .break_even import ReverseLine
from .cost_bars import draw_costs
from .counted_against_measured import difference_of
from .differences import quiet
from .methods import METHODS, MODES, MethodCost, Methods, counted_line, measure, measured_line, run_once

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture

TITLES = {"differences": "central differences", "complex_step": "complex step"}
UNDECIDED = "too close to call"
NARROW = 2.0  # upper end over lower end of a measured break-even that is stated


@brief
@dataclass(frozen=True, eq=False)
class Comparison:
    """One function at one point, differentiated by every method. Made by `compare`; printed, it is a table.

    inputs, outputs: the numbers n and m. forward, reverse: a `MethodCost`; mixed, differences, complex_step: one, or
    None where the method does not apply, and then `reasons` may say why. agreement: how far the results are apart.
    choice: what `choose_mode` says. reverse_line, counted_line: reverse mode's cost for other numbers of outputs, in
    seconds where they were measured, and in flops. interval: between which numbers of outputs the times put the
    break-even, or None. operations: those of f. verdict: what is wrong, a sentence for each pair of methods that
    disagree; empty where all is well. known: False if an op of the user's own was counted as one flop per element.
    """

    name: str
    inputs: int
    outputs: int
    forward: MethodCost
    reverse: MethodCost
    mixed: MethodCost | None
    differences: MethodCost | None
    complex_step: MethodCost | None
    agreement: Agreement
    choice: ModeChoice
    reverse_line: ReverseLine
    counted_line: ReverseLine
    interval: tuple[float, float] | None
    operations: int
    reasons: dict[str, str] = field(default_factory=dict)
    verdict: tuple[str, ...] = ()
    known: bool = True

    @property
    def measured(self) -> bool:
        return self.forward.timing is not None

    def methods(self) -> dict[str, MethodCost]:
        """The methods that apply, by name."""
        return {name: cost for name in METHODS if (cost := getattr(self, name)) is not None}

    def cost(self, name: str) -> float:
        """Seconds of a method where they were measured, else flops."""
        paid: MethodCost = getattr(self, name)
        return paid.flops if paid.seconds is None else paid.seconds

    def ranking(self) -> list[str]:
        """The modes, the cheapest first. Central differences and the complex step are judges, not candidates."""
        return sorted((name for name in MODES if getattr(self, name) is not None), key=self.cost)

    @property
    def winner(self) -> str:
        """The cheapest mode: "forward", "reverse" or "mixed"; see also `too_close`."""
        return self.ranking()[0]

    @property
    def ratio(self) -> float:
        """How many times as much the second mode costs as the winner."""
        first, second, *_ = map(self.cost, self.ranking())
        return second / first if first else 1.0

    @property
    def too_close(self) -> bool:
        """Do the quartiles of the first two overlap, or their counts agree to 1%?"""
        first, second = (getattr(self, name) for name in self.ranking()[:2])
        return first.timing.overlaps(second.timing) if self.measured else self.ratio < 1.01

    @property
    def break_even(self) -> float | None:
        """The number of outputs for which reverse mode would cost as much as forward mode does, by counted flops.

        It solves shared + each * m = forward, with the cost of forward mode's n directions as it is. None if forward
        mode costs less than a single cotangent.
        """
        return self.counted_line.reaches(self.forward.flops)

    @property
    def measured_break_even(self) -> float | None:
        """The same by measured seconds; None where nothing was measured, or the times leave it open by more than 2x."""
        narrow = self.interval is not None and self.interval[1] <= NARROW * self.interval[0]
        return self.reverse_line.reaches(self.cost("forward")) if self.measured and narrow else None

    def break_even_text(self) -> str:
        """The counted break-even, and the measured one where it is known well."""
        m, measured = self.break_even, self.measured_break_even
        if m is None:
            said = "No break-even by counted flops: forward costs less than a single cotangent, whatever m"
        else:
            said = f"Break-even for this f: m = {two_digits(m)} counted"
        if measured is None or self.interval is None:
            return said
        low, high = map(two_digits, self.interval)
        return f"{said}, {low if low == high else f'{low} to {high}'} measured"

    def difference_text(self) -> str | None:
        """Where counted and measured differ, by how much and why, in a sentence; None where they do not."""
        return difference_of(self.forward, self.reverse, self.operations)

    def winner_text(self) -> str:
        among = "winner of the three modes" if self.mixed else "winner of the two modes"
        how = among if self.measured else f"{among} by counted flops"
        if self.too_close:
            return f"{how}: {UNDECIDED} ({self.winner} ahead, {ratio_text(self.ratio)})"
        return f"{how}: {self.winner}, {ratio_text(self.ratio)}"

    def cells(self) -> list[list[str]]:
        """The text of every cell, the headings first."""
        found = {name: cost for name in METHODS if (cost := getattr(self, name)) or name in self.reasons}
        head = [f"{self.name}: R^{self.inputs} -> R^{self.outputs}", *(TITLES.get(name, name) for name in found)]
        rows = [
            ["directions / cotangents", *(self.directions_text(name) for name in found)],
            ["sweeps that carry them", *(sweeps_text(getattr(self, name)) for name in found)],
            ["counted flops", *(count_text(cost and cost.flops) for cost in found.values())],
            ["peak stored bytes", *(bytes_text(cost and cost.bytes) for cost in found.values())],
        ]
        if self.measured:
            rows.append(["measured", *(time_text(cost.timing if cost else None) for cost in found.values())])
        return [head, *rows]

    def directions_text(self, name: str) -> str:
        cost: MethodCost | None = getattr(self, name)
        if cost is None:
            return MISSING
        if name == "mixed":
            return f"{count_text(cost.directions // 2)} + {count_text(cost.directions // 2)}"
        return count_text(cost.directions) + " calls" * (not cost.sweeps)

    def notes(self) -> list[str]:
        """What the table does not hold: agreement, what is wrong, the winner and the break-even."""
        titles = {
            "reverse": self.agreement.forward_reverse,
            "mixed": self.agreement.forward_mixed,
            "differences": self.agreement.forward_differences,
            "complex step": self.agreement.forward_complex,
        }
        apart = [f"|forward - {name}| = {difference_text(d)}" for name, d in titles.items() if d is not None]
        found = ["max " + "     ".join(apart), *self.verdict]
        found += [f"{TITLES[name]}: not possible, {reason}" for name, reason in self.reasons.items()]
        found.append(f"{self.winner_text()}.  {self.break_even_text()}")
        found += filter(None, [self.difference_text()])
        if self.choice.mode != self.winner and not self.too_close:
            found.append(f'jacobian(mode="auto") takes another: {self.choice}')
        return found if self.known else [*found, "your own ops are counted as one flop per element"]

    def __str__(self) -> str:
        return "\n".join([*table_lines(self.cells(), gap="   "), *self.notes()])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        costs = {name: {**asdict(cost), "seconds": cost.seconds} for name, cost in self.methods().items()}
        return {
            "name": self.name,
            "inputs": self.inputs,
            "outputs": self.outputs,
            **{name: costs.get(name) for name in METHODS},
            "winner": self.winner,
            "ratio": self.ratio,
            "too_close": self.too_close,
            "break_even": self.break_even,
            "measured_break_even": self.measured_break_even,
            "reverse_line": asdict(self.reverse_line),
            "agreement": asdict(self.agreement),
            "choice": self.choice.reason,
            "reasons": dict(self.reasons),
            "verdict": list(self.verdict),
            "known": self.known,
        }

    def _repr_html_(self) -> str:
        head, *body = ([html.escape(c) for c in row] for row in self.cells())
        side = 'style="text-align:right"'
        heads = f"<th>{head[0]}</th>" + "".join(f"<th {side}>{c}</th>" for c in head[1:])
        rows = "".join(f"<tr><td>{row[0]}</td>{''.join(f'<td {side}>{c}</td>' for c in row[1:])}</tr>" for row in body)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes())
        return f"<table><thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{notes}"

    def to_latex(self) -> str:
        """A ``tabular`` that needs no package."""
        size = rf"{latex_text(self.name)}: $R^{{{self.inputs}}} \to R^{{{self.outputs}}}$"
        (_, *titles), *rows = [[latex_text(c) for c in row] for row in self.cells()]
        body = [" & ".join(row).replace("+-", r"$\pm$") + r" \\" for row in rows]
        head = " & ".join([size, *titles]) + r" \\ \hline"
        return "\n".join([rf"\begin{{tabular}}{{l{'r' * len(titles)}}}", head, *body, r"\end{tabular}"])

    def plot(self, ax: "Axes | None" = None) -> "Picture | Axes":
        """Time (where measured) and counted flops of each method, relative to the least, as bars.

        Parameters
        ----------
        ax : matplotlib.axes.Axes, optional
            Where to draw; by default on a new picture.

        Returns
        -------
        Picture or Axes
            A picture that a notebook shows; save it with its ``save``. Or `ax`, where that is given.
        """
        from ..picture import drawn

        names = [TITLES.get(name, name) for name in self.methods()]
        return drawn(lambda ax: draw_costs(ax, self, names), ax, (7.0, 1.2 + 0.55 * len(names)))


def sweeps_text(cost: MethodCost | None) -> str:
    return count_text(cost.sweeps if cost and cost.sweeps else None)


def time_text(timing: Timing | None) -> str:
    if timing is None:
        return MISSING
    return seconds_text(timing.best, timing.half_range if timing.runs > 1 else None)


def two_digits(m: float) -> str:
    """A break-even, which is not known better than that.

    >>> two_digits(3.8), two_digits(33.3), two_digits(2190.0)
    ('4', '33', '2,200')
    """
    return f"{round(m, 1 - floor(log10(m))) if m >= 10 else round(m):,.0f}"


# ---- compare ---------------------------------------------------------------------------------------------------------


def compare(f: Callable[..., Any], *x: Any, measured: bool = not IN_BROWSER, seconds: float = 0.5) -> Comparison:
    """The Jacobian of all outputs of f in all its inputs, by every method: what each costs, and whether they agree.

    The methods take turns, with the garbage collector off, so that noise from outside hits all alike.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code.
    *x
        The point: floats, float arrays, or trees of them. All of them count as inputs.
    measured : bool, by default True, in a browser False
        Whether to take times; without them the counted flops decide.
    seconds : float
        How long to measure, in all. Every method runs three times at least, unless one run alone takes longer.

    Returns
    -------
    Comparison
        Prints as a table. `forward`, `reverse`, `mixed`, `differences`, `complex_step` (each with `directions`,
        `sweeps`, `flops`, `bytes`, `seconds`, `timing`; None where it does not apply), `winner`, `break_even`, by
        counted flops, `measured_break_even`, `agreement`, `verdict`.

    Raises
    ------
    InputError
        As `jacobian` does: if an argument is not floating point, or the result is complex.

    Source: Griewank & Walther (2008), chapter 3 and section 4.4, for the costs; Squire & Trapp (1998) for the complex
    step.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> from dualrev.comparison import compare
    >>> t = np.linspace(0.0, 4.0, 200)
    >>> found = compare(lambda p: p[0] * np.exp(-p[1] * t) + p[2], np.array([1.0, 0.5, 0.3]), measured=False)
    >>> found.winner, found.forward.directions, found.reverse.directions, found.forward.sweeps
    ('forward', 3, 200, 1)
    """
    check_function(f, "compare", at="dr.compare(f, x)")
    x = as_floats(x)
    if not x:
        raise InputError("compare(f) has no point: write compare(f, x)")
    methods = Methods(f, x)
    choice = choose_mode(f, *x)
    if choice.waist and choice.waist.size:
        methods.take_apart()
    with quiet():
        results, first, reasons = run_once(methods)
        agreement, verdict, why = judged(results, methods)
        if why:
            reasons["complex_step"] = why
        names = [name for name in results if name not in reasons]
        costs: dict[str, Any] = {name: methods.cost(name) for name in names}
        line = counts = counted_line(methods)
        interval = None
        if measured:
            timings = measure(methods, {name: first[name] for name in names}, 0.6 * seconds)
            guess = line.reaches(costs["forward"].flops) or 4.0
            line, interval = measured_line(methods, timings["forward"], guess, 0.4 * seconds)
            costs = {name: replace(cost, timing=timings[name]) for name, cost in costs.items()}
    return Comparison(
        name=spoken_name(f),
        inputs=methods.inputs,
        outputs=methods.outputs,
        forward=costs["forward"],
        reverse=costs["reverse"],
        mixed=costs.get("mixed"),
        differences=costs.get("differences"),
        complex_step=costs.get("complex_step"),
        agreement=agreement,
        choice=choice,
        reverse_line=line,
        counted_line=counts,
        interval=interval,
        operations=len(methods.recording.lines) - len(methods.call.leaves),
        reasons=reasons,
        verdict=verdict,
        known=methods.counts.known,
    )
