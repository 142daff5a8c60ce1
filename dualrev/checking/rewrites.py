"""Expressions that overflow, or divide by 0, though their value is harmless; and what to write in their place."""

import ast
import linecache
from collections.abc import Callable, Iterator
from functools import lru_cache

from ..source import Place, parsed, span_of

Found = tuple[str, str] | None  # the advice, and the code to write in place of the expression

# ---- the user's expression -------------------------------------------------------------------------------------------


@lru_cache(maxsize=64)
def parents_of(
    file: str, lines: tuple[str, ...]
) -> tuple[dict[tuple[int | None, ...], ast.expr], dict[ast.AST, ast.AST]]:
    """The expressions of a file by their spans, the outermost of each; and the node around each node."""
    tree = parsed(file, lines)
    around: dict[ast.AST, ast.AST] = {}
    spans: dict[tuple[int | None, ...], ast.expr] = {}
    for node in ast.walk(tree) if tree else ():
        for child in ast.iter_child_nodes(node):
            around[child] = node
        if isinstance(node, ast.expr):
            spans.setdefault(span_of(node), node)
    return spans, around


def outwards(place: Place) -> Iterator[ast.expr]:
    """The expression at a place, and those around it."""
    spans, around = parents_of(place.file, tuple(linecache.getlines(place.file)))
    node: ast.AST | None = spans.get(place.span)
    while isinstance(node, ast.expr):
        yield node
        node = around.get(node)


def written(place: Place, node: ast.expr) -> str:
    """The expression as it stands in the file."""
    return ast.get_source_segment("".join(linecache.getlines(place.file)), node) or ""


def called(node: ast.AST, *names: str) -> list[ast.expr]:
    """The arguments of a call of np.name(...), or of x.name(): the latter with x first; [] if it is none."""
    if isinstance(node, ast.Call) and not any(isinstance(a, ast.Starred) for a in node.args):
        match node.func:
            case ast.Attribute(value=ast.Name(id=module), attr=attr) if attr in names and module in MODULES:
                return node.args
            case ast.Attribute(value=ast.Attribute(attr="linalg" | "special"), attr=attr) if attr in names:
                return node.args
            case ast.Attribute(value=x, attr=attr) if attr in names:
                return [x, *node.args]
            case ast.Name(id=name) if name in names:
                return node.args
    return []


MODULES = {"np", "numpy", "sc", "special", "la", "linalg"}


def only(node: ast.AST, *names: str) -> ast.expr | None:
    """The argument of a call of np.name(x) with nothing else."""
    args = called(node, *names)
    return args[0] if len(args) == 1 and not getattr(node, "keywords", []) else None


def log_of(node: ast.AST, name: str) -> ast.expr | None:
    """u of np.log(np.name(u))."""
    inside = only(node, "log")
    return None if inside is None else only(inside, name)


def text(node: ast.AST) -> str:
    return ast.unparse(node)


def same(a: ast.AST | None, b: ast.AST | None) -> bool:
    return a is not None and b is not None and ast.dump(a) == ast.dump(b)


def is_number(node: ast.AST, x: float) -> bool:
    return isinstance(node, ast.Constant) and isinstance(node.value, (int, float)) and node.value == x


def negated(node: ast.AST) -> str:
    """-u as text, and u where it is -u already."""
    return text(node.operand) if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub) else f"-({text(node)})"


def squared(node: ast.AST) -> ast.expr | None:
    """u of u**2, u * u or np.square(u)."""
    match node:
        case ast.BinOp(left=u, op=ast.Pow(), right=ast.Constant(value=2 | 2.0)):
            return u
        case ast.BinOp(left=u, op=ast.Mult(), right=v) if same(u, v):
            return u
    return only(node, "square")


def one_plus(node: ast.AST) -> ast.expr | None:
    """u of 1 + u or u + 1."""
    match node:
        case ast.BinOp(left=a, op=ast.Add(), right=b):
            return b if is_number(a, 1) else a if is_number(b, 1) else None
    return None


def exponent(node: ast.AST | None) -> ast.expr | None:
    """u of np.exp(u)."""
    return None if node is None else only(node, "exp")


def rooted(node: ast.AST) -> ast.expr | None:
    """u of np.sqrt(u) or u**0.5."""
    match node:
        case ast.BinOp(left=u, op=ast.Pow(), right=ast.Constant(value=0.5)):
            return u
    return only(node, "sqrt")


# ---- the forms -------------------------------------------------------------------------------------------------------


def softplus(node: ast.expr) -> Found:
    inside = only(node, "log")
    plus = one_plus(inside) if inside is not None else only(node, "log1p")
    u = exponent(plus)
    return u and ("np.logaddexp(0, u) is log(1 + exp(u)) without overflow", f"np.logaddexp(0, {text(u)})")  # type: ignore


