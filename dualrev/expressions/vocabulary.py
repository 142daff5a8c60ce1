"""What a formula may name: functions, constants, operators; and what is refused, with what to write instead."""

import ast
import operator
from collections.abc import Callable
from dataclasses import dataclass
from math import e, pi
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Known:
    """A function that may be called: how many arguments it takes, and whether ``axis=`` after them."""

    function: Callable[..., Any]
    arguments: int
    axis: bool = False


def known(names: str, arguments: int, axis: bool = False, module: Any = np) -> dict[str, Known]:
    return {name: Known(getattr(module, name), arguments, axis) for name in names.split()}


LINALG = known("det inv", 1, module=np.linalg) | known("solve", 2, module=np.linalg) | known("norm", 1, True, np.linalg)
FUNCTIONS = {
    **known("sin cos tan arcsin arccos arctan sinh cosh tanh arcsinh arccosh arctanh", 1),
    **known("exp exp2 expm1 log log2 log10 log1p sqrt cbrt square reciprocal negative", 1),
    **known("absolute sign floor ceil degrees radians", 1),
    **known("arctan2 hypot power logaddexp maximum minimum copysign remainder", 2),
    **known("sum mean prod max min var std cumsum", 1, axis=True),
    **known("dot inner matmul cross", 2),
    **known("trace transpose", 1),
    **known("where clip", 3),
    **LINALG,
}
PLAINLY = {"array", *FUNCTIONS} - LINALG.keys()
ALIASES = {"abs": "absolute", "pow": "power", "mod": "remainder", "atan2": "arctan2"} | {
    name: f"arc{name[1:]}" for name in "asin acos atan asinh acosh atanh".split()
}
MEANT = {"ln": "log", "tg": "tan", "sen": "sin", "arctg": "arctan", "fabs": "abs", "length": "norm"}
CONSTANTS = {"pi": pi, "e": e}
MODULES = ("np", "numpy", "linalg")
PLAIN, INNER = ("", "np", "numpy"), ("linalg", "np.linalg", "numpy.linalg")  # what may stand before a name

# All that compiled code can reach. The keys are no identifiers: no variable can stand for one of them.
GLOBALS = {
    "__builtins__": {},
    "np.stack": np.stack,
    "np.logical_not": np.logical_not,
    **{f"np.{name}": entry.function for name, entry in FUNCTIONS.items()},
}

ARITHMETIC: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}
COMPARISONS = (ast.Lt, ast.LtE, ast.Gt, ast.GtE, ast.Eq, ast.NotEq)

REFUSED: dict[type[ast.AST], tuple[str, str]] = {
    ast.BitXor: ("^", "write ** for a power"),
    ast.BitAnd: ("&", "it belongs in where((x > 0) & (x < 1), a, b)"),
    ast.BitOr: ("|", "it belongs in where((x < 0) | (x > 1), a, b)"),
    ast.Invert: ("~", "it belongs in where(~(x > 0), a, b)"),
    ast.FloorDiv: ("//", "write floor(x / y)"),
    ast.Compare: ("a comparison", "it belongs in where(condition, a, b)"),
    ast.BoolOp: ("and, or", "write (x > 0) & (x < 1), or |, inside where(condition, a, b)"),
    ast.Not: ("not", "write ~(x > 0) inside where(condition, a, b)"),
    ast.IfExp: ("if ... else", "write where(condition, a, b)"),
    ast.NamedExpr: (":=", "write the formula itself"),
    ast.Tuple: ("a comma", "write [a, b] for a vector"),
    ast.Subscript: ("this index", "write numbers, as in x[0], x[1:3] or x[0, 1]"),
    ast.Starred: ("*", "write the arguments one by one"),
    ast.Lambda: ("lambda", "write the formula itself"),
    ast.ListComp: ("a comprehension", "write the elements one by one"),
    ast.GeneratorExp: ("a comprehension", "write the elements one by one"),
    ast.SetComp: ("a comprehension", "write the elements one by one"),
    ast.DictComp: ("a comprehension", "write the elements one by one"),
    ast.Set: ("{...}", "write [a, b] for a vector"),
    ast.Dict: ("{...}", "write [a, b] for a vector"),
    ast.Await: ("await", "write the formula itself"),
    ast.JoinedStr: ("a string", "write numbers and names"),
}
