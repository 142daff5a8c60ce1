"""The traced values that a function holds: in its closure, its defaults, a partial, the object of a method.

A solver of SciPy's calls a function on plain numbers, thousands of times, and must get plain numbers back. So the
function is built again with other values in the place of the traced ones: plain ones for SciPy, and those of whatever
level differentiates for its rule. Nothing of the user's is changed.
"""

import dis
from copy import copy
from functools import cache, partial, wraps
from types import CellType, FunctionType, MethodType, ModuleType

import numpy as np

from ..errors import LostDerivativeError
from ..shapes import apart, ndim, shape, size
from ..traced import NUMBERS, Tracer, holds_tracer, operand, value, values
from ..tree import children, is_node, rebuild

SOLID = (str, bytes, int, float, complex, bool, type(None), np.generic, ModuleType, type)
PLAIN = NUMBERS | {str, bytes, type(None)}


class Captured:
    """The traced values in x (a function, an object, a tree), each once, and x with others in their place.

    >>> import dualrev as dr
    >>> def scaled(a):
    ...     held = Captured(lambda x: a * x)
    ...     print(len(held.leaves), held.plain()(2.0))
    ...     return a
    >>> dr.grad(scaled)(3.0)
    1 6.0
    1.0
    """

    def __init__(self, x):
        self.leaves, self.known, self.open, self.x = [], {}, set(), x
        self.build = self.builder(x)

    def at(self, leaves):
        """x with `leaves` in place of the traced values."""
        return self.build(leaves) if self.build else self.x

    def plain(self):
        return self.at([value(t) for t in self.leaves])

    @property
    def flat(self):
        """All leaves as one vector."""
        return np.concatenate([np.ravel(t) for t in self.leaves]) if self.leaves else np.zeros(0)

    def at_flat(self, theta):
        """x with the numbers of such a vector in place of its traced values."""
        return self.at(self.split(theta))

    def split(self, theta):
        """The numbers of such a vector, or of many with leading axes, as leaves."""
        return apart(theta, map(shape, self.leaves))

    def builder(self, x):
        """A function of the leaves that builds x anew, or None where x holds nothing traced."""
        if isinstance(x, Tracer) or (isinstance(x, np.ndarray) and holds_tracer((x,))):
            return self.leaf(x if isinstance(x, Tracer) else operand(x), x)
        if isinstance(x, (*SOLID, np.ndarray)) or id(x) in self.open:  # what refers to itself is left as it is
            return None
        if id(x) not in self.known:
            self.open.add(id(x))
            self.known[id(x)] = (self.inside(x), x)
            self.open.discard(id(x))
        return self.known[id(x)][0]

    def leaf(self, t, x):
        if id(x) not in self.known:
            k = len(self.leaves)
            self.known[id(x)] = (lambda leaves: leaves[k], x)
            self.leaves.append(t)
        return self.known[id(x)][0]

    def inside(self, x):
        if is_node(x):
            return self.together(children(x), lambda parts: rebuild(x, parts))
        if isinstance(x, Captured):  # what a solution holds that is itself held by a function
            return self.together([x.x], lambda parts: Captured(*parts))
        if isinstance(x, partial):
            return self.together([x.func, x.args, x.keywords], lambda p: partial(p[0], *p[1], **p[2]))
        if isinstance(x, MethodType):
            return self.together([x.__func__, x.__self__], lambda p: MethodType(*p))
        if isinstance(x, FunctionType):
            return None if hasattr(x, "plain") else self.of_function(x)
        if isinstance(getattr(x, "__dict__", None), dict) and not isinstance(x, np.ufunc):
            return self.together([vars(x)], lambda p: with_attributes(x, p[0]))
        return None

    def together(self, parts, made):
        """How to build something of parts, where any of them holds a traced value."""
        if PLAIN.issuperset(map(type, parts)):  # a long list of numbers
            return None
        builders = [self.builder(part) for part in parts]
        if not any(builders):
            return None
        return lambda leaves: made([b(leaves) if b else part for b, part in zip(builders, parts, strict=True)])

    def of_function(self, f):
        cells = f.__closure__ or ()
        kept = stored(f.__code__)
        names = f.__code__.co_freevars
        held = [None if n in kept or is_empty(c) else c.cell_contents for n, c in zip(names, cells, strict=True)]
        loaded = {n: f.__globals__[n] for n in f.__code__.co_names if isinstance(f.__globals__.get(n), Tracer)}

        def made(parts):
            now, defaults, keywords, globals_ = parts
            new_cells = [c if v is h else CellType(v) for c, h, v in zip(cells, held, now, strict=True)]
            own = [k for k, h in enumerate(held) if h is f]
            for k in own:
                new_cells[k] = CellType()
            scope = {**f.__globals__, **globals_} if globals_ else f.__globals__
            new = FunctionType(f.__code__, scope, f.__name__, defaults, tuple(new_cells))
            for k in own:  # it calls itself
                new_cells[k].cell_contents = new
            new.__kwdefaults__ = keywords
            new.__dict__.update(f.__dict__)
            return new

        return self.together([held, f.__defaults__, f.__kwdefaults__, loaded], made)


@cache
def stored(code):
    """The names of the enclosing function that f writes to: `nonlocal`. Their cells stay what they are."""
    return frozenset(
        [line.argval for line in dis.get_instructions(code) if line.opname in ("STORE_DEREF", "DELETE_DEREF")]
    )


def is_empty(cell):
    try:
        return cell.cell_contents is cell
    except ValueError:
        return True


def with_attributes(x, attributes):
    try:
        new = object.__new__(type(x))
    except TypeError:
        new = copy(x)
    new.__dict__.update(attributes)
    return new


def plain(x):
    """x for SciPy: plain numbers in place of traced ones; a function that returns plain numbers."""
    x = Captured(x).plain()
    if not callable(x) or isinstance(x, type):
        return x

    def call(*args, **kwargs):
        return values(x(*args, **kwargs))

    return wraps(x)(call) if hasattr(x, "__name__") else call


def plainly(solver, *args, **kwargs):
    """solver(*args, **kwargs), a function of SciPy's, on plain numbers."""
    return solver(*map(plain, args), **{name: plain(v) for name, v in kwargs.items()})


def known(y, name):
    """y, what a function returned that holds only the traced values that were found in it."""
    if holds_tracer((y,) if not isinstance(y, (list, tuple)) else y):
        raise LostDerivativeError(
            f"{name}: the function uses a traced value from a place where it cannot be found, such as a generator, a "
            "__slots__ attribute or a global container: pass it by args=, or hold it in a variable around the function"
        )
    return y


def levels(x):
    """How many derivatives of x are being taken: of each level of tracing the order that it goes to."""
    count = 0
    while isinstance(x, Tracer):
        count += getattr(x.sweep, "order", 1)
        x = x.primal
    return count


def vector(y, n, name, of="values"):
    """y, what a user's function returned, as a vector of n numbers."""
    y = operand(y)
    y = y if ndim(y) == 1 else np.ravel(y)
    if size(y) != n:
        raise ValueError(f"{name} returned {size(y)} {of}, where {n} are needed")
    return y
