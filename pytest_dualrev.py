"""pytest's plugin of dualrev: the fixture `assert_grad` and the option --grad-points.

It is a module of its own since whatever lies inside of dualrev imports NumPy; a test run that does not use the fixture
does not pay for it.
"""

from collections.abc import Callable
from typing import Any

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    """--grad-points=N: at how many points `assert_grad` looks."""
    parser.getgroup("dualrev").addoption(
        "--grad-points",
        type=int,
        metavar="N",
        help="at how many points the fixture assert_grad looks: the one given, and N - 1 near it (3 by default)",
    )


@pytest.fixture
def assert_grad(request: pytest.FixtureRequest) -> Callable[..., Any]:
    """`dualrev.assert_grad(fun, jac, x0)`, at as many points as --grad-points says unless a call says it itself."""
    from dualrev import assert_grad

    points = request.config.getoption("--grad-points")
    if points is None:
        return assert_grad
    if points < 1:
        raise pytest.UsageError(f"--grad-points={points}: write how many points, 1 or more")
    return lambda *given, **options: assert_grad(*given, **{"points": points} | options)
