"""A run of an optimiser under guard: an exception or Ctrl-C in the middle does not lose the best point so far."""

from collections.abc import Callable
from typing import Any

from scipy.optimize import OptimizeResult

from .evaluation import Evaluation
from .monitor import monitored

STOPPED = 99  # the status that SciPy gives a run which a callback has stopped
BROKEN = -1


def guarded(run: Callable[[], Any], evaluation: Evaluation, method: str, progress: bool | None) -> Any:
    """What `run` returns; if it is broken off after it has begun, the best point so far, without success.

    What SciPy raises before it asks for anything, a mistake in an option for instance, is raised.
    """
    before = asked(evaluation)
    evaluation.in_a_run = True
    try:
        with monitored(evaluation, method, progress):
            return run()
    except KeyboardInterrupt as error:
        return best(evaluation, "interrupted by Ctrl-C", BROKEN, error, before)
    except StopIteration as error:
        return best(evaluation, "stopped by the callback", STOPPED, error, before)
    except Exception as error:
        said = f"broken off by {type(error).__name__}: {error}"
        return best(evaluation, said.rstrip("."), BROKEN, error, before)
    finally:
        evaluation.in_a_run = False
        evaluation.settle("run")


def asked(evaluation: Evaluation) -> int:
    """How often the evaluation has been asked for something."""
    counts = evaluation.counts
    return counts.f + counts.cache_hits


def best(evaluation: Evaluation, why: str, status: int, error: BaseException, before: int) -> OptimizeResult:
    """The best point so far as a result; the error itself if there is none, or if the run had not begun."""
    if not evaluation.history or asked(evaluation) == before:
        raise error
    value, x = evaluation.best
    count = len(evaluation.history)
    said = f"{why}; this is the best of {count} points until then"
    exception = error if status == BROKEN else None
    return OptimizeResult(x=x, fun=value, success=False, status=status, message=said, exception=exception, nfev=count)
