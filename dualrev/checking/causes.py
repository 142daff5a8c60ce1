"""Why an op made something that is not finite out of finite numbers, and what to write instead."""

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy import ndarray

from ..program.notation import short
from ..program.program import Program, Value
from ..shapes import shape
from ..source import Place
from ..traced import value
from .masks import guarded, mask_text
from .rewrites import better_form, called, outwards
from .silenced import LOG_DOMAIN, LOGARITHMS


@dataclass(frozen=True)
class Cause:
    """A reason, the advice, and the rewrite as code: (the user's expression, what to write for it), or ("", "")."""

    reason: str
    advice: str
    rewrite: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Trouble:
    """A trouble spot of an op: where its arguments are so, which argument to blame, and a value of it that is safe."""

    reason: str
    spot: Callable[..., Any]
    advice: str
    safe: str = "1"
    argument: int = 0


ADVICE_SQRT = "the slope of a root at 0 is infinite: keep the argument above 0, or use a function that is smooth there"
DOMAIN = (
    "keep the argument inside the domain; elements that are not needed get a safe one before the function is applied"
)
DIVISOR = "divide by a number that is safe where the quotient is not needed"
UNDERFLOW = f"{LOG_DOMAIN}; a safe argument in its place would make the term 0 without a word"
VANISHES = (
    f"the mask makes the term 0 without a word: {LOG_DOMAIN}; where it is to be 0, make the argument safe before "
    "the logarithm, by a np.where of its own"
)
CLIP = "rounding can take a cosine past 1: np.arctan2(sine, cosine) has no such edge"
BIG = "the result does not fit a float: work with logarithms, or subtract the largest exponent first"

LOG = [
    Trouble("the logarithm of 0", lambda x: x == 0, UNDERFLOW),
    Trouble("domain: the logarithm of a negative number", lambda x: x < 0, DOMAIN),
]
INVERSE_SINE = [
    Trouble("domain: outside [-1, 1]", lambda x: np.abs(x) > 1, CLIP, "0"),
    Trouble("the slope is infinite at -1 and 1", lambda x: np.abs(x) == 1, CLIP, "0"),
]
EXP = [Trouble("overflow of the exponential", lambda x: np.abs(x) > 80, BIG, "0")]
EQUAL = Trouble(
    "equal eigenvalues or singular values, or zeros: one of them alone, or the vectors, are not smooth there",
    lambda *a: True,
    "write what treats equal ones alike and does not depend on the choice of vectors: np.sum(f(w)), (V * f(w)) @ V.T, "
    "np.trace(M), np.linalg.det(M), scipy.linalg.expm(M)",
)

KINK = Trouble(
    "a second derivative at a kink, infinite or not to be told: the slope there jumps",
    lambda x, slope: np.isnan(slope),
    "say it without the kink where the whole is smooth: np.sum(x**2) for np.linalg.norm(x)**2, x.real**2 + x.imag**2 "
    "for np.abs(x)**2, np.var(x) for np.std(x)**2; and call a norm that is used twice once, n = np.linalg.norm(x)",
)

