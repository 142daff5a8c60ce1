"""Arrays that hold numbers until a traced value is written into them, and a traced array from then on."""

import functools
from typing import Any

import numpy as np

from ..dispatch import without_out
from ..errors import LostDerivativeError
from ..ops.index import is_basic
from ..traced import NUMBERS, OBJECT, Tracer, holds_tracer, operand, refused
from ..tracer import TracedArray
from ..writing import (
    ALONE,
    STATEMENTS,
    addresses,
    at,
    holders,
    into,
    laid_as,
    places,
    rebuilt,
    relate,
    traced_by,
    ufunc_into,
)

ndarray = np.ndarray
DTYPE: Any = ndarray.__dict__["dtype"]  # of the memory itself
set_dtype: Any = getattr(ndarray, "_set_dtype", DTYPE.__set__)  # the first from NumPy 2.5 on, where the second warns


class Buffer(ndarray):
    """An ordinary array of numbers, until a traced value is written into it or into an array that shares its memory.

    From then on the numbers are in `tracer`, and so is every operation; the memory behind the array, which code in C
    could read past all that, holds NaN, and in the array itself bytes of no type, which NumPy refuses to compute with.
    """

    tracer: TracedArray | None = None

    def traced(self) -> TracedArray | None:
        """The traced array that this one has become, or None as long as it holds numbers."""
        if self.tracer is not None or type(self.base) is not Buffer:
            return self.tracer
        root = self.root()
        if root.tracer is not None:
            self.tracer = view_by_memory(root.tracer, root, self)
        return self.tracer

    def root(self) -> "Buffer":
        """The array that was created; all others that share its memory are views of it."""
        x = self
        while type(x.base) is Buffer:
            x = x.base
        return x

    def held(self) -> Any:
        """What is in the array: the traced array, or a copy of the numbers as they are now."""
        tracer = self.traced()
        return self.numbers().copy("K") if tracer is None else tracer

    def numbers(self) -> ndarray:
        """The memory of an array that is not traced."""
        return self.view(ndarray)

    def traced_with(self, v: Any) -> Any:
        """The traced array that this one becomes before v is written into it; its numbers if v is not traced."""
        tracer = self.traced()
        if tracer is not None or not isinstance(v, Tracer):
            return tracer if tracer is not None else self.numbers()
        root = self.root()
        if root.dtype.kind not in "fc":
            said = (
                f"a traced value was written into an array of {root.dtype}, which cannot change smoothly: make it of "
                "floats, np.zeros(n) or np.array([1.0, 2.0])"
            )
            raise refused(LostDerivativeError(said), v)
        if holders(root, "base") > ALONE:
            said = (
                "a traced value was written into an array that shares its memory with a plain array, as np.asarray of "
                "`import numpy as np` gives one: write `from dualrev import numpy as np` there too, or np.array(a)"
            )
            raise refused(LostDerivativeError(said), v)
        memory = root.numbers()
        root.tracer = traced_by(v, memory.copy("K"))
        memory.fill(np.nan)
        tracer = self.traced()
        for x in {id(root): root, id(self): self}.values():
            set_dtype(x, np.dtype(f"V{memory.itemsize}"))
        return tracer

    @property
    def dtype(self) -> Any:
        return DTYPE.__get__(self) if self.tracer is None else self.tracer.dtype

    def __getitem__(self, index):
        tracer = self.traced()
        if tracer is not None:
            return tracer[plain(index)]
        return of_plain_memory(ndarray.__getitem__(self, index))

    def __setitem__(self, index, v):
        tracer = self.traced()
        if tracer is None:
            v = untouched(v) if type(v) is Buffer and v.traced() is None else v
            if type(v) in NUMBERS or (type(v) is ndarray and v.dtype is not OBJECT):
                ndarray.__setitem__(self, index, v)
                return
        v = operand(v)
        if tracer is None and not isinstance(v, Tracer):
            ndarray.__setitem__(self, index, v)
        else:
            self.traced_with(v)[plain(index)] = v

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        targets = kwargs.get("out", ())
        if not traced_among(inputs) and not (targets and traced_among(targets)):
            if targets:
                kwargs["out"] = tuple(map(untouched, targets))
            made = getattr(ufunc, method)(*map(untouched, inputs), **kwargs)
            if targets:
                return targets[0] if len(targets) == 1 else targets
            return tuple(map(of_its_own, made)) if type(made) is tuple else of_its_own(made)
        if method == "at":
            return at(ufunc, inputs[0], plain(inputs[1]), *map(lowered, inputs[2:]))
        inputs = [lowered(x) for x in inputs]
        if not targets:
            return getattr(ufunc, method)(*inputs, **kwargs)
        if method == "__call__":
            return ufunc_into(ufunc, inputs, kwargs)
        return into(targets, getattr(ufunc, method)(*inputs, **without_out(kwargs)))

    def __array_function__(self, func, types, args, kwargs):
        if not traced_among((*args, *kwargs.values())):
            return untraced(func, args, kwargs)
        if func in STATEMENTS:
            return STATEMENTS[func](*args, **kwargs)
        out = kwargs.get("out")
        if out is not None:
            return into(out, func(*map(lowered, args), **{k: lowered(v) for k, v in without_out(kwargs).items()}))
        return func(*map(lowered, args), **{k: lowered(v) for k, v in kwargs.items()})

    @property
    def flat(self):
        tracer = self.traced()
        return Flat(self) if tracer is None else tracer.flat

    @flat.setter
    def flat(self, v):
        np.put(self, np.arange(self.size), np.ravel(v))

    def fill(self, value):
        self[...] = value

    def put(self, indices, values, mode="raise"):
        np.put(self, indices, values, mode)

    def __reduce_ex__(self, protocol):
        tracer = self.traced()
        return (writable, (self.numbers(),)) if tracer is None else tracer.__reduce_ex__(protocol)


