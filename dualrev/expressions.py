"""What a command line names: a formula on one line, or module:function; and the point at which it is taken.

No formula is run as it is typed: Python's parser makes a tree, every node of it is checked against the lists here and
built anew, and only the rebuilt tree is compiled, with no other names in reach than the functions listed.
"""

import ast
import linecache
import operator
import re
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher, get_close_matches
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from itertools import count
from math import e, inf, isfinite, pi
from pathlib import Path
from typing import Any, NoReturn, TypeVar
from unicodedata import normalize

import numpy as np

from .errors import InputError

Node = TypeVar("Node", bound=ast.AST)

LONGEST = 2_000  # characters of a formula
DEEPEST = 100  # levels of nesting, of brackets or of terms
LARGEST_EXPONENT = 2**31  # that stays an integer


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


def tree_of(text: str) -> ast.expr:
    """Python's reading of one line that is neither too long nor too deep."""
    if not text:
        raise InputError("the formula is empty: write one, such as sin(x)")
    if len(text) > LONGEST:
        raise InputError(f"the formula has {len(text):,} characters: {LONGEST:,} are the most")
    odd = next((k for k, c in enumerate(text) if not c.isprintable()), None)
    if odd is not None:
        raise InputError(f"{shown(text)}: at column {odd + 1}: the character {text[odd]!a} is refused: write one line")
    try:
        with warnings.catch_warnings(action="ignore"):  # of SyntaxWarnings: the tree is checked here
            tree = ast.parse(text, mode="eval").body
    except SyntaxError as error:
        raise InputError(f"{shown(text)}: {where(error.offset)}not a formula: {error.msg}{meant(text)}") from None
    except (ValueError, RecursionError, MemoryError):
        raise InputError(f"{shown(text)}: not a formula, or nested too deeply") from None
    if depth(tree) > DEEPEST:
        raise InputError(f"{shown(text)}: nested more than {DEEPEST} levels deep")
    return tree


def where(offset: int | None) -> str:
    return f"at column {offset}: " if offset else ""


def meant(text: str) -> str:
    """A hint for the ways of writing that Python does not know."""
    product = re.search(r"(?<![\w.])(\d+\.?\d*)([^\W\d_]\w*)", text)
    if product:
        return f"; did you mean {product[1]}*{product[2]}?"
    if re.search(r"(?<![<>=!:])=(?!=)", text):
        return "; the formula stands without =, and values in words of their own, such as x=2"
    return ""


def shown(text: str) -> str:
    """The formula in a message: on one line, and not too much of it."""
    plain = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in text[:80])
    return plain if len(text) <= 60 else f"{plain[:57]}..."


def depth(tree: ast.AST) -> int:
    level, deep = [tree], 0
    while level:
        level, deep = [child for node in level for child in ast.iter_child_nodes(node)], deep + 1
    return deep


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


TARGET = re.compile(r"(?P<module>[^\s:]+|.+\.py):(?P<name>[^\W\d][\w.]*)")


def is_target(text: str) -> bool:
    """Is it module:function or file.py:function, and no formula?"""
    return TARGET.fullmatch(text.strip()) is not None


def load(target: str) -> Callable[..., Any]:
    """The function that ``module:function`` or ``path/to/file.py:function`` names.

    Modules are looked for in the current directory first, as ``python -m`` does, a file's own imports beside it, as
    ``python file.py`` does. What the module raises while it is imported goes through.

    Parameters
    ----------
    target : str
        The module or file, a colon, and the name in it, with dots for what is inside a class.

    Returns
    -------
    callable

    Raises
    ------
    InputError
        If there is no such module, or no such function in it, or it cannot be called.

    Examples
    --------
    >>> from dualrev.expressions import load
    >>> load("math:hypot")(3.0, 4.0)
    5.0
    """
    match = TARGET.fullmatch(target.strip())
    if match is None:
        raise InputError(f"{shown(target)}: name a function as module:function or path/to/file.py:function")
    place, name = match["module"], match["name"]
    try:
        found = imported_file(Path(place)) if place.endswith(".py") else imported_module(place)
    except SystemExit:
        raise InputError(
            f"{place} ends the program while it is imported: put that under if __name__ == '__main__'"
        ) from None
    for part in name.split("."):
        if not hasattr(found, part):
            raise InputError(f"{place} has no function {name}{near(part, found)}")
        found = getattr(found, part)
    if not callable(found):
        raise InputError(f"{target} is of type {type(found).__name__}, and cannot be called: name a function")
    return found


def near(name: str, where: Any) -> str:
    names = [n for n in dir(where) if not n.startswith("_") and callable(getattr(where, n, None))]
    close = closest(name, names)
    return f": did you mean {close}?" if close else f": it has {', '.join(names[:8])}" if names else ""


def closest(name: str, names: Sequence[str]) -> str | None:
    """The name that was meant, perhaps: the most alike, and of those one that begins alike."""
    close = get_close_matches(name, names, 5)
    return max(close, key=lambda n: (SequenceMatcher(a=n, b=name).ratio(), n[:2] == name[:2]), default=None)


def imported_module(name: str) -> Any:
    if not all(part.isidentifier() for part in name.split(".")):
        raise InputError(f"{shown(name)} is no name of a module: write module:function or path/to/file.py:function")
    on_path(Path.cwd())
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # the module is there, and something that it imports is not
    raise InputError(f"there is no module {name} in {Path.cwd()}, nor is one installed")


def imported_file(path: Path) -> Any:
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    on_path(path.resolve().parent)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def on_path(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
