"""Reverse mode, the transform: a function and its pullback."""

from collections.abc import Callable
from typing import Any

from numpy import ndarray

from .. import restart
from ..argnames import ByName
from ..boundary import WHOLE, all_leaves, fresh, grouped, matched, mean_of_sides, outputs, run
from ..constants import check_given, given, retell
from ..shapes import shape
from ..traced import Tracer, seen
from ..tree import flatten
from .node import Node, Tape, pushed
from .pullback import Sweep


class Recording:
    """f, run once: its value, and the lines that lead to it."""

    __slots__ = ("build", "indices", "leaves", "lines", "tape", "values")

    def __init__(self, f, leaves, structures, lines=None):
        if restart.KNOWN:
            f = restart.known(f)
        self.leaves, self.tape = leaves, (tape := Tape())
        if lines is not None:  # a list that notes more than the lines
            tape.lines = lines
            lines.kept = tape.with_constants_kept
        primals, before = given(leaves, tape)
        nodes, refused = [tape.input(x) for x in primals], None
        try:
            out = run(f, nodes if structures is WHOLE else grouped(nodes, structures), tape)
            outs, self.build = outputs(out, tape)
            check_given(leaves, before)
        except Exception as error:
            retell(error, tape)
            refused = error
        finally:
            self.lines = tape.close()
        if refused is not None:
            lines = None if lines is None else lines.anew()
            try:
                with restart.again(f, refused) as (f, refused):
                    Recording.__init__(self, f, leaves, structures, lines)
            finally:
                refused = None  # whose frames hold this one
            return
        self.values, self.indices = values, indices = [], []
        for out in outs:
            ours = self.traced(out)
            y = out.primal if ours else out
            values.append(seen(mean_of_sides(y)) if isinstance(y, Tracer) else y)
            indices.append(out.index if ours else None)

    def __getstate__(self):
        """What it recorded, without the function that puts its outputs together."""
        self.keep()
        return self.leaves, list(self.lines), self.indices, self.build(self.values)

    def __setstate__(self, state):
        self.leaves, self.lines, self.indices, tree = state
        self.values, self.build = flatten(tree)
        self.tape = Tape()
        self.tape.close()

    def traced(self, x):
        """Is x a node of this recording?"""
        return type(x) is Node and x.sweep is self.tape

    @property
    def is_open(self):
        """Are there large arrays among the constants that the user may change, now that f has ended?"""
        return self.tape.constants is not None and bool(self.tape.constants.views)

    def keep(self):
        """Copy the large arrays among the constants: later questions see them as they are now."""
        if self.is_open:
            constants = self.tape.constants
            constants.check()
            self.lines[:] = [constants.copied(line) for line in self.lines]
            self.tape.constants = None

    def pull(self, cts, lead, indices=None):
        """J^T w: one cotangent per input, from one per output, all with the leading axes `lead`.

        indices: the lines that have the cotangents, where they are not the outputs.
        """
        if self.tape.constants is not None:
            self.tape.constants.check()
        indices = self.indices if indices is None else indices
        grads, own = Sweep(lead).run(self.lines, indices, cts, len(self.leaves))
        if len(grads) == 1:
            return [fresh(grads[0], self.leaves[0], lead + shape(self.leaves[0]), own[0])]
        return [fresh(g, x, lead + shape(x), mine) for g, x, mine in zip(grads, self.leaves, own)]

    def push(self, tangents, lead, indices=None):
        """J v along the recorded lines: one tangent per output, from one per input, with the leading axes `lead`.

        indices: the lines that have the tangents, where they are not the inputs; whatever leads to them is constant.
        """
        if self.tape.constants is not None:
            self.tape.constants.check()
        indices = range(len(self.leaves)) if indices is None else indices
        along = [None] * len(self.lines)
        for index, t in zip(indices, tangents, strict=True):
            along[index] = t
        seeded = frozenset(indices)
        for k in range(min(indices, default=0), len(along)):
            line = self.lines[k]
            if k not in seeded and line[0] is not None:
                along[k] = pushed(line, along, lead)
        return [
            fresh(None if index is None else along[index], y, lead + shape(y))
            for index, y in zip(self.indices, self.values, strict=True)
        ]


def vjp(
    f: Callable[..., Any], *primals: Any, argnames: str | tuple[str, ...] | None = None, plain: restart.Plain = "auto"
) -> tuple[Any, Callable[[Any], Any]]:
    """f at `primals`, and its pullback w -> J^T w, from one recording of f.

    Parameters
    ----------
    f : callable
        A function of ``len(primals)`` arguments, plain NumPy code.
    *primals
        The point: floats, float or complex arrays, or nested dict, list, tuple, dataclass of them.
    argnames : str or tuple of str
        The names of the arguments to differentiate with respect to, by default all: the pullback then gives the
        cotangent of this one, or a dict of cotangents.
    plain : "auto", True or False
        "auto" starts f a second time, rebuilt as `dualrev.plain` does, if it is refused as it is, and remembers that;
        True takes it rebuilt at once; False never.

    Returns
    -------
    y
        The value, to the last bit that of ``f(*primals)``.
    pullback : callable
        ``pullback(ct)`` gives a tuple with one cotangent per primal, in its structure. `ct` has the structure and
        shapes of y, or ``(K,)`` before every shape for K cotangents in one sweep. It may be called again.

    Raises
    ------
    InputError
        If a primal is not floating point, or the cotangent does not fit y.

    Source: Griewank & Walther (2008), section 3.2.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> y, pullback = dr.vjp(lambda x: x**2, np.array([1.0, 2.0, 3.0]))
    >>> pullback(np.array([1.0, 0.0, 1.0]))
    (array([2., 0., 6.]),)
    """
    if argnames is not None:
        by = ByName(restart.chosen(f, plain), argnames)
        chosen, args, kwargs = by.taken(primals, {})
        y, pull = vjp(lambda x: by(x, args, kwargs), chosen)
        return y, lambda ct: pull(ct)[0]
    leaves, structures = all_leaves(primals, "primals", real=False)
    recording = Recording(restart.chosen(f, plain), copied(leaves), structures)
    recording.keep()

    def pullback(ct):
        cts, lead = matched(ct, recording.build(recording.values), "cotangent", "output")
        return tuple(grouped(recording.pull(cts, lead), structures))

    return recording.build(copied(recording.values)), pullback


def copied(values):
    """Copies of arrays: a pullback that is called later does not see what has since been written into x or y."""
    return [v.copy("K") if type(v) is ndarray else v for v in values]