def log_sum_exp(node: ast.expr) -> Found:
    u = exponent(log_of(node, "sum"))
    if u is None:
        return None
    top = f"np.max({text(u)})"
    said = "logsumexp: take the largest exponent out of the sum (dualrev.scipy.special.logsumexp does it)"
    return said, f"({top} + np.log(np.sum(np.exp({text(u)} - {top}))))"


def softmax(node: ast.expr) -> Found:
    match node:
        case ast.BinOp(left=above, op=ast.Div(), right=below):
            u, summed = exponent(above), only(below, "sum")
            if u is not None and same(u, exponent(summed)):
                shifted = f"np.exp({text(u)} - np.max({text(u)}))"
                return "softmax: take the largest exponent out of both sums", f"({shifted} / np.sum({shifted}))"
    return None


def log_softmax(node: ast.expr) -> Found:
    """The logarithm of a probability that underflows is a number all the same."""
    quotient = only(node, "log")
    if quotient is None or softmax(quotient) is None:
        return None
    u = text(exponent(quotient.left))  # type: ignore[attr-defined, arg-type]
    shifted = f"({u} - np.max({u}))"
    return "log_softmax: stay in the log domain", f"({shifted} - np.log(np.sum(np.exp({shifted}))))"


def log_logistic(node: ast.expr) -> Found:
    quotient = only(node, "log")
    if quotient is None or logistic(quotient) is None:
        return None
    above, below = quotient.left, quotient.right  # type: ignore[attr-defined]
    u = exponent(one_plus(below))
    inner = text(u) if is_number(above, 1) else negated(u)  # type: ignore[arg-type]
    return "the logarithm of the logistic function, in the log domain", f"(-np.logaddexp(0, {inner}))"


def log_of_sum(node: ast.expr) -> Found:
    """log(exp(a) + exp(b))."""
    match only(node, "log"):
        case ast.BinOp(left=a, op=ast.Add(), right=b) if (u := exponent(a)) is not None and (v := exponent(b)):
            return "np.logaddexp is log(exp(a) + exp(b)) without overflow", f"np.logaddexp({text(u)}, {text(v)})"
    return None


def logistic(node: ast.expr) -> Found:
    said = "the logistic function, as a tanh: it does not overflow"
    match node:
        case ast.BinOp(left=above, op=ast.Div(), right=below):
            u = exponent(one_plus(below))
            if u is None:
                return None
            if is_number(above, 1):
                return said, f"(0.5 * (1 + np.tanh(0.5 * ({negated(u)}))))"
            if same(u, exponent(above)):
                return said, f"(0.5 * (1 + np.tanh(0.5 * ({text(u)}))))"
    return None


def hyperbolic_tangent(node: ast.expr) -> Found:
    match node:
        case ast.BinOp(
            left=ast.BinOp(left=a, op=ast.Sub(), right=b), op=ast.Div(), right=ast.BinOp(left=c, op=ast.Add(), right=d)
        ) if same(a, c) and same(b, d) and exponent(a) is not None:
            return "np.tanh is this quotient without overflow", f"np.tanh({text(exponent(a))})"  # type: ignore[arg-type]
    return None


def euclidean_norm(node: ast.expr) -> Found:
    inside = rooted(node)
    if inside is None:
        return None
    args, more = called(inside, "sum"), getattr(inside, "keywords", [])
    u = squared(args[0]) if args and len(args) + len(more) <= 2 and all(k.arg == "axis" for k in more) else None
    axis = [f"axis={text(a)}" for a in [*args[1:], *(k.value for k in more)]] if u is not None else []
    if u is None:
        match inside:
            case ast.BinOp(left=a, op=ast.MatMult(), right=b) if same(a, b):
                u = a
            case ast.Call() if len(args := called(inside, "dot", "vdot", "inner", "vecdot")) == 2 and same(*args):
                u = args[0]
    said = "np.linalg.norm: its slope at 0 is 0"
    return None if u is None else (said, f"np.linalg.norm({', '.join([text(u), *axis])})")


def hypotenuse(node: ast.expr) -> Found:
    inside = rooted(node)
    match inside:
        case ast.BinOp(left=a, op=ast.Add(), right=b):
            x, y = squared(a), squared(b)
            if x is not None and y is not None:
                said = "np.hypot: it does not overflow, and its slope at 0 is 0"
                return said, f"np.hypot({text(x)}, {text(y)})"
        case ast.expr() if (x := squared(inside)) is not None:
            return "the root of a square is np.abs: its slope at 0 is 0", f"np.abs({text(x)})"
    return None


