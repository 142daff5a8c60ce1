"""What the support page says about each op: its kind, domain and kinks, and the digits of its derivatives."""

from dataclasses import dataclass

import numpy as np

import dualrev as dr
from dualrev.checking.margins import MARGINS
from dualrev.kinds import parts
from dualrev.registry import OPS
from dualrev.reverse.vjp import Recording
from dualrev.traced import Tracer, values
from dualrev.tree import flatten
from tests.ops.referee import complex_step, difference, flat, jacobian, leaves
from tests.ops.samples import CONSTANTS, SAMPLES
from tests.ops.test_registry import forward, reverse, seeds

MOST = 16  # digits: what a float64 has
NOTHING = 1e-9  # a Jacobian without a larger entry is 0 up to rounding: its errors are absolute
STEP, DIFFERENCES = "step", "diff"  # the referees, as the page names them
OVERFLOW = 1e290  # an infinity next to such a value is no end of a domain


@dataclass(frozen=True)
class Row:
    """What the page says about an op. Digits are tuples, a number for each referee, the worst over the samples."""

    name: str
    kind: str
    domain: str
    kinks: str
    samples: int
    referees: tuple[str, ...]
    forward: tuple[int, ...]
    reverse: tuple[int, ...]
    order2: tuple[int, ...]


def row(op):
    samples = samples_of(op)
    unary = isinstance(op, np.ufunc) and op.nin == 1
    measures = worst(samples) if op in SAMPLES else ((),) * 4
    return Row(OPS[op].name, kind_of(op), domain(op) if unary else "", kinks_of(op), len(samples), *measures)


def samples_of(op):
    return SAMPLES.get(op) or CONSTANTS[op]


def kind_of(op):
    """The word with which the rule was registered."""
    entry = OPS[op]
    if entry.composite:
        return "composite"
    return type(entry.rule).__name__.lower().replace("real", "") if entry.rule else "constant"


# ---- digits ----------------------------------------------------------------------------------------------------------


def digits(got, want):
    """-log10 of the largest error relative to the largest entry, rounded down, from 0 to 16."""
    largest, error = np.max(np.abs(want), initial=0.0), np.max(np.abs(got - want), initial=0.0)
    if error == 0:
        return MOST
    exact = -np.log10(error / (largest if largest > NOTHING else 1.0))
    return int(np.clip(np.floor(np.nan_to_num(exact)), 0, MOST))


def worst(samples):
    """(referees, forward, reverse, order 2) of an op, each a tuple with an entry for each referee."""
    by_referee = {
        STEP: [measured(s) for s in samples if s.referee],
        DIFFERENCES: [measured(s) for s in samples if not s.referee],
    }
    found = {referee: np.min(triples, axis=0).tolist() for referee, triples in by_referee.items() if triples}
    return tuple(found), *zip(*found.values(), strict=True)


def measured(sample):
    """The digits of J in forward mode, in reverse mode, and of the Hessian, for one sample."""
    f, xs = sample.f, sample.xs
    want = jacobian(complex_step, sample.referee, xs) if sample.referee else jacobian(difference, f, xs)
    return digits(forward(f, xs), want), digits(reverse(f, xs), want), curved(sample)


def curved(sample):
    """The digits of H v, H the Hessian of the sum of w * f**2, in all four orders; against differences of the gradient.

    The gradient is the referee's where that is the complex step; else it is dualrev's, which `measured` has compared.
    """
    f, xs, which = sample.f, sample.xs, tuple(range(len(sample.xs)))
    rng = np.random.default_rng(0)
    ws, v = seeds(rng, leaves(f(*xs))), tuple(np.clip(t, -1, 1) for t in seeds(rng, xs))
    w = flat(ws)
    energy = lambda *x: sum(np.sum(weight * y * y) for weight, y in zip(ws, flatten(f(*x))[0], strict=True))
    gradient = dr.grad(energy, which)
    by_step = lambda *x: jacobian(complex_step, sample.referee, x).T @ (2 * w * flat(sample.referee(*x)).real)
    want = difference(by_step if sample.referee else gradient, xs, v)
    products = (
        dr.jvp(gradient, xs, v)[1],
        dr.grad(lambda *x: sum(np.sum(g * t) for g, t in zip(gradient(*x), v)), which)(*xs),
        dr.grad(lambda *x: dr.jvp(energy, x, v)[1], which)(*xs),
        dr.jvp(lambda *x: dr.jacobian(energy, which, mode="forward")(*x), xs, v)[1],
    )
    return min(digits(flat(product), want) for product in products)


# ---- domains ---------------------------------------------------------------------------------------------------------


