"""A run of an optimiser under guard: an exception or Ctrl-C in the middle does not lose the best point so far."""

from collections.abc import Callable
from typing import Any

from scipy.optimize import OptimizeResult

from ..errors import DualrevError
from .monitor import monitored


def guarded(run: Callable[[], Any], evaluation: Any, method: str, progress: bool | None) -> Any:
    """What `run` returns; if it is broken off after the first evaluation, the best point so far, without success.

    Mistakes that dualrev reports are raised, as is everything at the start.
    """
    first = len(evaluation.history)
    try:
        with monitored(evaluation, method, progress):
            return run()
    except KeyboardInterrupt:
        return best(evaluation, "interrupted by Ctrl-C", None)
    except DualrevError:
        raise
    except Exception as error:
        if len(evaluation.history) <= first:
            raise
        return best(evaluation, f"{evaluation.name} raised {type(error).__name__}: {error}", error)


def best(evaluation: Any, why: str, error: Exception | None) -> OptimizeResult:
    value, x = evaluation.best
    count = len(evaluation.history)
    said = f"{why}, after {count} evaluations; this is the best point until then"
    return OptimizeResult(x=x, fun=value, success=False, status=-1, message=said, exception=error, nfev=count)
