"""`checkpoint`: store what goes into a function and not what it computes; on the way back, compute it again."""

import numpy as np

from .arguments import name_of
from .boundary import dtype_of
from .custom import argwise, primitive
from .derived import Derived, check_function
from .errors import InputError
from .forward.jvp import jvp
from .reverse.node import Node
from .reverse.vjp import vjp
from .shapes import apart, lead_of, shape
from .traced import Tracer
from .tree import flatten


def checkpoint(f):
    """f with its derivative at another price: reverse mode stores the arguments only, and runs f again on the way back.

    Where a function is a long chain of such steps, the tape holds one argument per step instead of everything that a
    step computes; each step is run twice. The values and the derivatives are the same.

    Parameters
    ----------
    f : callable
        A function of arrays, or trees of them, plain NumPy code. It has to return the same when it is run again, and
        what is differentiated has to be among its arguments.

    Returns
    -------
    callable
        Takes the arguments of f and returns its result. Derivatives of any order and mode; in forward mode, which
        stores nothing anyway, it is f itself.

    Raises
    ------
    InputError
        If the result depends on a traced value that is no argument, or holds real and complex arrays.

    Source: Griewank & Walther (2008), section 12.1; Chen et al. (2016), Training deep nets with sublinear memory cost.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> def step(x):
    ...     for _ in range(10):
    ...         x = x + 0.1 * np.sin(x)
    ...     return x
    >>> def simulation(x, step):
    ...     for _ in range(10):
    ...         x = step(x)
    ...     return np.sum(x)
    >>> len(dr.trace(lambda x: simulation(x, step), np.ones(3)).operations)
    301
    >>> saving = dr.checkpoint(step)
    >>> len(dr.trace(lambda x: simulation(x, saving), np.ones(3)).operations)
    11
    >>> x = np.array([0.5, 1.0, 2.0])
    >>> bool(np.all(dr.grad(simulation)(x, saving) == dr.grad(simulation)(x, step)))
    True
    """
    check_function(f, "checkpoint", at="dr.checkpoint(f)")
    return Checkpoint(f)


class Checkpoint(Derived):
    made_by = "checkpoint"

    def __call__(self, /, *args, **kwargs):
        leaves, build = flatten((args, kwargs))
        traced = [x for x in leaves if isinstance(x, Tracer)]
        if not traced or not isinstance(max(traced, key=lambda x: x.sweep.level), Node):
            return self.f(*args, **kwargs)
        given = [k for k, x in enumerate(leaves) if isinstance(x, Tracer) or is_array(x)]
        run = Run(self.f, leaves, build, given, [k for k, x in enumerate(leaves) if isinstance(x, Tracer)])
        return run.result(rerun(*[leaves[k] for k in given], run=run))


def is_array(x):
    return isinstance(x, np.ndarray) and x.dtype.kind in "fc"


class Run:
    """One call of f: as a function of the arrays among its leaves, all results in one vector.

    given: which leaves are arrays; active: which of them are traced, in the order of `given`.
    """

    def __init__(self, f, leaves, build, given, traced):
        self.f, self.build, self.given = f, build, given
        self.others = [None if k in given else x for k, x in enumerate(leaves)]
        self.active = [given.index(k) for k in traced]

    def __repr__(self):
        return name_of(self.f)

    def __call__(self, *arrays):
        leaves = list(self.others)
        for k, x in zip(self.given, arrays, strict=True):
            leaves[k] = x
        args, kwargs = self.build(leaves)
        outs, self.rebuild = flatten(self.f(*args, **kwargs))
        self.check(outs, arrays)
        self.shapes, self.alone = [shape(y) for y in outs], len(outs) == 1
        return outs[0] if self.alone else np.concatenate([np.reshape(y, (-1,)) for y in outs])

    def check(self, outs, arrays):
        """A level that is in the result and in no argument came in by another way, and f run again would lose it."""
        strange = {sweep for y in outs for sweep in sweeps(y)} - {sweep for x in arrays for sweep in sweeps(x)}
        if strange:
            raise InputError(
                f"checkpoint: the result of {name_of(self.f)} depends on a traced value that is none of its arguments, "
                "and run again it would lose its derivative: pass it as an argument"
            )
        if len({dtype_of(y).kind == "c" for y in outs}) > 1:
            raise InputError(f"checkpoint: {name_of(self.f)} returns real and complex arrays: return them as complex")

    def result(self, vector):
        """The result of f, from the one array that the op returned."""
        if self.alone:
            return self.rebuild([vector])
        return self.rebuild(apart(vector, self.shapes))

    def along(self, arrays):
        """The function of the active arrays alone, and these."""

        def of_active(*xs):
            whole = list(arrays)
            for k, x in zip(self.active, xs, strict=True):
                whole[k] = x
            return self(*whole)

        return of_active, [arrays[k] for k in self.active]


def sweeps(x):
    """The transformations that trace x, the newest first."""
    while isinstance(x, Tracer):
        yield x.sweep
        x = x.primal


@primitive
def rerun(*arrays, run):
    return run(*arrays)


@argwise(rerun)
def _(out, *arrays, run):
    f, xs = run.along(arrays)
    last = [None, None]

    def back(ct):
        """The cotangents of all active arrays, from one run of f: the rule asks for each by itself."""
        if last[0] is not ct:
            last[:] = ct, vjp(f, *xs)[1](ct)
        return last[1]

    def pair(k):
        def forward(t):
            lead = lead_of(t, xs[k])
            along = [np.zeros(lead + shape(x), dtype_of(x)) for x in xs]
            along[k] = t
            return jvp(f, tuple(xs), tuple(along))[1]

        return forward, lambda ct: back(ct)[k]

    pairs = dict(zip(run.active, map(pair, range(len(xs)))))
    return [pairs.get(k) for k in range(len(arrays))]
