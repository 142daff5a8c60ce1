"""Whole Jacobians: all directions at once, in the mode that carries fewer; and the Jacobian as an operator."""

from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from . import rescue
from .arguments import Argnames, Argnums, Arguments, Function, Tree
from .boundary import dtype_of, fresh
from .derived import Derived, Named, check_argnums, check_function
from .errors import InputError
from .forward.jvp import push
from .modes import Waist, chunk_size, is_real, largest_on, plan, smallest_waist
from .rescue import finite, split
from .restart import Plain, chosen
from .reverse.vjp import copied
from .shapes import shape, size
from .transforms import grad
from .tree import paths
from .waist import is_cut

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator


Mode = Literal["auto", "forward", "reverse", "mixed"]


def jacobian(
    f: Function,
    argnums: Argnums = 0,
    mode: Mode = "auto",
    chunk: int | None = None,
    argnames: Argnames | None = None,
    plain: Plain = "auto",
) -> Function:
    """The function x -> Jacobian of f at x, all directions at once.

    Parameters
    ----------
    f : callable
        A function of arrays (or trees) to an array (or tree), plain NumPy code.
    argnums : int or tuple of int
        The positional arguments to differentiate with respect to.
    mode : "auto", "forward", "reverse" or "mixed"
        Forward carries one direction per input element, reverse one per output element; mixed goes through the smallest
        cut of the program, reverse from there to the inputs and forward from there to the outputs, and multiplies the
        two. "auto" takes the cheapest; see `choose_mode`. It decides by running f once on a tape, and remembers the
        choice by input shapes.
    chunk : int, optional
        Directions per sweep. By default as many as keep the largest tangent under 64 MiB (`modes.CHUNK_BYTES`).
    argnames : str or tuple of str
        In place of argnums: the names of the arguments, given by position or by name. A tuple gives dicts by name.
    plain : "auto", True or False
        "auto" starts f a second time, rebuilt as `dualrev.plain` does, if it is refused as it is, and remembers that;
        True takes it rebuilt at once; False never.

    Returns
    -------
    callable
        Takes the arguments of f; its result has shape ``y.shape + x.shape``; for trees it is the structure of y with
        the structure of x at each leaf.

    Raises
    ------
    InputError
        If an argument is not floating point, or an argument or y is complex.

    Warns
    -----
    NonFiniteWarning
        With "auto", where the mode taken gives no finite number and the other one does: that is asked for up to 256
        columns, or rows (`rescue.MOST`). Said once by each function made. The other modes stay by themselves.

    Source: Griewank & Walther (2008), chapters 3 and 4.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.jacobian(lambda x: np.array([x[0] * x[1], x[1] ** 2]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [0., 6.]])
    """
    if argnames is not None:
        return Named(partial(jacobian, mode=mode, chunk=chunk), chosen(f, plain), argnums, argnames)
    return Jacobian(f, argnums, mode, chunk, mends=mode == "auto", plain=plain)


class Jacobian(Derived):
    made_by = "jacobian"

    def __init__(self, f, argnums, mode, chunk=None, mends=False, made_by=made_by, plain="auto"):
        self.made_by = made_by
        check_function(f, made_by)
        check_argnums(f, made_by, argnums)
        if mode not in ("auto", "forward", "reverse", "mixed"):
            raise InputError(f"mode={mode!r}: write 'auto', 'forward', 'reverse' or 'mixed'")
        if chunk is not None and (not isinstance(chunk, (int, np.integer)) or chunk < 1):
            raise InputError(f"chunk={chunk!r}: the number of directions per sweep is a positive integer")
        super().__init__(f)
        self.f = chosen(f, plain)
        self.argnums, self.mode, self.chunk, self.mends = argnums, mode, chunk, mends
        self.seen = {}  # the Plan by the shapes of the inputs, of the last call

    def __call__(self, /, *args, **kwargs):
        call, recording = Arguments(self.f, args, kwargs, self.argnums), None
        key = tuple(map(shape, call.leaves))
        taken = self.seen.get(key)
        if taken is None:
            recording = call.record()
            taken = self.seen[key] = planned(recording, self.mode, self.chunk)
        if taken.mode == "mixed":
            recording = recording or call.record()
            if not fits(taken.waist, recording):  # f took another branch
                taken = self.seen[key] = planned(recording, self.mode, self.chunk)
        if taken.mode == "forward":
            n = sum(map(size, call.leaves))
            ys, build, blocks = by_columns(call, n, chunk_size(n, taken.largest, self.chunk))
        elif taken.mode == "reverse":
            step = chunk_size(taken.outputs, taken.largest, self.chunk)
            recording = recording or call.record()
            ys, build, blocks = by_rows(recording, step)
        else:
            step = chunk_size(taken.waist.size, taken.largest, self.chunk)
            ys, build, blocks = by_waist(recording, taken.waist.lines, step)
        if sum(map(size, ys)) != taken.outputs:  # f took another branch: choose again next time
            self.seen.pop(key, None)
        if self.mends and not all(finite(b) for row in blocks for b in row):
            blocks = self.rescued(call, recording or call.record(), blocks, taken.mode)
        return build([call.build(row, self.argnums) for row in blocks])

    def rescued(self, call, recording, blocks, mode):
        """`blocks`, not all of them finite, with the numbers of the other mode where those are."""
        if mode == "forward":
            blocks, found = rescue.by_rows(recording, blocks)
            names, likes, modes = output_names(recording), recording.values, ("forward", "reverse")
        else:
            blocks, found = rescue.by_columns(recording, blocks)
            names, likes, modes = call.names, call.leaves, (mode, "forward")
        what = "Jacobian" if self.made_by == "jacobian" else "Hessian"
        rescue.tell_once(self, found, what, names, likes, modes)
        return blocks


