"""Sample calls of systems factored once: dualrev/ops/factored.py."""

from dualrev.ops.factored import solve_factored
from tests.ops.sample import Sample, real

FACTORS = "type('Of', (), {'T': property(lambda f: f), 'solve': lambda f, b: b / np.array([2.0, 3.0, 5.0])})()"
SAMPLES = {solve_factored: [Sample(f"solve_factored(x, factors={FACTORS})", x) for x in (real(3), real(2, 3))]}
