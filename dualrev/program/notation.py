"""How a line of a program is written down: an op and its arguments, a number, an array; as text and as LaTeX."""

import re
from typing import Any

import numpy as np

from ..ops.index import getitem
from ..registry import Call
from ..shapes import shape, size
from ..traced import value

# fmt: off
INFIX = {
    np.add: "+", np.subtract: "-", np.multiply: "*", np.divide: "/", np.power: "**", np.remainder: "%", np.matmul: "@",
}

LATEX = {
    np.add:        "{} + {}",            np.subtract:   "{} - {}",
    np.multiply:   r"{} \, {}",          np.divide:     r"\frac{{{}}}{{{}}}",
    np.matmul:     r"{} \, {}",          np.power:      "{{{}}}^{{{}}}",
    np.square:     "{{{}}}^{{2}}",       np.negative:   "-{}",
    np.sqrt:       r"\sqrt{{{}}}",       np.reciprocal: r"\frac{{1}}{{{}}}",
    np.absolute:   r"\left|{}\right|",   np.exp:        "e^{{{}}}",
    np.log:        r"\ln {}",            np.tanh:       r"\tanh {}",
    np.sin:        r"\sin {}",           np.sinh:       r"\sinh {}",
    np.cos:        r"\cos {}",           np.cosh:       r"\cosh {}",
    np.tan:        r"\tan {}",           np.arctan:     r"\arctan {}",
    np.arcsin:     r"\arcsin {}",        np.sum:        r"\sum {}",
    getitem:       "{{{}}}_{{{}}}",
}
# fmt: on


def short(call: Call) -> str:
    """The name of the op without its package: "log", "solve"."""
    return call.op.name.rpartition(".")[2]


def written(call: Call, arguments: list[str]) -> str:
    """The call in Python's notation, with the arguments spelled as given: "x1 * x2", "sum(v3, axis=0)"."""
    func = call.op.func
    if func is getitem:
        return f"{arguments[0]}[{arguments[1]}]"
    if func is np.negative:
        return f"-{arguments[0]}"
    if func in INFIX and not call.params:
        left, right = (f"({a})" if a[0] == "-" else a for a in arguments)
        return f"{left} {INFIX[func]} {right}"
    said = {name: v for name, v in call.params.items() if v is not None and v is not False and is_short(v)}
    params = [f"{name}={spoken(v)}" for name, v in said.items() if not call.op.is_default(name, v)]
    return f"{short(call)}({', '.join([*arguments, *params])})"


def is_short(v: Any) -> bool:
    return isinstance(v, type) or size(v) <= 1


def spoken(v: Any) -> str:
    """A parameter as it stands in the call: a type, such as a dtype, or a function by its name."""
    return getattr(v, "__name__", None) or repr(v)


def written_latex(call: Call, arguments: list[str]) -> str:
    """The call in LaTeX, with the arguments as given."""
    template = LATEX.get(call.op.func)
    if template and not call.params:
        return template.format(*arguments)
    return rf"\mathrm{{{latex_text(short(call))}}}({', '.join(arguments)})"


def index_text(index: Any) -> str:
    """An index as it stands between brackets: 0, 1:3, ..., a mask."""
    if isinstance(index, tuple):
        return ", ".join(map(index_text, index))
    if isinstance(index, slice):
        ends = ["" if end is None else str(end) for end in (index.start, index.stop)]
        return ":".join(ends + ([] if index.step is None else [str(index.step)]))
    if index is Ellipsis or index is None or np.ndim(index) == 0:
        return "..." if index is Ellipsis else str(index)
    return array_text(np.asarray(index))


def number(x: Any, digits: int = 4) -> str:
    """A number with `digits` decimals, trailing zeros dropped; small and large ones with `digits` significant digits.

    >>> number(11.652071455223084), number(5.5), number(1.25e-7), number(-0.0)
    ('11.6521', '5.5', '1.25e-07', '0')
    """
    x = value(x)
    if isinstance(x, (bool, np.bool_, complex, np.complexfloating)):
        return str(x)
    x = float(x)
    if not np.isfinite(x):
        return str(x)
    if 0.1 <= abs(x) < 1e6 or x == 0:
        return trimmed(f"{x:.{digits}f}")
    return f"{x:.{digits}g}"


def trimmed(decimal: str) -> str:
    short = decimal.rstrip("0").rstrip(".") if "." in decimal else decimal
    return "0" if short == "-0" else short


def array_text(x: Any, digits: int = 4, most: int = 4) -> str:
    """A value in a cell: a number; up to `most` elements in full; of a larger array the shape and the range."""
    x = value(x)
    if x is None:
        return ""
    x = np.asarray(x)
    if not shape(x):
        return number(x[()], digits)
    if x.size <= most and x.ndim == 1:
        return f"[{', '.join(number(v, digits) for v in x)}]"
    if not x.size or x.dtype.kind not in "fiu":
        return f"{x.shape} {x.dtype}"
    low, high = number(x.min(), 2), number(x.max(), 2)
    return f"{x.shape} all {low}" if low == high else f"{x.shape} {low} .. {high}"


def element_text(dims: tuple[int, ...], element: int) -> str:
    """The index of an element, counted in C order: "[1, 2]"; "" for a number."""
    return f"[{', '.join(map(str, np.unravel_index(element, dims)))}]" if dims else ""


def latex_text(text: str) -> str:
    """Plain text, safe inside LaTeX."""
    escapes = {c: "\\" + c for c in "_%&#${}"} | {"\\": r"\textbackslash{}", "^": r"\^{}", "~": r"\~{}"}
    return "".join(escapes.get(c, c) for c in text)


def latex_name(name: str) -> str:
    """A variable's name in LaTeX: x1 is x_{1}, loss is upright.

    >>> latex_name("x1"), latex_name("x"), latex_name("loss"), latex_name("p['w'][0]")
    ('x_{1}', 'x', '\\\\mathrm{loss}', 'p_{\\\\mathrm{w}, 0}')
    """
    name, *path = re.split(r"[\[\].']+", name.rstrip("]'"))
    head = name.rstrip("0123456789")
    tail, head = name[len(head) :], head.rstrip("_") or head
    tail = ", ".join(
        ([tail] if tail else []) + [key if key.isdigit() else rf"\mathrm{{{latex_text(key)}}}" for key in path]
    )
    letter = head if len(head) == 1 and head.isalpha() else rf"\mathrm{{{latex_text(head)}}}"
    return f"{letter}_{{{tail}}}" if tail else letter