def output_names(recording):
    """A name per leaf of the result."""
    return ["output" + path for path in paths(recording.build(recording.values))]


class Plan(NamedTuple):
    """How a Jacobian is taken: the mode, the number of outputs, the size of the largest value, and a waist."""

    mode: str
    outputs: int
    largest: int
    waist: Waist | None


def planned(recording, mode, chunk):
    """The Plan for a recorded f, in the mode that was asked for."""
    waist = None
    if mode == "auto":
        choice = plan(recording, chunk)
        mode, waist = choice.mode, choice.waist
    elif mode == "mixed":
        waist = smallest_waist(recording)
    return Plan(mode, sum(map(size, recording.values)), largest_on(recording), waist)


def fits(waist, recording):
    """Is a waist, found on an earlier tape, one of this tape too, with as many elements?"""
    lines = recording.lines
    if max(waist.lines, default=0) >= len(lines) or sum([size(lines[k][-1]) for k in waist.lines]) != waist.size:
        return False
    return is_real(recording, waist.lines) and is_cut(lines, len(recording.leaves), recording.indices, waist.lines)


def by_columns(call, n, step):
    """(values, unflatten, blocks[output][input]) in forward mode, `step` input directions in each sweep."""
    ins, columns = call.leaves, []
    for start in range(0, max(n, 1), step):
        k = min(step, n - start)
        ys, dys, build = push(call, ins, call.structures, identity(ins, start, k), (k,))
        check_real_outputs(ys)
        columns.append([flat(dy, y, k) for y, dy in zip(ys, dys)])
    blocks = [
        [block(rows.T, y, x) for rows, x in zip(split(stacked(parts), ins), ins)] for y, *parts in zip(ys, *columns)
    ]
    return ys, build, blocks


def by_rows(recording, step):
    """(values, unflatten, blocks[output][input]) in reverse mode, `step` output cotangents in each sweep."""
    ins, ys, rows = recording.leaves, recording.values, []
    check_real_outputs(ys)
    m = sum(map(size, ys))
    for start in range(0, max(m, 1), step):
        k = min(step, m - start)
        rows.append([flat(g, x, k) for g, x in zip(recording.pull(identity(ys, start, k), (k,)), ins)])
    by_input = [
        [block(part, y, x, own=True) for part, y in zip(split(stacked(parts), ys), ys)] for x, *parts in zip(ins, *rows)
    ]
    return ys, recording.build, [[column[k] for column in by_input] for k in range(len(ys))]


def by_waist(recording, waist, step):
    """(values, unflatten, blocks[output][input]) as a product of two Jacobians, `step` waist elements in each sweep.

    Reverse mode from the lines `waist` back to the inputs, forward mode from them on to the outputs.
    """
    ins, ys = recording.leaves, recording.values
    check_real_outputs(ys)
    middle = [recording.lines[k][-1] for k in waist]
    w, heads, tails = sum(map(size, middle)), [], []
    for start in range(0, w, step):
        k = min(step, w - start)
        seeds = identity(middle, start, k)
        heads.append([flat(t, y, k) for t, y in zip(recording.push(seeds, (k,), waist), ys)])
        tails.append([flat(g, x, k) for g, x in zip(recording.pull(seeds, (k,), indices=waist), ins)])
    left = [stacked(rows) for rows in zip(*heads)] if heads else [flat(None, y, 0) for y in ys]
    right = [stacked(rows) for rows in zip(*tails)] if tails else [flat(None, x, 0) for x in ins]
    blocks = [[block(J.T @ G, y, x, own=True) for G, x in zip(right, ins)] for J, y in zip(left, ys)]
    return ys, recording.build, blocks


