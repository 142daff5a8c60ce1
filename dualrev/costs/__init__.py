"""What a program costs: flops and bytes of every op and of both modes, from shapes; nothing is run, nothing is timed.

What counts as one flop (floating-point operation), per element:

    + - * /, negation, abs, and each elementary function (sqrt, exp, sin, x**y, max of two)      1
    a multiply-add of a contraction: matmul of (m, k) and (k, n) is 2 m n k                      2
    a sum, product or maximum of n numbers                                                       n - 1
    comparison, sign, rounding, selection (where), indexing, copying, sorting, casting           0
    arithmetic of integers, as with indices or with counts of ties                               0
    adding into an array at an index, as the transpose of indexing does                          1
    LAPACK by its leading terms: LU 2/3 n^3, Cholesky 1/3 n^3, inverse 2 n^3, and two triangular
    solves of n^2 each per right-hand side (Golub & Van Loan 2013, chapters 3 and 4)

An operation on complex numbers counts as one on real ones. einsum is one loop over all its letters: with p factors,
p flops a turn (p - 1 where nothing is summed), whatever order `optimize` finds. What f computes without its inputs,
and functions without a derivative (np.floor, np.sort of plain values), leave no line on the tape and are not counted.

The flops of a rule are those of the formula as it is written. What an op itself costs is stated beside it, with the
word `flops` of the registry; a partial derivative is counted once per op, by running it on a tape of its own. Counts
are for K directions in one sweep, on a leading axis: K * each, and once `shared`. A sweep without a leading axis does
as much as with K = 1, or less: the product with the seed 1.0 is spared, and so is an array of equal cotangents, for
which one number stands. Formulas that look at values (np.prod with zeros, np.tanh far out, np.linalg.det of a singular
matrix) are counted on their usual way.

Source: Griewank & Walther (2008), sections 3.3, 3.4 and 4.4, for the costs of the two modes and their bounds.
"""

from .call import CallCost, PerSweep, call_cost, pull_flops, push_flops
from .program import ProgramCost, Row, program_cost

__all__ = ["CallCost", "PerSweep", "ProgramCost", "Row", "call_cost", "program_cost", "pull_flops", "push_flops"]