def writable(made):
    """An array that was just made, as one into which traced values may be written."""
    if type(made) is not ndarray or made.dtype.kind not in "iufc":
        return made
    return made.view(Buffer)


def of_its_own(made):
    """The result of an operation, writable if it is no view of something else."""
    return writable(made) if type(made) is ndarray and made.base is None else made


def of_plain_memory(made):
    """A buffer that NumPy made as a copy of another has memory of its own, where ours show a plain array's."""
    return writable(np.array(made)) if type(made) is Buffer and made.root().base is None else made


def untraced(func, args, kwargs):
    """A call where nothing is traced, asked of plain arrays. What shares memory with one becomes a view of a buffer."""
    given = {}
    return kept(func(*[shown(x, given) for x in args], **{k: shown(v, given) for k, v in kwargs.items()}), given)


def shown(x, given):
    """x with plain arrays in place of buffers; `given` notes all arrays."""
    if type(x) in (list, tuple):
        return type(x)([shown(part, given) for part in x])
    if not isinstance(x, ndarray):
        return x
    numbers = untouched(x)
    given[id(numbers)] = numbers, x
    return numbers


def kept(made, given):
    """The result of such a call with buffers in place of plain arrays."""
    if isinstance(made, (list, tuple)):
        return rebuilt(made, [kept(x, given) for x in made])
    if id(made) in given:
        return given[id(made)][1]
    if type(made) is ndarray and made.base is not None:
        for _, x in given.values():
            if np.may_share_memory(made, x):
                return view_like(made, x.root()) if type(x) is Buffer else made
    return writable(made)


def view_like(made, root):
    """A plain array that shares the memory of the buffer `root`, as a view of it."""
    memory = ndarray.ravel(root, "K")
    start = made.__array_interface__["data"][0] - memory.__array_interface__["data"][0]
    view = ndarray.__new__(Buffer, made.shape, made.dtype, memory, start, made.strides)
    view.flags.writeable = made.flags.writeable
    return view


class Flat:
    """z.flat of an array of numbers: a traced value may be written into it."""

    def __init__(self, array):
        self.array = array

    def now(self):
        tracer = self.array.traced()
        return self.array.numbers().flat if tracer is None else tracer.flat

    def __getattr__(self, name):
        return getattr(self.now(), name)

    def __len__(self):
        return len(self.now())

    def __iter__(self):
        return iter(self.now())

    def __array__(self, *args, **kwargs):
        return self.now().__array__(*args, **kwargs)

    def __getitem__(self, index):
        return of_its_own(self.now()[plain(index)])

    def __setitem__(self, index, v):
        v = operand(v)
        if isinstance(v, Tracer):
            self.array.traced_with(v)
        self.now()[plain(index)] = v


def view_by_memory(tracer, root, view):
    """The traced array of a view of `root`, whose traced array is `tracer`: found by the addresses of its elements."""
    order = np.argsort(addresses(root), axis=None)
    found = order[np.searchsorted(addresses(root).reshape(-1)[order], addresses(view))]
    made = np.reshape(tracer, (-1,))[found if view.shape else (..., int(found))]
    made = relate(laid_as(made, view), tracer, places(tracer).reshape(-1)[found])
    made.items.frozen = not view.flags.writeable
    return made


def traced_among(args):
    """Is anything in the arguments of a call traced?"""
    for x in args:
        kind = type(x)
        if kind is Buffer:
            if x.traced() is not None:
                return True
        elif kind is ndarray:
            if x.dtype is OBJECT and holds_tracer(x):
                return True
        elif kind not in NUMBERS and (isinstance(x, Tracer) or (kind in (list, tuple) and traced_among(x))):
            return True
    return False


def untouched(x):
    return x.view(ndarray) if type(x) is Buffer else x


def lowered(x):
    """An argument of a call, with traced arrays in place of buffers."""
    if type(x) in (list, tuple):
        return type(x)(map(lowered, x))
    return x.held() if type(x) is Buffer else x


def plain(index):
    """An index, which may hold buffers of integers."""
    if type(index) is int or is_basic(index):
        return index
    return tuple(map(lowered, index)) if type(index) is tuple else lowered(index)


def forwarding(name):
    """A method of arrays, asked of the traced array where there is one."""
    own = getattr(ndarray, name)
    views = name in VIEWS

    @functools.wraps(own, assigned=("__name__", "__qualname__"), updated=())
    def method(self, *args, **kwargs):
        tracer = self.traced()
        if tracer is not None:
            return getattr(tracer, name)(*map(lowered, args), **{k: lowered(v) for k, v in kwargs.items()})
        if views:
            return of_plain_memory(own(self, *args, **kwargs))
        return of_its_own(own(self.numbers(), *args, **kwargs))

    return method


def forwarded(name):
    """An attribute of arrays, asked of the traced array where there is one."""

    def look(self):
        tracer = self.traced()
        return getattr(ndarray, name).__get__(self) if tracer is None else getattr(tracer, name)

    return property(look)


VIEWS = frozenset("reshape ravel transpose swapaxes squeeze diagonal resize __iter__".split())
RAW = {"view", "setflags", "getfield", "setfield"}  # about the memory itself
SPECIAL = """__iter__ __float__ __int__ __complex__ __index__ __bool__ __contains__ __repr__ __str__ __format__ __copy__
    __deepcopy__""".split()

for _name in [name for name in vars(ndarray) if not name.startswith("_") and name not in RAW] + SPECIAL:
    if _name not in vars(Buffer) and callable(getattr(ndarray, _name)):
        setattr(Buffer, _name, forwarding(_name))
for _name in ("T", "mT", "real", "imag"):
    setattr(Buffer, _name, forwarded(_name))
