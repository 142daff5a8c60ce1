"""Where in the user's code an operation happened: the line, the very sub-expression, the variable it was assigned to.

A tape records through `append`; an `Annotated` list of lines also notes, for each, the place in the user's code, the
group it belongs to and a label. Nothing else knows about it, and recording without it costs nothing.
"""

import ast
import linecache
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import lru_cache
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from threading import Lock
from types import CodeType
from typing import Any, TypeVar

T = TypeVar("T")

Span = tuple[int | None, int | None, int | None, int | None]  # first line, last line, first column, last column

SPECS = map(find_spec, ("dualrev", "numpy", "scipy"))
COMPREHENSIONS = ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp
LIBRARIES = tuple(str(Path(spec.origin).parent) + os.sep for spec in SPECS if spec and spec.origin)
STANDARD = str(Path(os.__file__).parent) + os.sep
PARSING = Lock()  # Python 3.11 keeps one count of the depth of a tree for all threads
GROUPS: ContextVar[tuple[str, ...]] = ContextVar("dualrev groups", default=())


@dataclass(frozen=True)
class Place:
    """A place in the user's code: file, line (from 1), the name of the function, and the span of the expression."""

    file: str
    line: int
    function: str
    span: Span

    def __str__(self) -> str:
        return f"{name_of(self.file)}:{self.line}"

    @property
    def text(self) -> str:
        """The line of source, or "" where there is none to read."""
        return linecache.getline(self.file, self.line).strip()

    @property
    def assigned(self) -> str | None:
        """The variable that the expression at this place is assigned to."""
        return assignments(self.file, tuple(linecache.getlines(self.file))).get(self.span)

    @property
    def arguments(self) -> list[str]:
        """The arguments or operands of the expression at this place, as the user spelled them; [] if unknown."""
        node = expressions(self.file, tuple(linecache.getlines(self.file))).get(self.span)
        if isinstance(node, ast.BinOp):
            return [ast.unparse(node.left), ast.unparse(node.right)]
        return [ast.unparse(a) for a in node.args] if isinstance(node, ast.Call) else []


def name_of(file: str) -> str:
    """What a file is called; "cell" for a cell of a notebook, which has a number for a name.

    >>> name_of("/tmp/model.py"), name_of("/tmp/ipykernel_71/1281812078.py"), name_of("<ipython-input-3-0f>")
    ('model.py', 'cell', 'cell')
    """
    path = Path(file)
    return "cell" if path.parent.name.startswith("ipykernel_") or file.startswith("<ipython") else path.name


@lru_cache(maxsize=64)
def parsed(file: str, lines: tuple[str, ...]) -> ast.AST | None:
    try:
        with PARSING:
            return ast.parse("".join(lines))
    except (SyntaxError, ValueError):  # a notebook cell with magics, a string that is no Python
        return None


def span_of(node: ast.expr) -> Span:
    return node.lineno, node.end_lineno, node.col_offset, node.end_col_offset


@lru_cache(maxsize=64)
def assignments(file: str, lines: tuple[str, ...]) -> dict[Span, str]:
    """The variables that a file assigns to, by the span of the expression.

    ``y = ...``, ``self.y = ...``, ``y += ...``, ``y := ...``, and each of ``p, q = ..., ...``.
    """
    found: dict[Span, str] = {}
    tree = parsed(file, lines)
    for node in ast.walk(tree) if tree else ():
        match node:
            case ast.Assign(targets=[target, *_], value=value):
                found |= bound(target, value)
            case ast.NamedExpr(target=target, value=value) | ast.AnnAssign(target=target, value=ast.expr() as value):
                found |= bound(target, value)
            case ast.AugAssign(target=ast.Name(id=name)):
                found[node.lineno, node.end_lineno, node.col_offset, node.end_col_offset] = name
    return found


def bound(target: ast.expr, value: ast.expr) -> dict[Span, str]:
    """The span of each value and the variable that is bound to it. What a list is made of is not the list."""
    match target, value:
        case ast.Tuple(elts=targets), ast.Tuple(elts=values) if len(targets) == len(values):
            return {span: name for pair in zip(targets, values) for span, name in bound(*pair).items()}
        case ((ast.Name() | ast.Attribute(value=ast.Name())), _) if not isinstance(value, COMPREHENSIONS):
            return {span_of(value): ast.unparse(target)}
    return {}


@lru_cache(maxsize=64)
def expressions(file: str, lines: tuple[str, ...]) -> dict[Span, ast.expr]:
    tree = parsed(file, lines)
    return {span_of(node): node for node in ast.walk(tree) if isinstance(node, ast.BinOp | ast.Call)} if tree else {}


