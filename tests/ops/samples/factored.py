"""Sample calls of systems factored once: dualrev/ops/factored.py."""

from dualrev.ops.factored import solve_factored
from tests.ops.sample import Sample, real

INVERSE = "np.array([[2.0, 0.3, 0.1], [0.3, 1.5, 0.2], [0.1, 0.2, 1.0]])"
FACTORS = f"type('Of', (), {{'T': property(lambda f: f), 'solve': lambda f, b: b @ {INVERSE}}})()"
SAMPLES = {solve_factored: [Sample(f"solve_factored(x, factors={FACTORS})", x) for x in (real(3), real(2, 3))]}
