"""The point at which a function is taken, from words such as x1=2 or t=[1, 2, pi/2]."""

import ast
from collections.abc import Sequence
from typing import Any
from unicodedata import normalize

import numpy as np

from ..errors import InputError
from .building import Builder
from .formula import Expression, compiled
from .reading import closest, shown, tree_of


def point_of(words: Sequence[str], expression: Expression) -> tuple[Any, ...]:
    """The arguments for an expression's function, from words such as ``x1=2``, ``x2=[1, 2, 3]``, ``t=pi/2``.

    Parameters
    ----------
    words : sequence of str
        One ``name=value`` per variable. A value is a number, a list or nested lists of numbers, or a formula of such.
    expression : Expression
        What `parse` returned.

    Returns
    -------
    tuple of float and numpy.ndarray
        In the order of ``expression.names``, all in floating point.

    Raises
    ------
    InputError
        If a variable has no value, or two; if a name is no variable; if a value cannot be read.

    Examples
    --------
    >>> from dualrev.expressions import parse, point_of
    >>> point_of(["t=pi/2", "x=[1, 2]"], parse("sin(t) * x"))
    (1.5707963267948966, array([1., 2.]))
    """
    values = {name: number_of(text, name) for name, text in split(words).items()}
    return arranged(values, expression.names, shown(expression.text))


def split(words: Sequence[str]) -> dict[str, str]:
    """Names and values as they are spelled in ``name=value``."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, text = word.partition("=")
        name = normalize("NFKC", name.strip())
        if not equals or not name.isidentifier() or not text.strip():
            raise InputError(f"{shown(word)}: a value is given as name=value, as in x=2 or x=[1,2]")
        if name in found:
            raise InputError(f"{name} is given twice: {shown(f'{name}={found[name]}')} and {shown(word)}")
        found[name] = text
    return found


def arranged(values: dict[str, Any], names: Sequence[str], what: str) -> tuple[Any, ...]:
    """The values in the order of names; each must have one."""
    for name in values.keys() - set(names):
        close = closest(name, names)
        hint = f"did you mean {close}?" if close else f"it has {', '.join(names) or 'none'}"
        raise InputError(f"{name} is no variable of {what}: {hint}")
    missing = [name for name in names if name not in values]
    if missing:
        raise InputError(f"{what}: no value for {', '.join(missing)}: add {' '.join(f'{name}=1' for name in missing)}")
    return tuple(values[name] for name in names)


def number_of(text: str, name: str = "") -> Any:
    """The number or array that a text spells, in floating point; `name`, if any, is said in errors."""
    try:
        text = text.strip()
        return computed(text, tree_of(text))
    except InputError as error:
        raise InputError(f"{name} = {error}" if name else str(error)) from None


def tree_value(text: str) -> Any:
    """The number, array, or dict or tuple of such, that a text spells: an argument for a function of the user's."""
    text = text.strip()

    def value(node: ast.expr) -> Any:
        match node:
            case ast.Tuple():
                return tuple(map(value, node.elts))
            case ast.Dict() if all(isinstance(k, ast.Constant) and isinstance(k.value, str) for k in node.keys):
                return {key.value: value(entry) for key, entry in zip(node.keys, node.values)}  # type: ignore[union-attr]
        return computed(text, node)

    return value(tree_of(text))


def computed(text: str, node: ast.expr) -> Any:
    """The value of a part of `text` that has no variables."""
    builder = Builder(text)
    body = builder.formula(node)
    if builder.variables:
        raise InputError(f"{shown(text)}: a value is made of numbers, and {next(iter(builder.variables))} is none")
    try:
        with np.errstate(all="ignore"):
            x = compiled(body, (), "<value>")()
    except (ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise InputError(f"{shown(text)}: {error}") from None
    if not np.all(np.isfinite(x)):
        raise InputError(f"{shown(text)}: not a finite number")
    return x if np.ndim(x) else float(x)
