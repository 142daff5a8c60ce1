"""`Program.sympy`: a recorded program as expressions of SymPy, by walking its lines once more on symbols."""

import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from ..errors import InputError, NoRuleError
from ..ops import contract, linalg, own_value, systems, write
from ..ops import index as indexing
from ..ops import shape as moving
from ..shapes import kept, negative_axes, shape, size
from ..traced import value
from ..tree import tree_map
from .asked import asked_for
from .sympy_words import words

MOST = 20_000  # numbers in a program: beyond, nobody reads the formula, and SymPy takes minutes

# What NumPy computes on arrays of objects as it stands: it moves, adds and multiplies.
AS_IT_STANDS = {
    *(np.reshape, np.transpose, np.broadcast_to, np.roll, np.tile, np.repeat, np.diag, np.diagflat, np.diagonal),
    *(np.tril, np.triu, np.mean, np.var, np.cumsum, np.cumprod, np.matmul, np.vecdot, np.matvec),
    *(np.vecmat, contract.dot, contract.vdot, contract.einsum, moving.concatenate, moving.stack, moving.where),
    *(indexing.getitem, indexing.scatter, write.put, write.add_at, write.copied),
}


def sympy_of(program: Any, symbols: Mapping[str, Any] | None = None) -> Any:
    """What the program computes, as expressions of SymPy in its inputs.

    Every recorded operation is written down, none is simplified. Branches, comparisons and what else has no derivative
    (floor, sign, `dr.value`) are as they were at the point of the recording: the formula is that of the path taken.
    Integers, halves, quarters and so on are exact in it; other numbers are floats. A program of a gradient,
    ``dr.trace(dr.grad(f), x)``, gives the formula of the gradient.

    Parameters
    ----------
    symbols : dict, optional
        From the name of an input (``program.values[0].name``) to what stands for it: a symbol, an expression or a
        number; for an array, an array or list of them, of its shape. The others are symbols of real numbers:
        ``sympy.Symbol("x", real=True)`` for an input x, ``x_0``, ``x_1``, ``x_0_1`` for the elements of an array.

    Returns
    -------
    sympy.Expr or sympy.Array
        In the structure of f's result: an expression for each number, an array of the same shape for each array.

    Raises
    ------
    ImportError
        If SymPy is not installed.
    NoRuleError
        If an operation has no name in SymPy, such as an eigenvalue decomposition; it is named with its line.
    InputError
        If the program has more than 20,000 numbers, or `symbols` do not fit the inputs.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> program = dr.trace(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0)
    >>> program.sympy()  # doctest: +SKIP
    x1*x2 + log(x1) - sin(x2)
    """
    sp = asked_for("sympy", "Program.sympy()")
    if (count := sum(size(v.primal) for v in program.values)) > MOST:
        raise InputError(f"{program.name} computes {count:,} numbers, and formulas are for up to {MOST:,}")
    found = inputs_of(program, dict(symbols or {}))
    for v in program.operations:
        found.append(line_of(v, found))
    recording = program.recording
    outs = [y if k is None else found[k] for k, y in zip(recording.indices, recording.values, strict=True)]
    return tree_map(lambda y: as_result(sp, y), recording.build(list(map(exact, outs))))


def inputs_of(program: Any, given: dict[str, Any]) -> list[Any]:
    found: list[Any] = []
    taken: set[str] = set()
    for k in program.inputs:
        v = program.values[k]
        found.append(as_given(v, given.pop(v.name)) if v.name in given else as_symbols(v, taken))
    if given:
        names = ", ".join(program.values[k].name for k in program.inputs)
        raise InputError(f"{program.name} has no input named {next(iter(given))!r}; it has {names}")
    return found


def as_given(v: Any, x: Any) -> Any:
    made = exact(np.array(x, object))
    if shape(made) != shape(v.primal):
        raise InputError(f"what stands for {v.name} has shape {shape(made)}, and {v.name} has {shape(v.primal)}")
    return made


def as_symbols(v: Any, taken: set[str]) -> Any:
    """A symbol per number: x, x_0, x_0_1, p_w for p['w']; a name that is taken ends in _."""
    sp = asked_for("sympy", "Program.sympy()")
    name = re.sub(r"\W+", "_", v.name).strip("_")
    made = np.empty(shape(v.primal), object)
    spelled = {index: "_".join([name, *map(str, index)]) for index in np.ndindex(made.shape)}
    while taken & set(spelled.values()):
        spelled = {index: text + "_" for index, text in spelled.items()}
    taken.update(spelled.values())
    for index, text in spelled.items():
        made[index] = sp.Symbol(text, real=True)
    return item(made)


