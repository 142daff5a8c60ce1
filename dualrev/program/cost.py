"""What a recorded program costs in each mode, op by op, as a table."""

import html
from dataclasses import asdict, dataclass
from typing import Any

from ..brief import brief
from ..costs import ProgramCost, program_cost
from ..errors import InputError
from ..units import bytes_text
from .notation import latex_text, short
from .program import Program


@brief
@dataclass(frozen=True)
class OpCost:
    """All calls of one op together.

    value: flops of computing them. push: those of J v in forward mode, pull: those of J^T w in reverse mode, for the
    directions asked for. bytes: what the values read and write.
    """

    op: str
    calls: int
    value: int
    push: int
    pull: int
    bytes: int


@brief
@dataclass(frozen=True, eq=False)
class Cost:
    """What a program costs; prints as a table, the dearest op first.

    directions: the number K of tangents or cotangents that a sweep carries. rows: one `OpCost` per op. sums: the flops
    of reverse mode that belong to no op, the sums of the cotangents of a value that is used several times. value,
    forward, reverse: flops of f, of f with K tangents, of f with K cotangents. tape_bytes: what reverse mode keeps.
    peak_forward, peak_reverse: the most bytes alive. forward_bytes, reverse_bytes: bytes read and written. ratio: the
    cheap-gradient ratio, flops of f and one cotangent over flops of f; nan where f has none. known: False if an op of
    the user's own was counted as one flop per element.
    """

    title: str
    directions: int
    rows: list[OpCost]
    sums: int
    value: int
    forward: int
    reverse: int
    forward_bytes: int
    reverse_bytes: int
    tape_bytes: int
    peak_forward: int
    peak_reverse: int
    ratio: float
    known: bool

    def cells(self) -> list[list[str]]:
        """The text of every cell, the headings first and the totals last."""
        head = ["op", "calls", "flops of f", "forward adds", "reverse adds", "bytes of f"]
        rows = [[r.op, *(f"{n:,}" for n in (r.calls, r.value, r.push, r.pull, r.bytes))] for r in self.rows]
        if self.sums:
            rows.append(["sums of cotangents", "", "", "", f"{self.sums:,}", ""])
        calls, moved = sum(r.calls for r in self.rows), sum(r.bytes for r in self.rows)
        extra = (self.forward - self.value, self.reverse - self.value)
        return [head, *rows, ["total", *(f"{n:,}" for n in (calls, self.value, *extra, moved))]]

    def notes(self) -> list[str]:
        """What the table does not hold."""
        plural = "s" * (self.directions != 1)
        found = [
            f"forward, {self.directions} tangent{plural}: {self.forward:,} flops, "
            f"at most {bytes_text(self.peak_forward)} alive",
            f"reverse, {self.directions} cotangent{plural}: {self.reverse:,} flops, "
            f"at most {bytes_text(self.peak_reverse)} alive, {bytes_text(self.tape_bytes)} of them on the tape",
        ]
        if self.value:
            found.append(f"cheap-gradient ratio: f and its gradient cost {self.ratio:.2f} times the flops of f")
        return found if self.known else [*found, "your own ops are counted as one flop per element"]

    def __str__(self) -> str:
        cells = self.cells()
        widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
        lines = [
            "  ".join(
                [row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))]
            ).rstrip()
            for row in cells
        ]
        rule = "-" * len(lines[0])
        return "\n".join([self.title, "", lines[0], rule, *lines[1:-1], rule, lines[-1], "", *self.notes()])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON; a ratio that does not exist is None."""
        return {**asdict(self), "ratio": self.ratio if self.value else None}

    def _repr_html_(self) -> str:
        head, *body = ([html.escape(c) for c in row] for row in self.cells())
        side = 'style="text-align:right"'
        rows = "".join(f"<tr><td>{row[0]}</td>{''.join(f'<td {side}>{c}</td>' for c in row[1:])}</tr>" for row in body)
        heads = f"<th>{head[0]}</th>" + "".join(f"<th {side}>{c}</th>" for c in head[1:])
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes())
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{notes}"

    def to_latex(self) -> str:
        """A ``tabular`` that needs no package."""
        head, *body = ([latex_text(c) for c in row] for row in self.cells())
        lines = [" & ".join(head) + r" \\ \hline", *(" & ".join(row) + r" \\" for row in body)]
        return "\n".join([r"\begin{tabular}{lrrrrr}", *lines, r"\end{tabular}"])


def cost_of(program: Program, directions: int = 1) -> Cost:
    """Flops and bytes of a program in each mode, by op: counted from shapes, nothing is timed.

    Parameters
    ----------
    directions : int
        How many tangents, or cotangents, a sweep carries.

    Returns
    -------
    Cost
        One row per op; what counts as a flop is said in `dualrev.costs`.

    Raises
    ------
    InputError
        If `directions` is less than 1.

    Source: Griewank & Walther (2008), sections 3.3 and 4.4.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> cost = dr.trace(lambda x: np.sum(np.sin(x) * x), np.ones(1000)).cost()
    >>> cost.value, cost.forward, cost.reverse, cost.tape_bytes
    (2999, 8998, 7999, 24008)
    """
    if directions < 1:
        raise InputError(f"directions={directions}: a sweep carries at least one")
    counted = program_cost(program.recording.lines, len(program.inputs), program.outputs)
    return Cost(
        title=f"{program.name}: counted cost",
        directions=directions,
        rows=by_op(program, counted, directions),
        sums=round(counted.pull(directions) - sum(row.pull(directions) for row in counted.rows)),
        value=counted.value,
        forward=counted.forward(directions),
        reverse=counted.reverse(directions),
        forward_bytes=counted.forward_bytes(directions),
        reverse_bytes=counted.reverse_bytes(directions),
        tape_bytes=counted.tape_bytes,
        peak_forward=counted.peak_forward(directions),
        peak_reverse=counted.peak_reverse(directions),
        ratio=counted.cheap_gradient_ratio,
        known=counted.known,
    )


def by_op(program: Program, counted: ProgramCost, directions: int) -> list[OpCost]:
    """The rows of a count, those of one op added up; the dearest first."""
    sums: dict[str, list[float]] = {}
    for row in counted.rows:
        call = program.values[row.line].call
        found = sums.setdefault(short(call) if call else row.op, [0, 0, 0, 0, 0])
        for k, n in enumerate((1, row.value, row.push(directions), row.pull(directions), row.bytes)):
            found[k] += n
    rows = [OpCost(op, *map(round, n)) for op, n in sums.items()]
    return sorted(rows, key=lambda r: (-(r.value + r.push + r.pull), -r.bytes, r.op))
