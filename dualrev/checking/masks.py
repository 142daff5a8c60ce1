"""The mask that an expression is behind, and the expression with an argument that is safe before it is masked."""

import ast

from ..source import Place
from .rewrites import called, outwards, text, written


def mask_text(place: Place | None) -> str:
    """The condition of the np.where at a place, as the user wrote it; "" if it cannot be read."""
    for node in outwards(place) if place else ():
        args = called(node, "where")
        return text(args[0]) if len(args) == 3 else ""
    return ""


def guarded(place: Place | None, argument: int, mask: str, taken: bool, safe: str) -> tuple[str, str]:
    """The expression at a place, and the same with its argument made safe where the mask does not take it."""
    node = next(outwards(place), None) if place else None
    match node:
        case ast.Call(args=args) if argument < len(args):
            operand: ast.expr = args[argument]
        case ast.Call(func=ast.Attribute(value=x)):
            operand = x
        case ast.BinOp(left=left, right=right):
            operand = (left, right)[argument]
        case _:
            return "", ""
    said = written(place, node)  # type: ignore[arg-type]
    inner = f"np.where({mask}, {text(operand)}, {safe})" if taken else f"np.where({mask}, {safe}, {text(operand)})"
    return said, unparsed_with(node, operand, inner)


def unparsed_with(node: ast.expr, operand: ast.expr, text_of_operand: str) -> str:
    """The expression with one of its parts written otherwise."""

    class Replace(ast.NodeTransformer):
        def generic_visit(self, visited: ast.AST) -> ast.AST:
            return (
                ast.parse(text_of_operand, mode="eval").body if visited is operand else super().generic_visit(visited)
            )

    copies = Replace().visit(Copied(node, operand).made)
    return ast.unparse(copies)


class Copied:
    """A copy of an expression that still holds the very operand to replace: the tree of the file is left as it is."""

    def __init__(self, node: ast.expr, operand: ast.expr):
        self.operand = operand
        self.made = self.copy(node)

    def copy(self, node: ast.AST) -> ast.AST:
        if node is self.operand:
            return node
        fields = {name: self.part(v) for name, v in ast.iter_fields(node)}
        return type(node)(**fields)

    def part(self, v: object) -> object:
        return [self.part(e) for e in v] if isinstance(v, list) else self.copy(v) if isinstance(v, ast.AST) else v