def line_of(v: Any, found: list[Any]) -> Any:
    """One line of the program on expressions, or a refusal that names it."""
    call = v.call
    indexed = call.op.func is indexing.getitem  # whose constant is no number of a formula
    args = [
        found[k] if k >= 0 else value(x) if indexed else exact(value(x))
        for k, x in zip(call.parents, call.args, strict=True)
    ]
    try:
        return item(spoken(call, args))
    except (TypeError, ValueError, AttributeError, NotImplementedError, KeyError) as error:
        place = f" (at {v.place}: {v.place.text})" if v.place else ""
        given = " and ".join(str(shape(x)) for x in call.args)
        raise NoRuleError(
            f"Program.sympy(): {call.op.name}{place} of {given} has no formula in SymPy "
            "that dualrev knows: record a function without it"
        ) from error


def spoken(call: Any, args: list[Any]) -> Any:
    func = call.op.func
    if word := word_of(func):
        return np.frompyfunc(word, len(args), 1)(*args)
    if isinstance(call.op.rule, write.Independent):
        return exact(value(call.out))
    if func in AS_IT_STANDS:
        first, *rest = args
        return call.op.apply(np.asarray(first, object), *rest, **call.params)
    return whole()[func](*args, **call.params)


def word_of(func: Any) -> Any:
    return words().get(func) or words().get(getattr(func, "plain", None))  # the second is one of Python's math


@cache
def whole() -> dict[Any, Any]:
    """Functions of whole arrays that are not written with NumPy's own arithmetic."""
    sp = asked_for("sympy", "Program.sympy()")

    def matrix(x):
        if len(shape(x)) != 2:
            raise ValueError("a stack of matrices")
        return sp.Matrix(x)

    largest, smallest = over_axes(sp.Max), over_axes(sp.Min)
    return {
        np.sum: over_axes(sp.Add),
        np.prod: over_axes(sp.Mul),
        np.max: largest,
        np.amax: largest,
        np.min: smallest,
        np.amin: smallest,
        np.std: lambda x, **params: np.frompyfunc(sp.sqrt, 1, 1)(np.var(x, **params)),
        np.astype: lambda x, **_: x,
        linalg.norm: lambda x, ord=2, **params: np.sum(np.abs(x) ** exact(ord), **params) ** exact(1 / ord),
        np.linalg.det: lambda x: matrix(x).det(),
        np.linalg.inv: lambda x: as_array(matrix(x).inv()),
        systems.solve: lambda A, B: as_array(matrix(A).LUsolve(matrix(B))),
        systems.solve_vector: lambda A, b: as_array(matrix(A).LUsolve(sp.Matrix(b)))[:, 0],
        own_value.exactly: lambda y, *_, **__: y,
    }


def over_axes(word: Any) -> Any:
    """A reduction that takes all its terms at once: SymPy sorts them each time."""

    def reduced(x: Any, axis: Any = None, keepdims: bool = False) -> np.ndarray:
        x = np.asarray(x, object)
        axes = negative_axes(axis, x.ndim)
        rows = np.moveaxis(x, axes, range(-len(axes), 0))
        rows = rows.reshape(rows.shape[: x.ndim - len(axes)] + (-1,))
        made = np.empty(rows.shape[:-1], object)
        for index in np.ndindex(made.shape):
            made[index] = word(*rows[index])
        return made.reshape(kept(x.shape, axes)) if keepdims else made

    return reduced


def as_array(matrix: Any) -> np.ndarray:
    made = np.empty(matrix.shape, object)
    made[:] = matrix.tolist()
    return made


def exact(x: Any) -> Any:
    """x in numbers of SymPy, the same to the last bit; whole ones and short binary fractions are fractions."""
    if isinstance(x, (np.ndarray, list, tuple)):
        return np.frompyfunc(exact_number, 1, 1)(np.asarray(x, object))
    return exact_number(x)


def exact_number(x: Any) -> Any:
    sp = asked_for("sympy", "Program.sympy()")
    x = x.item() if isinstance(x, np.generic) else x
    if isinstance(x, bool):
        return sp.Integer(x)
    if isinstance(x, float) and abs(x) < 2**53 and (1024 * x).is_integer():
        return sp.Rational(x)
    if isinstance(x, complex):
        return exact_number(x.real) + exact_number(x.imag) * sp.I
    return sp.sympify(x)


def item(x: Any) -> Any:
    return x[()] if isinstance(x, np.ndarray) and not x.shape else x


def as_result(sp: Any, y: Any) -> Any:
    return sp.Array(y.ravel().tolist(), y.shape) if isinstance(y, np.ndarray) else y