TROUBLES: dict[str, list[Trouble]] = {
    "log": LOG, "log2": LOG, "log10": LOG,
    "log1p": [
        Trouble("the logarithm of 0", lambda x: x == -1, "keep the argument above -1", "0"),
        Trouble("domain: the logarithm of a negative number", lambda x: x < -1, "keep the argument above -1", "0"),
    ],
    "sqrt": [
        Trouble("domain: the root of a negative number", lambda x: x < 0, DOMAIN),
        Trouble("the slope of sqrt at 0 is infinite", lambda x: x == 0, ADVICE_SQRT),
    ],
    "cbrt": [Trouble("the slope of cbrt at 0 is infinite", lambda x: x == 0, ADVICE_SQRT)],
    "arcsin": INVERSE_SINE, "arccos": INVERSE_SINE,
    "arctanh": [Trouble("domain: outside (-1, 1)", lambda x: np.abs(x) >= 1, "keep the argument inside (-1, 1)", "0")],
    "arccosh": [
        Trouble("domain: below 1", lambda x: x < 1, "keep the argument above 1", "2"),
        Trouble("the slope of arccosh at 1 is infinite", lambda x: x == 1, "keep the argument above 1", "2"),
    ],
    "exp": EXP, "exp2": EXP, "expm1": EXP, "sinh": EXP, "cosh": EXP,
    "reciprocal": [Trouble("division by 0", lambda x: x == 0, DIVISOR)],
    "divide": [
        Trouble("0 / 0", lambda x, y: (y == 0) & (x == 0), DIVISOR, argument=1),
        Trouble("division by 0", lambda x, y: y == 0, DIVISOR, argument=1),
        Trouble("overflow: the divisor is tiny", lambda x, y: np.abs(y) < 1e-100, "scale the variables", argument=1),
    ],
    "power": [
        Trouble(
            "domain: a negative base with a fractional exponent", lambda x, y: (x < 0) & (y != np.round(y)),
            "take the power of np.abs(x), and np.sign(x) times it; np.cbrt is the third root",
        ),
        Trouble("0 to a negative power", lambda x, y: (x == 0) & (y < 0), "keep the base away from 0"),
        Trouble("the slope of x**y at 0 is infinite for y below 1", lambda x, y: (x == 0) & (y < 1), ADVICE_SQRT),
    ],
    "xlogy": [Trouble(
        "the slope of x log(y) at x = 0 is log(y), and infinite where y is 0 too: xlogy saves the value, not the slope",
        lambda x, y: (x == 0) | (y == 0), "keep y above 0, or leave the terms out whose x and y are 0",
    )],
    "arctan2": [Trouble("the angle of the origin is not determined", lambda y, x: (x == 0) & (y == 0), DOMAIN)],
    "at_the_tip": [KINK],
    **{
        f"{prefix}{name}": [EQUAL]
        for name in ("ratio", "eigh", "eigvalsh", "eig", "eigvals", "svd", "svdvals", "lstsq")
        for prefix in ("", "scipy_", "symmetric_")
    },
}  # fmt: skip
TROUBLES["float_power"] = TROUBLES["power"]

KINKED = (
    "norm",
    "vector_norm",
    "abs",
    "absolute",
    "hypot",
    "std",
    "nanstd",
    "maximum",
    "minimum",
    "max",
    "min",
    "clip",
)
SINGULAR = "the matrix is singular, or nearly so: np.linalg.lstsq or a small multiple of the identity helps"
OVERFLOWING = {
    "multiply",
    "square",
    "power",
    "float_power",
    "prod",
    "cumprod",
    "matmul",
    "dot",
    "sum",
    "add",
    "subtract",
}
OF_MATRICES = {"inv", "solve", "solve_vector", "det", "slogdet", "pinv", "cholesky", "lstsq"}


