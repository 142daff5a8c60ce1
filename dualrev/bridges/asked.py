"""Packages that are not among the dependencies: imported when they are asked for, with a clear word where missing."""

from importlib import import_module
from typing import Any


def asked_for(package: str, what: str) -> Any:
    """The module of that name, which `what` needs.

    Raises
    ------
    ImportError
        Where it is not installed; it says how to install it.
    """
    try:
        return import_module(package)
    except ImportError as missing:
        raise ImportError(
            f"{what} needs {package}, which cannot be imported here ({missing}): "
            f"pip install {package}, or pip install 'dualrev[{package}]'"
        ) from missing