def square_of_length(node: ast.expr) -> Found:
    u = squared(node)
    said = "the square has no kink: its second derivative is what it is everywhere"
    if u is None:
        return None
    for names, form in (
        (("norm",), "np.sum({0}**2)"), (("hypot",), "({0}**2 + {1}**2)"), (("std",), "np.var({0})"),
        (("abs", "absolute"), "({0}.real**2 + {0}.imag**2)"),
    ):  # fmt: skip
        args = called(u, *names)
        if len(args) == form.count("{1}") + 1 and not getattr(u, "keywords", []):
            return said, form.format(*(grouped(a) for a in args))
    return None


def grouped(node: ast.expr) -> str:
    """The expression, in brackets where a power of it needs them."""
    return text(node) if isinstance(node, (ast.Name, ast.Call, ast.Subscript, ast.Attribute)) else f"({text(node)})"


def log_cosh(node: ast.expr) -> Found:
    u = log_of(node, "cosh")
    said = "log(cosh(u)) by np.logaddexp: without overflow"
    return None if u is None else (said, f"(np.logaddexp({text(u)}, {negated(u)}) - np.log(2))")


def log_exp(node: ast.expr) -> Found:
    u = exponent(only(node, "log"))
    return None if u is None else ("the logarithm of exp(u) is u", f"({text(u)})")


def log_prod(node: ast.expr) -> Found:
    u = log_of(node, "prod")
    said = "the logarithm of a product is the sum of the logarithms, which does not underflow"
    return None if u is None else (said, f"np.sum(np.log({text(u)}))")


def log_det(node: ast.expr) -> Found:
    u = log_of(node, "det")
    said = "np.linalg.slogdet: the logarithm of a determinant that does not fit a float"
    return None if u is None else (said, f"np.linalg.slogdet({text(u)})[1]")


def sinc(node: ast.expr) -> Found:
    match node:
        case ast.BinOp(left=above, op=ast.Div(), right=u) if same(only(above, "sin"), u):
            return "np.sinc is sin(pi u) / (pi u), and 1 at 0", f"np.sinc(({text(u)}) / np.pi)"
    return None


def relative_exponential(node: ast.expr) -> Found:
    match node:
        case ast.BinOp(left=above, op=ast.Div(), right=u):
            inside = only(above, "expm1")
            if isinstance(above, ast.BinOp) and isinstance(above.op, ast.Sub) and is_number(above.right, 1):
                inside = exponent(above.left)
            if same(inside, u):
                return "scipy.special.exprel is (exp(u) - 1) / u, and 1 at 0", f"scipy.special.exprel({text(u)})"
    return None


def x_log_y(node: ast.expr) -> Found:
    match node:
        case ast.BinOp(left=u, op=ast.Mult(), right=v):
            a, b = (u, only(v, "log")) if only(v, "log") is not None else (v, only(u, "log"))
            if b is not None and only(a, "log") is None:
                said = "scipy.special.xlogy(u, v) is u * log(v), and 0 where u is 0"
                return said, f"scipy.special.xlogy({text(a)}, {text(b)})"
    return None


def third_root(node: ast.expr) -> Found:
    match node:
        case ast.BinOp(
            left=u, op=ast.Pow(), right=ast.BinOp(left=ast.Constant(value=1), op=ast.Div(), right=ast.Constant(value=3))
        ):
            return "np.cbrt is the third root of negative numbers, too", f"np.cbrt({text(u)})"
    return None


def angle(node: ast.expr) -> Found:
    match only(node, "arctan"):
        case ast.BinOp(left=y, op=ast.Div(), right=x):
            return "np.arctan2(y, x) is defined where x is 0, too", f"np.arctan2({text(y)}, {text(x)})"
    return None


FORMS: list[Callable[[ast.expr], Found]] = [
    softplus, log_sum_exp, softmax, logistic, hyperbolic_tangent, euclidean_norm, hypotenuse, log_cosh, log_exp,
    square_of_length, log_prod, log_det, sinc, relative_exponential, x_log_y, third_root, angle,
]  # fmt: skip


WHOLE = (log_softmax, log_logistic, log_of_sum)  # before any part of them


def better_form(place: Place | None, op: str, masked: bool = False) -> tuple[str, str, str] | None:
    """The advice, the user's expression, and what to write in its place; None if the expression is none of the forms.

    masked: is it behind a mask? Then u * log(v) is to be kept from 0 altogether, since its slope is infinite there.
    """
    if place is None:
        return None
    for forms, node in [(forms, node) for forms in (WHOLE, FORMS) for node in outwards(place)]:
        for form in forms:
            found = form(node)
            fits = op == "at_the_tip" if form is square_of_length else op == "log" and not masked
            if found and (form not in (x_log_y, square_of_length) or fits):
                return found[0], written(place, node), found[1]
    return None