@lru_cache(maxsize=1024)
def is_library(file: str) -> bool:
    return file.startswith((*LIBRARIES, "<frozen")) or file.endswith(".pyx")  # which is compiled


def is_users(file: str) -> bool:
    return not is_library(file) and not (file.startswith(STANDARD) and "-packages" not in file)


def user_place() -> Place | None:
    """The place in the user's code that is running: outside the libraries, and Python's own."""
    frame: Any = sys._getframe(1)
    while frame is not None and not is_users(frame.f_code.co_filename):
        frame = frame.f_back
    return frame and place_in(frame, frame.f_lineno)


def place_of(traceback: Any) -> Place | None:
    """The place in the user's code nearest to where an exception was raised."""
    found = None
    while traceback is not None:
        if is_users(traceback.tb_frame.f_code.co_filename):
            found = place_in(traceback.tb_frame, traceback.tb_lineno)
        traceback = traceback.tb_next
    return found


def place_in(frame: Any, line: int | None) -> Place:
    return Place(frame.f_code.co_filename, line or 0, frame.f_code.co_name, (None,) * 4)


def place_at(code: CodeType, instruction: int, line: int | None) -> Place:
    span = next(islice(code.co_positions(), instruction // 2, None), (None,) * 4)
    return Place(code.co_filename, line or 0, code.co_name, span)


class Annotated(list):
    """The lines of a tape, each with its place in the user's code, its group and its label.

    It is made by the function that records; what runs inside that one, and outside the libraries, is the user's code.
    `visits` numbers the calls that the user wrote: the lines that one of them recorded share a number.
    """

    def __init__(self) -> None:
        super().__init__()
        self.places: list[Place | None] = []
        self.groups: list[tuple[str, ...]] = []
        self.visits: list[int] = []
        self.labels: dict[int, str] = {}
        self.known: dict[tuple[CodeType, int], Place] = {}
        self.kept: Callable[[Any], Any] = lambda line: line  # puts copies of its constants into a line
        self.entry: Any = None
        self.caller: Any = sys._getframe(1)  # who records: what it and its callers do is not the user's function

    def append(self, line: Any) -> None:
        super().append(self.kept(line))
        entry: Any = None
        frame: Any = sys._getframe(1)
        while frame is not self.caller and is_library(frame.f_code.co_filename):
            entry, frame = frame, frame.f_back
        self.visits.append((self.visits[-1] if self.visits else 0) + (entry is not self.entry))
        self.entry = entry  # kept, so that the next call's frame is another object
        self.places.append(None if frame is self.caller else self.place(frame))
        self.groups.append(GROUPS.get())

    def place(self, frame: Any) -> Place:
        code, at = frame.f_code, frame.f_lasti
        found = self.known.get((code, at))
        if found is None:
            found = self.known[code, at] = place_at(code, at, frame.f_lineno)
        return found

    def anew(self) -> "Annotated":
        """The same list, empty, for the same caller: the function starts again."""
        caller = self.caller
        self.__init__()  # type: ignore[misc]
        self.caller = caller
        return self

    def finish(self) -> None:
        """Let go of the frames, and of all that they keep alive."""
        self.entry = self.caller = None


@contextmanager
def group(name: str) -> Iterator[None]:
    """Name a part of a function: what is computed inside is drawn in a box of that name. Groups nest.

    Parameters
    ----------
    name : str
        What is written on the box, for example "layer 1".

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> def f(x):
    ...     with dr.group("square"):
    ...         y = x * x
    ...     return np.sin(y)
    >>> [value.group for value in dr.trace(f, 2.0).values]
    [(), ('square',), ()]
    """
    token = GROUPS.set((*GROUPS.get(), str(name)))
    try:
        yield
    finally:
        GROUPS.reset(token)


def label(x: T, name: str) -> T:
    """x itself; where it is being traced, it is called `name` in tables and graphs.

    Parameters
    ----------
    x
        A value inside the function that `dr.trace` records; anything else passes through.
    name : str
        The name to show.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> [value.name for value in dr.trace(lambda x: np.sin(dr.label(x * x, "square")), 2.0).values]
    ['x', 'square', 'v2']
    """
    inner: Any = x
    while hasattr(inner, "sweep"):
        lines = getattr(inner.sweep, "lines", None)
        if isinstance(lines, Annotated):
            lines.labels[inner.index] = str(name)
        inner = inner.primal
    return x