def domain(ufunc):
    """Where a function of one number is finite, found by evaluating it on a grid and bisecting between its points.

    >>> domain(np.arccosh), domain(np.arctanh), domain(np.reciprocal), domain(np.sin)
    ('x >= 1', '-1 < x < 1', 'x != 0', 'all x')
    """
    at = lambda x: np.asarray(ufunc(np.float64(x)))
    inside = lambda x: bool(np.isfinite(at(x)).all())
    with np.errstate(all="ignore"):
        grid = np.arange(-31.5, 31.625, 0.125)
        good = np.array([inside(x) for x in grid])
        poles = grid[1:-1][~good[1:-1] & good[:-2] & good[2:]]
        far = [x for x in range(-360, 361, 15) if abs(x) > 31 and not inside(x) and inside(x - 1) and inside(x + 1)]
        good |= np.isin(grid, poles)
        ends = [end(inside, grid[k], grid[k + 1]) for k in np.flatnonzero(np.diff(good))]
        ends = [x for x in ends if not np.max(np.abs(at(x[2]))) > OVERFLOW]
    said = interval(ends, good[0]) if good.any() and len(ends) <= 2 else ""
    apart = sorted([*poles.tolist(), *far], key=lambda x: (abs(x), x))
    without = "x != " + ", ".join(f"{x:g}" for x in apart[:3]) + ", ..." * (len(apart) > 3)
    return said if not apart else without if said == "all x" else f"{said}, {without}"


def end(inside, a, b):
    """The number between a and b where the domain ends, whether it belongs to it, and the last one found inside."""
    first = inside(a)
    for _ in range(60):
        middle = (a + b) / 2
        a, b = (middle, b) if inside(middle) == first else (a, middle)
    last, near = a if first else b, np.round(a * 8) / 8
    at = near if abs(near - a) < 1e-9 else last
    return at, inside(at), last


def interval(ends, starts):
    """As in "0 <= x < 1"; starts: is the lowest number of the grid inside?"""
    if not ends:
        return "all x"
    texts = [f"{at + 0.0:.6g}" for at, *_ in ends]
    if len(ends) == 1:
        sign = "<" if starts else ">"
        return f"x {sign}{'=' * ends[0][1]} {texts[0]}"
    low, high = ("<=" if closed else "<" for _, closed, _ in ends)
    return f"x < {texts[0]}, x > {texts[1]}" if starts else f"{texts[0]} {low} x {high} {texts[1]}"


# ---- kinks -----------------------------------------------------------------------------------------------------------

# By the name of the margin in dualrev/checking/margins.py: what it measures the distance to.
KINKS = {
    "zero": "x = 0",
    "difference": "x = y",
    "whole": "rounding",
    "quotient": "x / y whole",
    "extremum": "ties",
    "order": "ties",
    "order_of_all": "ties",
    "edges": "edges",
    "searched": "edges",
    "length": "all 0",
    "deviation": "all equal",
    "zero_power": "x = 0, y < 1",
    "cut": "y < 0 = x",
    "second_zero": "x = 0",
}


def short(entry):
    return entry.name.rpartition(".")[2]


def kinks_of(op):
    """Where an op is not smooth; of a composite that is not in the list itself, the kinked ops that it is said in."""
    entry = OPS[op]
    margin = MARGINS.get(short(entry))
    if margin:
        return KINKS[margin.__qualname__.partition(".")[0]]
    names = sorted({short(line[0]) for line in inner_lines(op) if has_kink(line)}) if entry.composite else []
    return f"of {', '.join(names)}" if names else ""


def inner_lines(op):
    """The lines of the tape that a composite writes, over its samples."""
    entry, found = OPS[op], []
    says = entry.composite

    def noting(*args, **kwargs):
        tapes = {id(t.sweep): t.sweep.lines for t in flatten([args, kwargs])[0] if isinstance(t, Tracer)}
        before = {key: len(lines) for key, lines in tapes.items()}
        made = says(*args, **kwargs)
        found.extend(line for key, lines in tapes.items() for line in lines[before[key] :])
        return made

    entry.composite = noting
    try:
        for sample in samples_of(op):
            Recording(sample.f, sample.xs, [(lambda leaves: leaves[0], 1)] * len(sample.xs))
    finally:
        entry.composite = says
    return found


def has_kink(line):
    """Can the op of this line be at a kink, with the constants that it was given?"""
    margin = MARGINS.get(short(line[0]))
    parents, args, params, _ = parts(line)
    args = values(tuple(args))
    if margin is None or any(map(np.iscomplexobj, args)):
        return False
    found = margin(*args, **params)
    traced = [slope for i in np.flatnonzero(np.isfinite(found.values))[:1] for slope in found.slopes(i)]
    return any(parent >= 0 and np.any(slope) for parent, slope in zip(parents, traced) if slope is not None)
