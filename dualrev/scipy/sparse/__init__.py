"""scipy.sparse as it is, and its linear solvers, differentiable."""

from importlib import import_module
from typing import Any


def __getattr__(name: str) -> Any:
    if name == "linalg":
        return import_module(".linalg", __name__)
    import scipy.sparse

    try:
        return getattr(scipy.sparse, name)
    except AttributeError:
        raise AttributeError(f"neither dualrev.scipy.sparse nor scipy.sparse has {name!r}") from None


def __dir__() -> list[str]:
    import scipy.sparse

    return sorted({*scipy.sparse.__all__, "linalg"})
