"""Where forward and reverse mode change places: both measured and counted over a grid of sizes, and against depth."""

import inspect
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import name_of
from ..boundary import all_leaves
from ..brief import brief
from ..costs import ProgramCost, program_cost
from ..errors import InputError
from ..forward.jvp import jvp
from ..jacobians import jacobian
from ..progress import progress_of
from ..reverse.vjp import Recording, vjp
from ..timing import peak_memory, timed
from ..units import bytes_text, ratio_text, table_lines
from .break_even import BreakEvenLine, break_even_line
from .quietly import disturbance, in_child, share_of_processor, times_too_slow

if TYPE_CHECKING:
    from ..picture import Picture

Array = np.ndarray
Family = Callable[..., Any]
Sizes = Sequence[int] | Array

SIZES = (1, 2, 4, 8, 16, 32, 64, 128, 256)
DEPTHS = (1, 2, 4, 8, 16, 32, 64)
WIDTH = 128  # of the layers of tanh_network


def tanh_network(n: int, m: int, depth: int = 3) -> tuple[Callable[[Array], Array], Array]:
    """The family that `crossover` measures by default: R^n -> R^m through `depth` layers of 128 tanh each.

    Its weights are normal, divided by the root of the number of inputs of their layer, from ``default_rng(0)``; the
    point is uniform in [-1, 1].

    >>> f, x = tanh_network(3, 2)
    >>> x.shape, f(x).shape
    ((3,), (2,))
    """
    rng = np.random.default_rng(0)
    sizes = [n, *[WIDTH] * depth, m]
    weights = [rng.normal(size=(b, a)) / np.sqrt(a) for a, b in pairwise(sizes)]

    def network(x: Array) -> Array:
        for W in weights[:-1]:
            x = np.tanh(W @ x)
        return weights[-1] @ x

    return network, rng.uniform(-1.0, 1.0, n)