class Origin:
    """One op of a program that made something not finite: its arguments, and where in the array.

    what: "values", "forward" or "reverse". made: what is not finite. arriving: the tangents of the arguments, or the
    cotangent of the output. k: the argument whose cotangent was made.
    """

    def __init__(self, program: Program, what: str, v: Value, made: ndarray, arriving: Any, k: int | None):
        self.program, self.what, self.v, self.arriving = program, what, v, arriving
        self.op = short(v.call)
        self.place = v.place or (self.kink() if self.op == "at_the_tip" else None)
        self.args = [np.asarray(value(a)) if not isinstance(a, (slice, tuple)) else np.nan for a in v.call.args]
        self.bad = ~np.isfinite(made)
        self.argument = next((j for j, p in enumerate(v.parents) if p >= 0), 0) if k is None else k
        self.index: tuple[int, ...] = ()
        self.input = float("nan")
        self.point_at(self.bad)

    def spots(self, trouble: Trouble) -> bool:
        """Is the trouble here? Then point at its first element."""
        with np.errstate(all="ignore"):
            try:
                hit = np.asarray(trouble.spot(*self.args))
                there = hit & np.broadcast_to(self.bad, np.broadcast_shapes(self.bad.shape, hit.shape))
            except (ValueError, TypeError):
                return False
        if not there.any():
            return False
        if trouble.argument < len(self.args):
            self.argument = trouble.argument
        self.point_at(there)
        return True

    def point_at(self, there: ndarray) -> None:
        if not there.any():
            return
        self.index = tuple(int(i) for i in np.argwhere(there)[0])
        x = np.asarray(self.args[self.argument])
        try:
            self.input = float(np.real(np.broadcast_to(x, there.shape)[self.index]))
        except (ValueError, IndexError, TypeError):
            self.input = float(np.real(x.ravel()[0])) if x.size == 1 and x.dtype.kind in "fiub" else float("nan")

    @property
    def silenced(self) -> bool:
        """Does the cotangent that arrives hold a zero where the product is not finite? 0 * inf is NaN."""
        if self.what != "reverse":
            return False
        if self.arriving is None:  # a value that is not finite, and that the outputs do not show
            return all(np.isfinite(np.asarray(value(y), float)).all() for y in self.program.recording.values)
        ct = np.asarray(value(self.arriving))
        try:
            return bool((np.broadcast_to(ct, self.bad.shape)[self.bad] == 0).any())
        except ValueError:
            return bool((ct == 0).any())

    def selection(self) -> tuple[Value, bool] | None:
        """The np.where that this op leads to, and whether it does so as the branch taken where the mask is true."""
        reached = {self.v.index}
        for v in self.program.operations:
            if not reached.isdisjoint(v.parents):
                if short(v.call) == "where":
                    return v, v.parents[1] in reached
                reached.add(v.index)
        return None

    def vanishes(self, where: Value, taken: bool) -> bool:
        """Is 0 what the mask puts in place of this logarithm, which has no weight that is 0 there?"""
        instead = np.asarray(value(where.call.args[2 if taken else 1]))
        weights = (
            np.asarray(value(a))
            for v in self.program.operations
            if v.op == "multiply" and self.v.index in v.parents
            for a, p in zip(v.call.args, v.parents)
            if p != self.v.index
        )
        return not instead.any() and not any((w == 0).any() for w in weights)

    def kink(self) -> Place | None:
        """Where the user called the op with the kink, which is met again on the way back."""
        places = (v.place for v in self.program.operations[: self.v.index])
        return next((p for p in places if p and called(next(outwards(p), ast.Pass()), *KINKED)), None)

    def constants(self) -> Iterator[int]:
        """The constant arguments that are not finite themselves."""
        for j, (p, x) in enumerate(zip(self.v.parents, self.args)):
            if p < 0 and np.asarray(x).dtype.kind in "fc" and self.op != "getitem" and not np.isfinite(x).all():
                yield j


def cause_of(origin: Origin) -> Cause:
    """The reason, the most special advice there is, and its code."""
    trouble = next((t for t in TROUBLES.get(origin.op, ()) if origin.spots(t)), None)
    trouble = trouble or general(origin)
    selection = origin.selection() if origin.silenced else None
    better = better_form(origin.place, origin.op, masked=selection is not None)
    if selection and not better:
        return behind_a_mask(origin, trouble, *selection)
    reason = f"{trouble.reason}; 0 * inf is NaN" if origin.silenced else trouble.reason
    return Cause(reason, better[0] if better else trouble.advice, better[1:] if better else ("", ""))


def general(origin: Origin) -> Trouble:
    """A trouble that is not in the table, from what is seen."""
    if any(True for _ in origin.constants()):
        said = "a constant argument is not finite"
        return Trouble(said, lambda *a: True, "look for the NaN or infinity in your data")
    if origin.op in OF_MATRICES:
        return Trouble("a singular matrix", lambda *a: True, SINGULAR)
    if origin.op in OVERFLOWING:
        return Trouble("overflow: the result does not fit a float", lambda *a: True, BIG)
    made = "value" if origin.what == "values" else "slope"
    return Trouble(f"the {made} of {origin.op} is not finite here", lambda *a: True, DOMAIN)


def behind_a_mask(origin: Origin, trouble: Trouble, where: Value, taken: bool) -> Cause:
    """0 * inf: the branch is not taken, and reverse mode multiplies its 0 by the slope."""
    mask = mask_text(where.place)
    reason = f"{trouble.reason}, and 0 * inf is NaN: np.where at {where.place} does not take this branch"
    if origin.op in LOGARITHMS and origin.vanishes(where, taken):
        return Cause(reason, VANISHES)
    if shape(where.call.args[0]) and not mask:
        mask = "mask"
    rewrite = guarded(origin.v.place, origin.argument, mask, taken, trouble.safe) if mask else ("", "")
    by = "" if rewrite[1] else ", by a np.where of its own around the argument"
    return Cause(reason, f"make the argument safe before {origin.op} is applied{by}", rewrite)
