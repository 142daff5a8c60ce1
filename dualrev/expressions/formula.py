"""A formula on one line as a function of its variables.

No formula is run as it is typed: Python's parser makes a tree, every node of it is checked and built anew, and only the
rebuilt tree is compiled, with no other names in reach than those of the vocabulary.
"""

import ast
import linecache
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any
from unicodedata import normalize

from ..errors import InputError
from .building import Builder
from .reading import shown, tree_of
from .vocabulary import GLOBALS


@dataclass(frozen=True)
class Expression:
    """A formula as a function of its variables.

    text: the formula. names: its variables, in the order of the function's parameters. function: plain NumPy code.
    """

    text: str
    names: tuple[str, ...]
    function: Callable[..., Any]


def parse(text: str, first: Sequence[str] = ()) -> Expression:
    """The formula `text` as a function of its variables.

    Parameters
    ----------
    text : str
        One line: numbers, variables, pi, e, ``+ - * / % ** @``, brackets, vectors and matrices in square brackets,
        indices (``x[0]``), and calls of the functions in `FUNCTIONS`, also written as ``np.sin``. Comparisons stand in
        ``where(x > 0, a, b)``.
    first : sequence of str
        Variables that come first, in this order; the others follow in the order of their first appearance.

    Returns
    -------
    Expression
        Its function is called f. Tracebacks and `dualrev.trace` show the formula as its source.

    Raises
    ------
    InputError
        For anything else: one line that says what is refused, at which column, and what to write instead.

    Examples
    --------
    >>> import dualrev as dr
    >>> from dualrev.expressions import parse
    >>> expression = parse("log(x1) + x1*x2 - sin(x2)")
    >>> expression.names
    ('x1', 'x2')
    >>> dr.grad(expression.function, argnums=(0, 1))(2.0, 5.0)
    (5.5, 1.7163378145367738)
    >>> parse("sim(x)")
    Traceback (most recent call last):
    ...
    dualrev.errors.InputError: sim(x): at column 1: there is no function sim: did you mean sin?
    """
    text = text.strip()
    builder = Builder(text)
    body = builder.formula(tree_of(text))
    if not builder.variables:
        raise InputError(f"{shown(text)}: there is no variable in it")
    chosen = [normalize("NFKC", name) for name in first]
    names = tuple(dict.fromkeys([*(name for name in chosen if name in builder.variables), *builder.variables]))
    return Expression(text, names, compiled(body, names, registered(text)))


def compiled(body: ast.expr, names: Sequence[str], file: str) -> Callable[..., Any]:
    """The function ``f(*names)`` that returns `body`."""
    parameters = ast.arguments([], [ast.arg(name) for name in names], None, [], [], None, [])
    definition = ast.FunctionDef("f", parameters, [ast.copy_location(ast.Return(body), body)], [])
    definition.lineno, definition.col_offset, definition.end_lineno, definition.end_col_offset = 1, 0, 1, 0
    made: dict[str, Any] = {}
    exec(compile(ast.fix_missing_locations(ast.Module([definition], [])), file, "exec"), dict(GLOBALS), made)
    return made["f"]


def registered(text: str) -> str:
    """The file name under which Python, its tracebacks and `dualrev.trace` find the formula as a line of source."""
    lines = [f"{text}\n"]
    for k in count(1):
        file = "<expression>" if k == 1 else f"<expression {k}>"
        if file not in linecache.cache or linecache.getlines(file) == lines:
            break
    linecache.cache[file] = (len(text), None, lines, file)
    return file
