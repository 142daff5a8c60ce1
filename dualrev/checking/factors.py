"""Factors that are missing or extra: numbers that everybody knows, and quantities that occur at the point."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product
from typing import Any

import numpy as np
from numpy import ndarray

from ..program.program import Value
from ..program.sensitivity import partial
from ..shapes import shape, size
from .cases import Case
from .places import TRUST
from .routes import spelled

EQUAL = 1e-5  # relative: a ratio that is meant
CLEAR = 1e3  # times its error: a derivative that a ratio can be taken of
FEW = 20  # inputs: so few are tried as factors one by one
CLOSE = 1e-2  # of 1: a ratio that is a matter of digits
KNOWN = {
    "3": 3.0, "4": 4.0, "6": 6.0, "8": 8.0, "pi": np.pi, "2 pi": 2 * np.pi, "sqrt(2)": 2**0.5, "sqrt(pi)": np.pi**0.5,
    "sqrt(2 pi)": (2 * np.pi) ** 0.5, "ln(2)": np.log(2), "ln(10)": np.log(10), "e": np.e,
}  # fmt: skip
DEGREES = np.pi / 180


@dataclass(frozen=True, eq=False)
class Ratio:
    """Yours over the reference, or of one term of it, at each place; nan where unknown. slack: its relative error."""

    values: list[ndarray]
    slack: list[ndarray]

    @property
    def constant(self) -> float | None:
        """The ratio, if it is one number that is not 1."""
        known = [np.isfinite(r) for r in self.values]
        r, slack = (np.concatenate([v[k] for v, k in zip(of, known)]) for of in (self.values, self.slack))
        if not r.size:
            return None
        middle = float(np.median(r))
        allowed = min(EQUAL * abs(middle), 0.1 * abs(middle - 1)) if middle else EQUAL
        fits = np.abs(r - middle) <= allowed + slack * max(abs(middle), 1.0)
        return middle if fits.all() and abs(middle - 1) > np.median(slack) else None

    @cached_property
    def first(self) -> tuple[int, int, float, float]:
        """Where the first number of it stands, the number, and what it may be off by."""
        i, j = (int(k) for k in np.argwhere(np.isfinite(self.values[0]))[0])
        r = abs(float(self.values[0][i, j]))
        return i, j, r, r * (2 * EQUAL + float(self.slack[0][i, j]))

    def may_equal(self, quantity: Any, power: int) -> bool:
        """Does the first number allow it?"""
        i, j, r, off = self.first
        rows, columns = np.shape(quantity) or (1, 1)
        q = abs(float(np.reshape(quantity, (rows, columns))[i if rows > 1 else 0, j if columns > 1 else 0]))
        return q > 0 and abs(q**power - r) <= off

    def equals(self, quantity: Sequence[Any], power: int, sign: int) -> bool:
        """Is it sign * quantity**power?"""
        if not self.may_equal(quantity[0], power):
            return False
        with np.errstate(all="ignore"):
            for r, slack, q in zip(self.values, self.slack, quantity, strict=True):
                want = sign * np.asarray(q, float) ** float(power)
                want = np.broadcast_to(want, r.shape)
                near = np.abs(r - want) <= EQUAL * np.abs(want) + slack * np.abs(r)
                if not (near & np.isfinite(want))[np.isfinite(r)].all():
                    return False
        return True


def ratio_of(case: Case, where: ndarray, term: list[ndarray] | None = None) -> Ratio | None:
    """Yours over the reference there, or what yours has of one term of it; None if yours is no multiple of it."""
    values, slack = [], []
    for q, p in enumerate(case.places):
        part = p.truth if term is None else term[q]
        with np.errstate(all="ignore"):
            usable = where & p.sure & (np.abs(part) > CLEAR * p.error) & (part != 0)
            if (where & p.wrong & ~usable & (np.abs(part) <= TRUST * p.error)).any():
                return None
            rest = p.truth - part
            values.append(np.where(usable, (p.yours - rest) / part, np.nan))
            slack.append(np.where(usable, TRUST * p.error / np.abs(part), np.nan))
        if not np.isfinite(values[-1][usable]).all():
            return None
    return Ratio(values, slack) if any(np.isfinite(r).any() for r in values) else None


# ---- one number ------------------------------------------------------------------------------------------------------


def constant_factor(r: float, case: Case) -> str:
    """What a ratio that is one number everywhere means; it is not 1 and not 0."""
    turned = ", and the sign is wrong" if r < 0 else ""
    if abs(r + 1) <= EQUAL:
        return "the sign is wrong"
    for name, value in numbers_of(case):
        for power, said in ((-1, "missing"), (1, "extra")):
            if abs(abs(r) - value**power) <= min(EQUAL, 0.1 * abs(value - 1)) * value**power:
                return f"a factor {name} is {said}{turned}"
    size = abs(r)
    for n in lengths(case):
        for ratio, said in ((n / (n - 1), "n - 1 stands for n"), ((n - 1) / n, "n stands for n - 1")) if n > 2 else ():
            if abs(size - ratio) <= min(EQUAL, 1e-3 * abs(ratio - 1)):
                return f"{said}, with n = {n}{turned}"
    if any(abs(size - v) <= EQUAL * v for v in (DEGREES, 1 / DEGREES)):
        return f"degrees were taken for radians, or the reverse{turned}"
    if abs(size - 1) < CLOSE:
        return f"right to {digits(abs(size - 1))} digits only{turned}"
    return f"a constant factor is {'extra' if size > 1 else 'missing'}{turned}"


def digits(relative: float) -> int:
    """To how many digits a number with this relative error is right.

    >>> digits(1e-5), digits(4e-4)
    (5, 3)
    """
    return round(-np.log10(relative)) if relative > 0 else 16


def numbers_of(case: Case) -> Iterator[tuple[str, float]]:
    """(name, value) of numbers, other than 1, that a constant factor could be; the simplest first."""
    found = [("2", 2.0)]
    operations = [v for program in case.programs[:1] for v in program.operations]
    standing = [(float(abs(a)), v) for v in operations for a in constants(v)]
    found += [(f"{a:.6g}, the constant in {spelled(v)},", a) for a, v in standing]
    n, m = case.subject.x.size, case.subject.m
    found += [(f"{k}, the number of elements of {of},", float(k)) for k, of in lengths(case).items() if of]
    found += [(f"{n}, the number of inputs,", float(n)), (f"{m}, the number of outputs,", float(m))]
    found += KNOWN.items()
    found += [(f"ln({a:.6g}), of the constant in {spelled(v)},", abs(float(np.log(a)))) for a, v in standing if a > 0]
    found += [(f"{a**2:.6g}, the square of the constant in {spelled(v)},", a**2) for a, v in standing if 0 < a < 1e9]
    return ((plain(name, value), value) for name, value in found if value not in (0.0, 1.0))


def plain(name: str, value: float) -> str:
    """A whole number below 10 needs no explanation."""
    return f"{value:g}" if value in range(2, 10) and "constant" in name else name


def lengths(case: Case) -> dict[int, str]:
    """Numbers of elements that occur, and of what: of an array on the way, or "" for the inputs themselves."""
    found = {case.subject.x.size: ""}
    for program in case.programs[:1]:
        for v in program.values:
            for n in (size(v.primal), *shape(v.primal)):
                found.setdefault(n, spelled(v))
    return found


def constants(v: Value) -> list[Any]:
    """The numbers that stand in an operation as they are."""
    standing = [a for a, p in zip(v.call.args, v.parents) if p < 0]
    return [a for a in standing if isinstance(a, (int, float, np.number)) and np.isreal(a)]


# ---- quantities ------------------------------------------------------------------------------------------------------


def quantity_said(ratio: Ratio, case: Case, where: ndarray) -> str:
    """A ratio that varies, as a factor that varies; "" if there is none."""
    seen = np.concatenate([r[np.isfinite(r)] for r in ratio.values])
    if seen.size < 2 or np.all(np.abs(seen - 1) < CLOSE) or not np.isfinite(ratio.values[0]).any():
        return ""
    for candidates in (list(quantities(case, where)), case.once(values_on_the_way), case.once(slopes_on_the_way)):
        for power, said in ((-1, "missing"), (1, "extra")):
            for sign, (name, values, remark) in product((1, -1), candidates):
                if ratio.equals(values, power, sign):
                    first = float(np.nanmax(ratio.values[0])) ** power if one(ratio.values[0]) else None
                    text = f"ratio {abs(first):.6g} = {name}: " if first else ""
                    turned = ", and the sign is wrong" * (sign < 0)
                    return f"{text}a factor {name} is {said}{turned}{remark.get(said, '')}"
    return ""


def one(r: ndarray) -> bool:
    """Is it one number?"""
    known = r[np.isfinite(r)]
    return bool(known.size and np.all(np.abs(known - known[0]) <= EQUAL * np.abs(known[0])))


Quantity = tuple[str, list[ndarray], dict[str, str]]
OF_F = {"missing": ": it is the derivative of log f", "extra": ": it is the derivative of f**2 / 2"}
OF_2F = {"missing": "", "extra": ": it is the derivative of the square of f"}
OF_ROOT = {"missing": ": it is the derivative of the square root of f", "extra": ""}


def quantities(case: Case, where: ndarray) -> Iterator[Quantity]:
    """(name, its values at each place, remarks) of what a varying factor could be: the inputs and f.

    Each is one number, or one for each column, or for each row, of the derivative.
    """
    root, places = case.root(where), case.places
    for name, make in ((root, lambda x: x), (f"2 {root}", lambda x: 2 * x), (f"{root}**2", lambda x: x**2)):
        yield name, [make(p.x[case.columns])[None] for p in places], {}
    if case.subject.x.size <= FEW:
        for k, name in enumerate(case.subject.names):
            for text, make in ((name, lambda v: v), (f"2 {name}", lambda v: 2 * v), (f"{name}**2", lambda v: v**2)):
                yield text, [make(p.x[k]) for p in places], {}
    f = [p.values[:, None] for p in places]
    with np.errstate(all="ignore"):
        yield "f", f, OF_F
        yield "2 f", [2 * v for v in f], OF_2F
        yield "2 sqrt(f)", [2 * np.sqrt(v) for v in f], OF_ROOT


def values_on_the_way(case: Case) -> Iterator[Quantity]:
    """Values of the programs, and constant arrays in them."""
    for values in zip(*[g.operations for g in case.programs]):
        v = values[0]
        yield from spread_all(case, spelled(v), [w.primal for w in values])
        for k, parent in enumerate(v.parents):
            if parent < 0 and isinstance(v.call.args[k], np.ndarray):
                words = v.place.arguments if v.place else []
                name = words[k] if len(words) == len(v.parents) else f"the constant in {spelled(v)}"
                yield from spread_all(case, name, [w.call.args[k] for w in values])


def slopes_on_the_way(case: Case) -> Iterator[Quantity]:
    """The derivatives of single operations."""
    for values in zip(*[g.operations for g in case.programs]):
        for k, parent in enumerate(values[0].parents):
            if parent >= 0:
                yield from spread_all(case, f"the derivative of {spelled(values[0])}", [partial(w, k) for w in values])


def spread_all(case: Case, name: str, arrays: list[Any]) -> Iterator[Quantity]:
    spread = [None if a is None else spread_out(case, a) for a in arrays]
    if all(s is not None for s in spread):
        yield name, spread, {}  # type: ignore[misc]


def spread_out(case: Case, a: Any) -> ndarray | None:
    """A value as one number, or one per column or row, if its shape allows; nan in the columns of other inputs."""
    a = np.asarray(a)
    if a.dtype.kind not in "fiu":
        return None
    if a.shape == ():
        return a
    columns, start = case.columns, 0
    for like in case.subject.leaves:
        inside = (columns >= start) & (columns < start + size(like))
        if inside.any() and can_spread(a.shape, shape(like)):
            made = np.full(len(columns), np.nan)
            made[inside] = np.broadcast_to(a, shape(like)).ravel()[columns[inside] - start]
            return made[None]
        start += size(like)
    return a.reshape(-1, 1) if a.size == case.subject.m else None


def can_spread(a: tuple[int, ...], to: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(a, to) == to
    except ValueError:
        return False
