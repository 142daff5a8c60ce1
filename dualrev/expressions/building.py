"""The checked tree of a formula, built anew from what is allowed."""

import ast
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, isfinite
from typing import Any, NoReturn, TypeVar

from ..errors import InputError
from .reading import closest, shown
from .vocabulary import (
    ALIASES,
    ARITHMETIC,
    COMPARISONS,
    CONSTANTS,
    FUNCTIONS,
    INNER,
    LINALG,
    MEANT,
    MODULES,
    PLAIN,
    PLAINLY,
    REFUSED,
    Known,
)

Node = TypeVar("Node", bound=ast.AST)

LARGEST_EXPONENT = 2**31  # that stays an integer


@dataclass
class Builder:
    """Checks the tree of one text, and builds it anew.

    variables: the names met that are neither functions nor constants, in order. Arithmetic of numbers alone is done
    here, in floating point, so that 9**9**9 is an error and no long wait.
    """

    text: str
    variables: dict[str, None] = field(default_factory=dict)

    def refuse(self, node: Any, problem: str) -> NoReturn:
        start = self.text.encode()[: getattr(node, "col_offset", 0)].decode()
        raise InputError(f"{shown(self.text)}: at column {len(start) + 1}: {problem}")

    def formula(self, node: ast.expr) -> ast.expr:
        """The rebuilt tree of a formula whose value is a number or an array."""
        match node:
            case ast.Constant():
                return self.number(node)
            case ast.Name():
                return self.name(node)
            case ast.UnaryOp(op=ast.USub() | ast.UAdd()):
                return self.sign(node)
            case ast.BinOp(op=ast.MatMult()):
                return at(node, ast.BinOp(self.formula(node.left), ast.MatMult(), self.formula(node.right)))
            case ast.BinOp() if type(node.op) in ARITHMETIC:
                return self.arithmetic(node)
            case ast.Call():
                return self.call(node)
            case ast.List():
                return self.vector(node)
            case ast.Subscript():
                return at(node, ast.Subscript(self.formula(node.value), self.index(node.slice), ast.Load()))
            case ast.Attribute():
                return self.attribute(node)
        self.unknown(node)

    def unknown(self, node: Any) -> NoReturn:
        kind = type(node.op) if isinstance(node, ast.BinOp | ast.UnaryOp) else type(node)
        what, instead = REFUSED.get(kind, (kind.__name__, "write numbers, names, + - * / ** and functions such as sin"))
        self.refuse(node, f"{what} is refused: {instead}")

    def number(self, node: ast.Constant) -> ast.Constant:
        x = node.value
        if isinstance(x, bool) or not isinstance(x, int | float):
            what = "a string" if isinstance(x, str | bytes) else ast.unparse(node)[:40]
            self.refuse(node, f"{what} is refused: write real numbers")
        return at(node, ast.Constant(self.checked(node, lambda: float(x))))

    def checked(self, node: ast.expr, compute: Callable[[], Any]) -> float:
        """What arithmetic of constants gives, as long as it is an ordinary number."""
        try:
            x = compute()
        except OverflowError:
            x = inf
        except ZeroDivisionError:
            self.refuse(node, "a division by zero")
        if isinstance(x, complex):
            self.refuse(node, "a number that is not real")
        if not isfinite(x):
            self.refuse(node, "a number too large for floating point")
        return x

    def name(self, node: ast.Name) -> ast.expr:
        if node.id in CONSTANTS:
            return at(node, ast.Constant(CONSTANTS[node.id]))
        if node.id in {"array", *FUNCTIONS, *ALIASES}:
            self.refuse(node, f"{node.id} is a function: write {node.id}(...), or call the variable something else")
        if node.id in MODULES:
            self.refuse(node, f"{node.id} is a module: call the variable something else")
        if node.id.startswith("_"):
            self.refuse(node, f"the name {node.id} is refused: start a variable with a letter")
        self.variables[node.id] = None
        return at(node, ast.Name(node.id, ast.Load()))

    def sign(self, node: ast.UnaryOp) -> ast.expr:
        operand: Any = self.formula(node.operand)
        if isinstance(node.op, ast.UAdd):
            return operand
        if is_number(operand):
            return at(node, ast.Constant(-operand.value))
        return at(node, ast.UnaryOp(ast.USub(), operand))

    def arithmetic(self, node: ast.BinOp) -> ast.expr:
        left: Any = self.formula(node.left)
        right: Any = self.formula(node.right)
        if is_number(left) and is_number(right):
            x, y = left.value, right.value
            return at(node, ast.Constant(self.checked(node, lambda: ARITHMETIC[type(node.op)](x, y))))
        if isinstance(node.op, ast.Pow):
            exponent = integer(node.right)
            if exponent is not None and abs(exponent) < LARGEST_EXPONENT:
                right = at(node.right, ast.Constant(exponent))
        return at(node, ast.BinOp(left, type(node.op)(), right))

    def call(self, node: ast.Call) -> ast.expr:
        name = self.function(node.func)
        if name == "array":
            return self.array(node)
        entry = FUNCTIONS[name]
        keywords = [self.keyword(k, name, entry) for k in node.keywords]
        if len(node.args) != entry.arguments:
            also = f"; did you mean {name}imum?" if name in ("max", "min") else ""
            plural = "s" * (entry.arguments != 1)
            self.refuse(node, f"{name} takes {entry.arguments} argument{plural}, not {len(node.args)}{also}")
        first = self.condition(node.args[0]) if name == "where" else self.formula(node.args[0])
        arguments = [first, *map(self.formula, node.args[1:])]
        return at(node, ast.Call(self.built_in(node.func, name), arguments, keywords))

    def array(self, node: ast.Call) -> ast.expr:
        if len(node.args) != 1 or not isinstance(node.args[0], ast.List) or node.keywords:
            self.refuse(node, "array takes a list, as in array([x, y]); [x, y] will do")
        return self.formula(node.args[0])

    def built_in(self, node: ast.expr, name: str) -> ast.Name:
        return at(node, ast.Name(f"np.{name}", ast.Load()))

    def function(self, node: ast.expr) -> str:
        """The name in FUNCTIONS that a spelling means: sin, np.sin, linalg.norm, np.linalg.norm; or array."""
        spelled = dotted(node)
        if spelled is None:
            self.refuse(node, "this cannot be called: write * for a product")
        prefix, _, name = spelled.rpartition(".")
        name = ALIASES.get(name, name)
        if (name in LINALG and prefix in ("", *INNER)) or (name in PLAINLY and prefix in PLAIN):
            return name
        if prefix not in ("math", *PLAIN, *INNER):
            self.attribute(node)
        close = MEANT.get(name) or closest(name, [*FUNCTIONS, *ALIASES])
        hint = f"did you mean {close}?" if close else f"write one of {', '.join(list(FUNCTIONS)[:6])}, ..."
        product = f"; {spelled}*(...) is a product" if len(spelled) < 3 and not close else ""
        self.refuse(node, f"there is no function {spelled}: {hint}{product}")

    def attribute(self, node: Any) -> ast.expr:
        spelled = dotted(node)
        if spelled in ("np.pi", "np.e", "numpy.pi", "numpy.e"):
            return at(node, ast.Constant(CONSTANTS[node.attr]))
        name = ALIASES.get(node.attr, node.attr)
        name = "transpose" if name == "T" else name
        hint = f"{name}(...)" if name in FUNCTIONS else "functions only, such as sin(x)"
        self.refuse(node, f".{node.attr} is refused: write {hint}")

    def keyword(self, node: ast.keyword, name: str, entry: Known) -> ast.keyword:
        axis = integer(node.value)
        if node.arg != "axis" or not entry.axis or axis is None:
            also = "axis=, a whole number" if entry.axis else "no named arguments"
            self.refuse(node, f"{f'{node.arg}=' if node.arg else '**'} is refused: {name} takes {also}")
        return at(node, ast.keyword("axis", at(node.value, ast.Constant(axis))))

    def vector(self, node: ast.List) -> ast.expr:
        if not node.elts:
            self.refuse(node, "an empty list is refused")
        elements = at(node, ast.List([self.formula(element) for element in node.elts], ast.Load()))
        return at(node, ast.Call(self.built_in(node, "stack"), [elements], []))

    def index(self, node: ast.expr) -> ast.expr:
        if isinstance(node, ast.Tuple) and node.elts:
            return at(node, ast.Tuple([self.place(part) for part in node.elts], ast.Load()))
        return self.place(node)

    def place(self, node: ast.expr) -> ast.expr:
        """One part of an index: a whole number, or a slice of such."""
        if isinstance(node, ast.Slice):
            ends = [end and self.place(end) for end in (node.lower, node.upper, node.step)]
            return at(node, ast.Slice(*ends))
        position = integer(node)
        if position is None or abs(position) >= LARGEST_EXPONENT:
            self.refuse(node, f"this index is refused: {REFUSED[ast.Subscript][1]}")
        return at(node, ast.Constant(position))

    def condition(self, node: ast.expr) -> ast.expr:
        """The first argument of where: comparisons, combined with & | ~."""
        match node:
            case ast.Compare(ops=[op], comparators=[right]) if isinstance(op, COMPARISONS):
                return at(node, ast.Compare(self.formula(node.left), [type(op)()], [self.formula(right)]))
            case ast.BinOp(op=ast.BitAnd() | ast.BitOr()):
                return at(node, ast.BinOp(self.condition(node.left), type(node.op)(), self.condition(node.right)))
            case ast.UnaryOp(op=ast.Invert()):
                return at(node, ast.Call(self.built_in(node, "logical_not"), [self.condition(node.operand)], []))
            case ast.Compare():
                self.refuse(node, "one comparison at a time: write (a < x) & (x < b)")
            case ast.BoolOp() | ast.UnaryOp(op=ast.Not()):
                self.unknown(node)
        self.refuse(node, "where wants a comparison first, as in where(x > 0, x, 0)")


def at(old: ast.AST, new: Node) -> Node:
    """The new node, at the place of the old one in the text."""
    return ast.copy_location(new, old)


def is_number(node: Any) -> bool:
    return isinstance(node, ast.Constant)


def dotted(node: ast.expr) -> str | None:
    """The name "a.b.c", or None for anything else."""
    parts = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    return ".".join([node.id, *reversed(parts)]) if isinstance(node, ast.Name) else None


def integer(node: ast.expr) -> int | None:
    """The whole number that a tree spells, with a sign perhaps."""
    match node:
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() as value)) if type(value) is int:
            return -value
        case ast.Constant(value=int() as value) if type(value) is int:
            return value
    return None
