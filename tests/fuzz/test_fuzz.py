"""Random NumPy programs: dualrev computes what NumPy does, and differentiates as the referees do, or says why not."""

import numpy as np
import pytest

import dualrev as dr
from tests.fuzz.agreement import DisagreementError, assert_agrees
from tests.fuzz.program import Program, Step, random_program, shrunk

# What is refused although NumPy computes it, by words of the message.
REFUSED = {
    "a polynomial is a vector of coefficients": "NumPy adds arrays of more axes in a way that is no sum of polynomials",
    "needs vectors of 3 elements": "of 2 elements NumPy deprecates it",
    "np.cov: there are no observations": "NumPy warns, and gives nan",
    "is out of bounds for axis 1 with size 0": "np.take from nothing, of which NumPy takes nothing",
}
SLICE, FUZZ = 200, 10_000


def outcome(program: Program) -> str:
    """ "agrees", "kink" or "refused"; else what is wrong, in a line."""
    try:
        return assert_agrees(
            program.function(), program.traced_function(), list(program.inputs.values()), program.analytic
        )
    except DisagreementError as error:
        return f"wrong: {error.kind}"
    except Exception as error:
        return "refused" if any(words in str(error) for words in REFUSED) else f"{type(error).__name__}: {error}"


def counted(seeds: range) -> dict[str, int]:
    """How many programs agree, have a kink or are refused; the first that is wrong is shown at its smallest."""
    counts = dict.fromkeys(("agrees", "kink", "refused"), 0)
    for seed in seeds:
        program = random_program(seed)
        found = outcome(program)
        if found not in counts:
            smallest = shrunk(program, lambda p, found=found: outcome(p) == found)
            raise AssertionError(f"{found}, seed {seed}\n{smallest}")
        counts[found] += 1
    return counts


@pytest.mark.parametrize("first", range(0, SLICE, 50))
def test_random_programs(first):
    assert counted(range(first, first + 50))["agrees"] >= 45


@pytest.mark.fuzz
@pytest.mark.parametrize("first", range(0, FUZZ, 500))
def test_many_random_programs(first):
    counts = counted(range(first, first + 500))
    assert counts["agrees"] >= 470
    assert counts["refused"] <= 10


def test_the_programs_are_as_varied_as_they_are_meant_to_be():
    programs = [random_program(seed) for seed in range(300)]
    assert {step.kind for p in programs for step in p.steps} == {"analytic", "real", "statement", "buffer", "control"}
    assert {0, 1, 2, 3} <= {x.ndim for p in programs for x in p.inputs.values()}
    assert {"float32", "float64"} == {str(x.dtype) for p in programs for x in p.inputs.values()}
    called = {
        word
        for p in programs
        for step in p.steps
        for word in step.code.replace("(", " ").split()
        if word.startswith("np.")
    }
    assert len(called) > 130


def test_a_wrong_rule_is_found_and_shrunk_to_one_step():
    wrong = dr.custom.elementwise(lambda x: np.sinh(x), lambda y, x: np.cosh(x) * (1 + 1e-6))
    steps = [Step("v0", "v0 = np.tanh(x) * 2", "analytic"), Step("v1", "v1 = np.sinh(v0[::-1])", "analytic")]
    steps += [Step("v2", "v2 = np.cumsum(v1) + y", "analytic")]
    program = Program({"x": np.array([0.3, 0.9]), "y": np.array([1.0])}, tuple(steps), ("v1", "v2"))

    def fails(p):
        traced = p.function(
            type("space", (), {"sinh": staticmethod(wrong), "__getattr__": lambda self, name: getattr(np, name)})()
        )
        try:
            assert_agrees(p.function(), traced, list(p.inputs.values()), p.analytic, second=False)
        except DisagreementError as error:
            return error.kind == "jacobian"
        return False

    assert outcome(program) == "agrees"
    assert fails(program)
    smallest = shrunk(program, fails)
    assert [step.code for step in smallest.steps] == ["v1 = np.sinh(x[::-1])"]
    assert smallest.outputs == ("v1",)
    assert list(smallest.inputs) == ["x"]
