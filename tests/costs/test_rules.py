"""The counts of every op against its own rule, run on arrays that count."""

import numpy as np
import pytest

from dualrev.costs import call_cost
from dualrev.costs.stated import is_known
from dualrev.kinds import Elementwise
from dualrev.registry import OPS
from dualrev.reverse.node import calls
from dualrev.reverse.vjp import Recording
from tests.costs.counting import pull_count, push_count, value_count
from tests.ops.sample import SHIPPED
from tests.ops.samples import SAMPLES

cases = [pytest.param(samples, id=getattr(op, "__name__", str(op))) for op, samples in SAMPLES.items()]
each_op = pytest.mark.parametrize("samples", cases)

# What a count from shapes cannot see, by op: when, and why.
EXCEPTIONS = {
    "exactly": (lambda y, *xs: True, "the arguments that only give the value have no derivative to add"),
    "np.power": (
        lambda x, y: np.result_type(y).kind in "ic",
        "y - 1 is an operation of integers where y is an array; a complex y has the logarithm of x made complex",
    ),
    "np.prod": (lambda x: np.any(x == 0), "with zeros the products of the others are formed by running products"),
    "np.nanprod": (lambda x: np.any(x == 0), "as np.prod"),
    "np.linalg.det": (
        lambda A: np.any(np.linalg.matrix_rank(A) < A.shape[-1]),
        "a singular matrix has its minors formed",
    ),
    "svdvals": (
        lambda A: np.any(np.linalg.matrix_rank(A) < min(A.shape[-2:])),
        "singular values of zero are series",
    ),
}
OF_REAL = "the count is that of real numbers; conjugates, phases and what LAPACK keeps real take a few operations more"
EXCEPTIONS |= dict.fromkeys(
    ("np.arcsinh", "cholesky", "eigh", "eigvalsh", "svd", "qr", "pinv"),
    (lambda A: np.iscomplexobj(A), OF_REAL),
)
EXCEPTIONS |= dict.fromkeys(
    ("sparse_matmul", "matmul_sparse"),
    (lambda x: True, "SciPy's compiled products, whose operations the arrays that count do not see"),
)


def calls_of(samples):
    """Every call that the samples of an op record, composites as the ops that they are said in."""
    for sample in samples:
        recording = Recording(sample.f, sample.xs, [(lambda leaves: leaves[0], 1)] * len(sample.xs))
        yield from [call for _, call in calls(recording.lines)]


def has_plain_number(call):
    """A number that is no array beside real arguments, such as the order of a Bessel function: n - 1 is not counted."""
    if call.op.name.startswith("np.") or not isinstance(call.op.rule, Elementwise):
        return False
    return any(np.result_type(x).kind in "iu" or type(x) is float for x in call.args)


def is_exception(call):
    if has_plain_number(call):
        return True
    values_matter, _ = EXCEPTIONS.get(call.op.name, (lambda *_: False, ""))
    return type(call.args[-1]) is not int and values_matter(*call.args)


def patterns(call):
    """Every way in which one argument alone is differentiated, and all of them together."""
    on = [p >= 0 for p in call.parents]
    alone = [[j == k for j in range(len(on))] for k, used in enumerate(on) if used]
    return [on, *alone]


@each_op
def test_counts_are_what_the_rule_does(samples):
    for call in calls_of(samples):
        if is_exception(call):
            continue
        for active in patterns(call):
            cost = call_cost(call, active)
            assert cost.value == pytest.approx(value_count(call), rel=1e-12)
            for K in (1, 3):
                assert cost.push(K) == pytest.approx(push_count(call, (K,), active), rel=1e-12), (call, active)
                assert cost.pull(K) == pytest.approx(pull_count(call, (K,), active), rel=1e-12), (call, active)


@each_op
def test_without_a_leading_axis_it_is_no_more_than_with_one_direction(samples):
    for call in calls_of(samples):
        if is_exception(call):
            continue
        active, cost = [p >= 0 for p in call.parents], call_cost(call)
        assert push_count(call, (), active) == pytest.approx(cost.push(1), rel=1e-12)
        assert pull_count(call, (), active) <= cost.pull(1) * (1 + 1e-12)


def test_every_op_is_counted():
    """An op that needs a formula has one: write flops(...) beside its rule."""
    assert not [OPS[op].name for op in SHIPPED if OPS[op].rule and not is_known(OPS[op])]
    assert not {call.op.name for some in SAMPLES.values() for call in calls_of(some) if not call_cost(call).known}


def test_every_exception_is_one():
    """Each of them is met by a sample, and its count is off there."""
    met = {
        call.op.name: call
        for some in SAMPLES.values()
        for call in calls_of(some)
        if is_exception(call) and not has_plain_number(call)
    }
    assert met.keys() == EXCEPTIONS.keys()
    for call in met.values():
        on = [p >= 0 for p in call.parents]
        said, counts = (call_cost(call).push(1), call_cost(call).pull(1)), (push_count, pull_count)
        assert said != tuple(count(call, (1,), on) for count in counts)
