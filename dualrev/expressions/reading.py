"""A formula as Python reads it: a tree, neither too long nor too deep, with errors that say where."""

import ast
import re
import warnings
from collections.abc import Sequence
from difflib import SequenceMatcher, get_close_matches

from ..errors import InputError

LONGEST = 2_000  # characters of a formula
DEEPEST = 100  # levels of nesting, of brackets or of terms


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


def closest(name: str, names: Sequence[str]) -> str | None:
    """The name that was meant, perhaps: the most alike, and of those one that begins alike."""
    close = get_close_matches(name, names, 5)
    return max(close, key=lambda n: (SequenceMatcher(a=n, b=name).ratio(), n[:2] == name[:2]), default=None)
