"""Derivatives of one operation that people take for another's: of a function with a like name, with a wrong mask."""

from collections.abc import Iterator
from functools import cache
from itertools import islice

import numpy as np
from numpy import ndarray

from ..kinds import Elementwise
from ..program.program import Program, Value
from ..registry import OPS, Op
from ..reverse.pullback import pull
from ..shapes import shape

FAMILIES = (
    ("log", "log1p", "logit"),  # those of other bases differ by a factor, which is named as such
    ("exp", "exp2"),
    ("sin", "cos", "tan", "sinh", "cosh", "tanh"),
    ("arcsin", "arccos", "arctan", "arcsinh", "arccosh", "arctanh"),
    ("expit", "tanh", "erf", "arctan"),
)
MASKS = ("maximum", "fmax", "where", "multiply")  # of an array and constants
OTHERS = 12  # arrays whose masks are tried


def confusions(program: Program, parent: Value, child: Value, said: str, ct: ndarray) -> Iterator[tuple[str, ndarray]]:
    """(sentence, cotangent of the parent) for each confusion about the child, written `said`; ct: its cotangent."""
    x = np.asarray(parent.primal)
    if x.shape != np.shape(ct) or x.dtype.kind != "f" or sum(p >= 0 for p in child.parents) != 1:
        return
    if len(child.parents) == 1:
        for op in relatives(child.op):
            other = child.call._replace(op=op, out=op.apply(parent.primal))
            wrong = f"the derivative of {short_name(op)} stands for that of {child.op} in {said}"
            yield wrong, np.asarray(pull(other, ct, ())[0])
        yield f"{child.op} itself stands for its derivative in {said}", ct * child.primal
    if child.op in MASKS:
        yield from masked(program, parent, child, said, ct)
    if child.op in ("absolute", "fabs"):
        yield f"in {said} only what is positive is counted: its derivative is the sign", ct * (x > 0)
        yield f"the sign is missing in the derivative of {said}", ct


def masked(program: Program, parent: Value, child: Value, said: str, ct: ndarray) -> Iterator[tuple[str, ndarray]]:
    """The mask of a ReLU is missing, turned round, or that of another array."""
    argument = child.parents.index(parent.index)
    mask = np.asarray(pull(child.call, np.ones_like(ct), ())[argument])
    if not np.isin(mask, (0.0, 1.0)).all():
        return
    yield f"the mask is missing in the derivative of {said}, which is 0 where it is cut off", ct
    yield f"the mask is the wrong way round in the derivative of {said}", ct * (1 - mask)
    wrong = f"the mask of {said} is taken from"
    yield f"{wrong} the gradient that arrives there, and not from its argument", ct * (ct > 0)
    alike = (v for v in program.values if shape(v.primal) == np.shape(ct))
    for v in islice((v for v in alike if v.index not in (parent.index, child.index)), OTHERS):
        yield f"{wrong} {v.expression or v.name}, and not from its argument", ct * (np.asarray(v.primal) > 0)


def relatives(name: str) -> list[Op]:
    """The operations that are taken for this one."""
    names = {other for family in FAMILIES if name in family for other in family} - {name}
    return [op for other, op in unary(len(OPS)).items() if other in names]


@cache
def unary(count: int) -> dict[str, Op]:
    """NumPy's and SciPy's functions of one argument by their short names; count: how many operations there are.

    Those of math, which take numbers alone, bear the same names.
    """
    found = (op for func, op in OPS.items() if isinstance(func, np.ufunc) and isinstance(op.rule, Elementwise))
    found = (op for op in found if op.arity == 1)
    return {short_name(op): op for op in found}


def short_name(op: Op) -> str:
    return op.name.rpartition(".")[2]