def check_real_outputs(ys):
    if any(dtype_of(y).kind == "c" for y in ys):
        raise InputError(
            "the Jacobian of a complex output: stack its real and imaginary parts, or take y.real where y is real"
        )


def identity(likes, start, count):
    """`count` rows of the identity matrix over all elements of `likes`, from row `start`, as seeds of their shapes."""
    seeds, offset = [], 0
    for x in likes:
        seeds.append(np.eye(count, size(x), start - offset, dtype_of(x)).reshape((count, *shape(x))))
        offset += size(x)
    return seeds


def flat(t, like, k):
    """k tangents or cotangents of `like` as a matrix of k rows; None stands for zeros."""
    return np.zeros((k, size(like)), dtype_of(like)) if t is None else t.reshape((k, size(like)))


def stacked(parts):
    return parts[0] if len(parts) == 1 else np.concatenate(parts)


def block(matrix, y, x, own=False):
    """One block of the Jacobian, contiguous, of shape y.shape + x.shape."""
    want = shape(y) + shape(x)
    return fresh(matrix.reshape(want), x, want, own)


def hessian(f: Function, argnums: Argnums = 0, argnames: Argnames | None = None, plain: Plain = "auto") -> Function:
    """The function x -> Hessian of the scalar-valued f at x: forward over reverse, all directions at once.

    Its result has shape ``x.shape + x.shape``; for trees it is the structure of x with that of x at each leaf.
    argnames: in place of argnums, the name of an argument, or a tuple of names, for a dict of dicts.

    Source: Griewank & Walther (2008), section 5.1.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    if argnames is not None:
        return Named(hessian, chosen(f, plain), argnums, argnames)
    check_function(f, "hessian")
    check_argnums(f, "hessian", argnums)
    return Jacobian(grad(f, argnums, plain=plain), argnums, "forward", mends=True, made_by="hessian")


def linearize(f: Function, x: Tree, plain: Plain = "auto") -> tuple[Tree, "LinearOperator"]:
    """f at x, and its Jacobian there as an operator, from one recording of f.

    Parameters
    ----------
    f : callable
        A function of one argument, plain NumPy code.
    x
        The point: a float, a float array, or a tree of them.
    plain : "auto", True or False
        "auto" starts f a second time, rebuilt as `dualrev.plain` does, if it is refused as it is, and remembers that;
        True takes it rebuilt at once; False never.

    Returns
    -------
    y
        The value of f at x.
    J : scipy.sparse.linalg.LinearOperator
        Of shape (elements of y, elements of x): ``J @ v`` pushes v forward along the recorded lines, ``J.T @ w``
        pulls w back along them; matrices are pushed and pulled in one sweep.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> y, J = dr.linearize(lambda x: x**2, np.array([1.0, 2.0, 3.0]))
    >>> J @ np.array([1.0, 0.0, 1.0])
    array([2., 0., 6.])
    """
    from scipy.sparse.linalg import LinearOperator

    check_function(f, "linearize", at="dr.linearize(f, x)")
    call = Arguments(chosen(f, plain), (x,), {}, 0)
    call.leaves = copied(call.leaves)
    recording = call.record()
    recording.keep()
    ins, outs = call.leaves, recording.values
    check_real_outputs(outs)
    n, m = sum(map(size, ins)), sum(map(size, outs))

    def seeds(columns, likes):
        """The columns of a matrix as seeds with a leading axis."""
        k = columns.shape[1]
        return [np.array(rows.T, dtype_of(x)).reshape((k, *shape(x))) for rows, x in zip(split(columns, likes), likes)]

    def matmat(V):
        k = V.shape[1]
        return np.concatenate([flat(dy, y, k) for dy, y in zip(recording.push(seeds(V, ins), (k,)), outs)], axis=1).T

    def rmatmat(W):
        k = W.shape[1]
        return np.concatenate([flat(g, x, k) for g, x in zip(recording.pull(seeds(W, outs), (k,)), ins)], axis=1).T

    J = LinearOperator(
        (m, n),
        matvec=lambda v: matmat(np.reshape(v, (-1, 1))).ravel(),
        rmatvec=lambda w: rmatmat(np.reshape(w, (-1, 1))).ravel(),
        matmat=matmat,
        rmatmat=rmatmat,
        dtype=np.result_type(*map(dtype_of, ins)),
    )
    return recording.build(copied(outs)), J
