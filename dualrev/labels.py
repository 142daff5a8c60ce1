"""Labelled data beside traced values: pandas and xarray align by labels, and a traced array has none.

One labelled operand gives its numbers. From then on f computes without labels, so that whatever they would change is
refused: a second operand with other labels, and the methods that pandas and NumPy do not mean alike. What was met is
remembered for one run of the outermost function that is being differentiated.
"""

import sys
from threading import get_ident

import numpy as np

from .errors import InputError

LIBRARIES = ("pandas", "xarray")
MET: dict[int, "Met"] = {}  # by thread

NUMBERS = "take the numbers of each with .to_numpy(), in the order that you mean"


class Met:
    """The labels that one run of a function has met."""

    def __init__(self, level):
        self.level, self.axes, self.tables = level, {}, False

    def add(self, x):
        """Note the labels of x; refuse them if others of the same length have been met."""
        found = labels_of(x)
        lengths = [length for length, _ in found]
        for length, labels in found:
            known = self.axes.setdefault(length, [])
            if not any(alike(labels, other) for other in known):
                if known:
                    raise InputError(
                        f"a {type(x).__name__} with other labels than the one before it meets a traced value, which "
                        f"has lost those: they would not be aligned. Align them before f, or {NUMBERS}"
                    )
                known.append(labels)
        self.tables |= len(lengths) > 1


def labels_of(x):
    """(length, labels) of each axis of x: an index of pandas', or the name of a dimension of xarray's and its index."""
    if type(x).__module__.startswith("xarray"):
        indexes = getattr(x, "indexes", {})
        return [(n, (name, indexes.get(name))) for name, n in zip(x.dims, x.shape)]
    return [(len(index), index) for index in getattr(x, "axes", [x])]


def alike(labels, others):
    if isinstance(labels, tuple) or isinstance(others, tuple):
        return type(labels) is type(others) and labels[0] == others[0] and alike(labels[1], others[1])
    return labels is others or (labels is not None and others is not None and labels.equals(others))


def is_labelled(x):
    return type(x).__module__.startswith(LIBRARIES)


def met(x, numbers):
    """Note that x, labelled, gives its numbers to a traced value inside f. Missing ones are refused."""
    now = level()
    if now is None:
        return
    if MET.get(get_ident(), NOTHING).level != now:  # what is there is of another run, which has ended
        MET[get_ident()] = Met(now)
    MET[get_ident()].add(x)
    if numbers.dtype.kind == "f" and np.isnan(numbers).any():
        raise InputError(
            f"a {type(x).__name__} with missing values (nan) meets a traced value: pandas and xarray skip them in sums "
            "and means, and NumPy does not. Drop them or fill them first, or take .to_numpy()"
        )


def has_met():
    """What the function that is running has met, or None."""
    found = MET.get(get_ident())
    return found if found is not None and found.level == level() else None


NOTHING = Met(None)


def level():
    """The level of the outermost transformation that is running, which numbers the run; None where there is none."""
    found, frame = None, sys._getframe(1)
    while frame is not None:
        if frame.f_code.co_name == "run" and frame.f_globals["__name__"] == RUN:
            found = frame
        frame = frame.f_back
    return None if found is None else level_of(found.f_locals["args"])


def level_of(args):
    """The level of the first traced value in the arguments of a function."""
    waiting = list(args)
    for x in waiting:
        if hasattr(type(x), "sweep"):
            return x.sweep.level
        inside = x if isinstance(x, (list, tuple)) else x if isinstance(x, dict) else getattr(x, "__dict__", {})
        waiting += inside.values() if isinstance(inside, dict) else inside
    return None


RUN = f"{__package__}.boundary"


def check_method(name, x, args, keywords):
    """Refuse a method of a traced array that pandas means otherwise, where f has met labels."""
    here = has_met()
    if here is None:
        MET.pop(get_ident(), None)  # that of a run which has ended: it need not be asked for again
        return
    if name in ("std", "var") and "ddof" not in keywords:
        raise InputError(
            f"y.{name}() of pandas divides by n - 1, that of NumPy and of traced values by n: write "
            f"y.{name}(ddof=1) or ddof=0"
        )
    if here.tables and len(x.shape) > 1 and name in BY_COLUMN and not args and "axis" not in keywords:
        raise InputError(f"y.{name}() of a DataFrame goes by columns, of an array over all: write y.{name}(axis=0)")


BY_COLUMN = frozenset("all any argmax argmin cumprod cumsum max mean min prod std sum var".split())
