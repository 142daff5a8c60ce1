"""The function that module:function or file.py:function names."""

import re
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from typing import Any

from ..errors import InputError
from .reading import closest, shown

TARGET = re.compile(r"(?P<module>[^\s:]+|.+\.py):(?P<name>[^\W\d][\w.]*)")


def is_target(text: str) -> bool:
    """Is it module:function or file.py:function, and no formula?"""
    return TARGET.fullmatch(text.strip()) is not None


def load(target: str) -> Callable[..., Any]:
    """The function that ``module:function`` or ``path/to/file.py:function`` names.

    Modules are looked for in the current directory first, as ``python -m`` does, a file's own imports beside it, as
    ``python file.py`` does. What the module raises while it is imported goes through.

    Parameters
    ----------
    target : str
        The module or file, a colon, and the name in it, with dots for what is inside a class.

    Returns
    -------
    callable

    Raises
    ------
    InputError
        If there is no such module, or no such function in it, or it cannot be called.

    Examples
    --------
    >>> from dualrev.expressions import load
    >>> load("math:hypot")(3.0, 4.0)
    5.0
    """
    match = TARGET.fullmatch(target.strip())
    if match is None:
        raise InputError(f"{shown(target)}: name a function as module:function or path/to/file.py:function")
    place, name = match["module"], match["name"]
    try:
        found = imported_file(Path(place)) if place.endswith(".py") else imported_module(place)
    except SystemExit:
        raise InputError(
            f"{place} ends the program while it is imported: put that under if __name__ == '__main__'"
        ) from None
    for part in name.split("."):
        if not hasattr(found, part):
            raise InputError(f"{place} has no function {name}{near(part, found)}")
        found = getattr(found, part)
    if not callable(found):
        raise InputError(f"{target} is of type {type(found).__name__}, and cannot be called: name a function")
    return found


def near(name: str, where: Any) -> str:
    names = [n for n in dir(where) if not n.startswith("_") and callable(getattr(where, n, None))]
    close = closest(name, names)
    return f": did you mean {close}?" if close else f": it has {', '.join(names[:8])}" if names else ""


def imported_module(name: str) -> Any:
    if not all(part.isidentifier() for part in name.split(".")):
        raise InputError(f"{shown(name)} is no name of a module: write module:function or path/to/file.py:function")
    on_path(Path.cwd())
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        if error.name is None or not f"{name}.".startswith(f"{error.name}."):
            raise  # the module is there, and something that it imports is not
    raise InputError(f"there is no module {name} in {Path.cwd()}, nor is one installed")


def imported_file(path: Path) -> Any:
    if not path.is_file():
        raise InputError(f"there is no file {path}")
    on_path(path.resolve().parent)
    spec = spec_from_file_location(path.stem, path)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    sys.modules.setdefault(path.stem, module)  # dataclasses look themselves up there
    spec.loader.exec_module(module)
    return module


def on_path(folder: Path) -> None:
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
