"""Systems with one constant matrix, factored once: A x = b for any number of right sides, and for A^T."""

from ..dispatch import primitive
from ..registry import flops, linear
from ..shapes import shape, size


@primitive
def solve_factored(b, *, factors):
    """The x of A x = b, along the last axis of b; factors has `solve(rows)` and `T`, as in solving/factors.py."""
    return factors.solve(b)


@linear(solve_factored)
def _(x, b, /, *, factors):
    return lambda db: solve_factored(db, factors=factors), lambda ct: solve_factored(ct, factors=factors.T)


flops(solve_factored, value=lambda x, b, factors: 2 * size(b) * shape(b)[-1])