@brief
@dataclass(eq=False)
class Crossover:
    """Both modes over a grid of n inputs and m outputs. Made by `crossover`; printed, it is a table.

    n, m: the sizes. forward_seconds, reverse_seconds: best of several runs, arrays of shape (len(n), len(m)), nan where
    nothing was measured. close: where the quartiles of the two overlap. forward_flops, reverse_flops: counted, of the
    same shape. depth: numbers of layers, and against them the most bytes of one forward and one reverse sweep of a
    single direction, counted (`forward_bytes`, `reverse_bytes`) and measured (`forward_peak`, `reverse_peak`); empty
    where the family has no depth. complete: False if the run was interrupted. busy: what disturbed the measurement, as
    a sentence; empty on a quiet machine.
    """

    name: str
    n: Array
    m: Array
    forward_seconds: Array
    reverse_seconds: Array
    close: Array
    forward_flops: Array
    reverse_flops: Array
    depth: Array
    forward_bytes: Array
    reverse_bytes: Array
    forward_peak: Array
    reverse_peak: Array
    complete: bool = True
    busy: str = ""

    @property
    def measured(self) -> Array:
        """Which cells of the grid were measured?"""
        return np.isfinite(self.forward_seconds) & np.isfinite(self.reverse_seconds)

    @property
    def advantage(self) -> Array:
        """log10(forward / reverse): positive where reverse mode was faster."""
        return np.log10(self.forward_seconds / self.reverse_seconds)

    @property
    def winners(self) -> Array:
        """The faster mode of each cell: "forward", "reverse", or "" where nothing was measured."""
        faster = np.where(self.advantage > 0, "reverse", "forward")
        return np.where(self.measured, faster, "")

    @cached_property
    def fit(self) -> BreakEvenLine | None:
        """The measured break-even line, between the cells that are decided; None where the winner never changes."""
        return break_even_line(self.n, self.m, np.where(self.close, np.nan, self.advantage))

    @cached_property
    def counted_fit(self) -> BreakEvenLine | None:
        """The break-even line by counted flops."""
        return break_even_line(self.n, self.m, np.log10(self.forward_flops / self.reverse_flops))

    def __str__(self) -> str:
        head = [r"n \ m", *map(str, self.m.tolist())]
        rows = [[str(n), *(self.cell(i, j) for j in range(self.m.size))] for i, n in enumerate(self.n.tolist())]
        return "\n".join(
            [f"{self.name}: the faster mode, and how many times", *table_lines([head, *rows]), *self.notes()]
        )

    def cell(self, i: int, j: int) -> str:
        """The winner of a cell and by how much; "=" where it is too close to call."""
        if not self.measured[i, j]:
            return "-"
        ratio = 10 ** abs(float(self.advantage[i, j]))
        return f"{'=' if self.close[i, j] else self.winners[i, j][0]} {ratio_text(ratio)}"

    def notes(self) -> list[str]:
        """What the table does not hold."""
        lines = [("measured", self.fit), ("counted flops", self.counted_fit), ("textbook", "m = n")]
        found = ["f: forward, r: reverse, =: too close to call"]
        found.append("break-even: " + "; ".join(f"{how} {line or 'none in the grid'}" for how, line in lines))
        if self.depth.size:
            at = "one sweep of depth {}: forward {}, reverse {}"
            for k in (0, -1):
                peaks = (bytes_text(self.forward_peak[k]), bytes_text(self.reverse_peak[k]))
                found.append("memory of " + at.format(self.depth[k], *peaks))
        found += [self.busy] if self.busy else []
        if not self.complete:
            found.append(f"interrupted: {int(self.measured.sum())} of {self.measured.size} cells measured")
        return found

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON; nan, where nothing was measured, as None."""
        arrays = {name: plain(v) for name, v in vars(self).items() if isinstance(v, np.ndarray)}
        fits = {
            name: line and {"coefficient": line.coefficient, "exponent": line.exponent, "points": line.points.tolist()}
            for name, line in (("fit", self.fit), ("counted_fit", self.counted_fit))
        }
        said = {"complete": self.complete, "busy": self.busy}
        return {"name": self.name, **arrays, "winners": self.winners.tolist(), **fits, **said}

    def plot(self, m: int | None = None) -> "Picture":
        """Three panels: the map of winners with the break-even lines, cost against n, and memory against depth.

        Parameters
        ----------
        m : int, optional
            The number of outputs of the second panel, one of those of the grid; by default the middle one.

        Returns
        -------
        Picture
            A notebook shows it; write it with its ``save``.
        """
        from .crossover_figure import figure_of

        return figure_of(self, m)

    def save(self, path: str | Path) -> None:
        """The figure as a file; its ending says the format (.png, .svg, .pdf)."""
        self.plot().save(path)

    def _repr_png_(self) -> bytes:
        return self.plot()._repr_png_()


def plain(values: Array) -> Any:
    if values.dtype.kind != "f":
        return values.tolist()
    return [plain(v) for v in values] if values.ndim else (None if np.isnan(values) else float(values))


# ---- measuring -------------------------------------------------------------------------------------------------------


def crossover(
    family: Family | None = None,
    n: Sizes = SIZES,
    m: Sizes = SIZES,
    depth: Sizes = DEPTHS,
    seconds: float = 0.05,
    progress: bool | None = None,
) -> Crossover:
    """Measure and count the Jacobian in both modes, for every number of inputs with every number of outputs.

    Parameters
    ----------
    family : callable, optional
        ``family(n, m)`` gives a function from an array of n elements to one of m, or a pair of the function and the
        point. Where it gives no point, that is ``np.random.default_rng(0).uniform(-1, 1, n)``. If it has a parameter
        named `depth`, memory is measured as ``family(n, m, depth=d)`` too. By default `tanh_network`.
    n, m : sequence of int
        The numbers of inputs and of outputs, rising.
    depth : sequence of int
        The depths at which memory is measured, with the largest n and m; none if empty, or if the family has no depth.
    seconds : float
        How long each cell of the grid is measured; each mode runs three times at least.
    progress : bool, optional
        Whether to show how far the run is. By default on a terminal, where it takes longer than a second.

    Returns
    -------
    Crossover
        The data; ``print`` it, ``.plot()`` or ``.save(path)`` it. Ctrl-C ends the run, and what has been measured by
            then is returned, with `complete` False.

    Raises
    ------
    InputError
        If a size is not a positive integer, or the family gives something else than R^n -> R^m.

    Notes
    -----
    On a busy machine the threads of a matrix product wait for one another, which may take a hundred times as long as
    the product. So it is measured in a process of its own, with one thread, if the family can be handed over: if it is
    a function of a module, not a lambda or a function of a notebook. Else set OPENBLAS_NUM_THREADS=1 (or what your BLAS
    goes by) before NumPy is imported. What disturbs all the same is said in the text and in the picture.

    Source: Griewank & Walther (2008), chapter 3.

    Examples
    --------
    >>> from dualrev.comparison import crossover
    >>> found = crossover(n=(1, 16), m=(1, 16), depth=(1, 8), seconds=0.0)
    >>> bool(found.forward_flops[1, 0] > 8 * found.reverse_flops[1, 0]), str(found.counted_fit)
    (True, 'm = n')
    """
    family = family or tanh_network
    ns, ms = whole(n, "n"), whole(m, "m")
    depths = whole(depth, "depth") if len(depth) and has_depth(family) else np.zeros(0, int)
    grid = {name: np.full((ns.size, ms.size), np.nan) for name in GRID}
    memory = {name: np.full(depths.size, np.nan) for name in MEMORY}
    close = np.zeros((ns.size, ms.size), bool)
    shares, slow, complete = [1.0], 0.0, True
    job = (family, ns, ms, depths, seconds)
    try:
        with progress_of(close.size + depths.size, "crossover", progress) as step:
            for kind, where, found in in_child(measurements, *job) or measurements(*job):
                if kind == "machine":
                    shares, slow = [*shares, found[0]], max(slow, found[1])
                    continue
                if kind == "cell":
                    *found, close[where] = found
                put(grid if kind == "cell" else memory, where, found)
                step()
    except KeyboardInterrupt:
        complete = False
    busy = disturbance(shares, slow)
    return Crossover(name_of(family), ns, ms, close=close, **grid, depth=depths, **memory, complete=complete, busy=busy)


def measurements(
    family: Family, n: Array, m: Array, depth: Array, seconds: float
) -> Iterator[tuple[str, Any, tuple[Any, ...]]]:
    """("cell", place in the grid, what `cell` says), ("memory", place, bytes), ("machine", None, how quiet it is)."""
    yield "machine", None, (share_of_processor(), times_too_slow())
    for i, j in np.ndindex(n.size, m.size):
        sizes = int(n[i]), int(m[j])
        yield "cell", (i, j), cell(*member(family, *sizes), sizes, seconds)
    yield "machine", None, (share_of_processor(), times_too_slow())
    for k, d in enumerate(depth):
        yield "memory", k, sweep_memory(*member(family, int(n[-1]), int(m[-1]), depth=int(d)))


GRID = ("forward_flops", "reverse_flops", "forward_seconds", "reverse_seconds")
MEMORY = ("forward_bytes", "reverse_bytes", "forward_peak", "reverse_peak")


def put(arrays: dict[str, Array], index: Any, values: Sequence[float]) -> None:
    for array, v in zip(arrays.values(), values, strict=True):
        array[index] = v


def whole(sizes: Sizes, name: str) -> Array:
    """The sizes as an array of positive integers, rising."""
    found = np.asarray(sizes)
    if found.ndim != 1 or not found.size or found.dtype.kind not in "iu" or found[0] < 1 or np.any(np.diff(found) <= 0):
        raise InputError(f"{name}={sizes!r}: write positive integers, each larger than the one before")
    return found


def has_depth(family: Family) -> bool:
    try:
        return "depth" in inspect.signature(family).parameters
    except (TypeError, ValueError):  # a function of C, which does not say
        return False


def member(family: Family, n: int, m: int, **depth: int) -> tuple[Callable[[Array], Array], Array]:
    """The function of a family with n inputs and m outputs, and the point."""
    found = family(n, m, **depth)
    f, x = found if isinstance(found, tuple) else (found, np.random.default_rng(0).uniform(-1.0, 1.0, n))
    if not callable(f) or np.size(x) != n:
        raise InputError(f"family({n}, {m}) is no function of {n} numbers: return f, or (f, x) with {n} elements in x")
    return f, x


def counted(f: Callable[[Array], Array], x: Array) -> ProgramCost:
    """What f costs at x, by one recording."""
    recording = Recording(f, *all_leaves((x,), "x"))
    return program_cost(recording.lines, 1, recording.indices)


def cell(
    f: Callable[[Array], Array], x: Array, sizes: tuple[int, int], seconds: float
) -> tuple[int, int, float, float, bool]:
    """(flops forward, flops reverse, seconds forward, seconds reverse, are these too close to call?)."""
    cost, (n, m) = counted(f, x), sizes
    modes: dict[str, Callable[[], Any]] = {mode: caller(jacobian(f, mode=mode), x) for mode in ("forward", "reverse")}
    outputs = np.size(modes["forward"]()) // n
    if outputs != m:
        raise InputError(f"family({n}, {m}) gave a function with {outputs} outputs, not {m}")
    modes["reverse"]()
    times = timed(modes, seconds)
    forward, reverse = times["forward"], times["reverse"]
    return cost.forward(n), cost.reverse(m), forward.best, reverse.best, forward.overlaps(reverse)


def caller(f: Callable[[Array], Any], x: Array) -> Callable[[], Any]:
    return lambda: f(x)


def sweep_memory(f: Callable[[Array], Array], x: Array) -> tuple[int, int, int, int]:
    """(counted forward, counted reverse, measured forward, measured reverse): bytes of one sweep of one direction."""
    cost, ones = counted(f, x), np.ones_like(x)

    def reverse() -> Any:
        y, pullback = vjp(f, x)
        return pullback(np.ones_like(y))

    reverse()
    return cost.peak_forward(1), cost.peak_reverse(1), peak_memory(lambda: jvp(f, (x,), (ones,))), peak_memory(reverse)
