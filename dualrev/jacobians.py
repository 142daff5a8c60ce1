"""Whole Jacobians: all directions at once, in the mode that carries fewer; and the Jacobian as an operator."""

import functools
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Literal

import numpy as np

from .arguments import Argnums, Arguments, Function, Tree
from .boundary import dtype_of, fresh
from .errors import InputError
from .forward.jvp import push
from .modes import chunk_size, largest_on, plan, smallest_waist
from .reverse.vjp import copied
from .shapes import shape, size
from .transforms import grad
from .waist import is_cut

if TYPE_CHECKING:
    from scipy.sparse.linalg import LinearOperator


def jacobian(
    f: Function,
    argnums: Argnums = 0,
    mode: Literal["auto", "forward", "reverse", "mixed"] = "auto",
    chunk: int | None = None,
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

    Returns
    -------
    callable
        Takes the arguments of f; its result has shape ``y.shape + x.shape``; for trees it is the structure of y with
        the structure of x at each leaf.

    Raises
    ------
    InputError
        If an argument is not floating point, or y is complex.

    Source: Griewank & Walther (2008), chapters 3 and 4.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.jacobian(lambda x: np.array([x[0] * x[1], x[1] ** 2]))(np.array([2.0, 3.0]))
    array([[3., 2.],
           [0., 6.]])
    """
    if mode not in ("auto", "forward", "reverse", "mixed"):
        raise InputError(f"mode={mode!r}: write 'auto', 'forward', 'reverse' or 'mixed'")
    if chunk is not None and (not isinstance(chunk, (int, np.integer)) or chunk < 1):
        raise InputError(f"chunk={chunk!r}: the number of directions per sweep is a positive integer")
    seen = {}  # input shapes -> (mode, outputs, largest value, waist), of the last call

    @functools.wraps(f, assigned=("__module__", "__name__", "__qualname__"))
    def jacobian_of(*args, **kwargs):
        call, recording = Arguments(f, args, kwargs, argnums), None
        n, key = sum(map(size, call.leaves)), tuple(map(shape, call.leaves))
        if key not in seen:
            recording = call.record()
            seen[key] = planned(recording, mode, chunk)
        way, m, largest, waist = seen[key]
        if way == "forward":
            ys, build, blocks = by_columns(call, n, chunk_size(n, largest, chunk))
        elif way == "reverse":
            ys, build, blocks = by_rows(recording or call.record(), chunk_size(m, largest, chunk))
        else:
            recording = recording or call.record()
            if not is_cut(recording.lines, len(call.leaves), recording.indices, waist):  # f took another branch
                waist = smallest_waist(recording).lines
            ys, build, blocks = by_waist(recording, waist, chunk_size(m, largest, chunk))
        if sum(map(size, ys)) != m:  # f took another branch: choose again next time
            del seen[key]
        return build([call.build(row, argnums) for row in blocks])

    return jacobian_of


def planned(recording, mode, chunk):
    """(mode, number of outputs, size of the largest value, lines of the waist) for a recorded f."""
    m, largest, waist = sum(map(size, recording.values)), largest_on(recording), ()
    if mode == "auto":
        choice = plan(recording, chunk)
        mode, waist = choice.mode, choice.waist.lines if choice.mode == "mixed" else ()
    elif mode == "mixed":
        waist = smallest_waist(recording).lines
    return mode, m, largest, waist


def by_columns(call, n, step):
    """(values, unflatten, blocks[output][input]) in forward mode, `step` input directions in each sweep."""
    ins, columns = call.leaves, []
    for start in range(0, max(n, 1), step):
        k = min(step, n - start)
        ys, dys, build = push(call, ins, call.structures, identity(ins, start, k), (k,))
        check_real(ys)
        columns.append([flat(dy, y, k) for y, dy in zip(ys, dys)])
    blocks = [
        [block(rows.T, y, x) for rows, x in zip(split(stacked(parts), ins), ins)] for y, *parts in zip(ys, *columns)
    ]
    return ys, build, blocks


def by_rows(recording, step):
    """(values, unflatten, blocks[output][input]) in reverse mode, `step` output cotangents in each sweep."""
    ins, ys, rows = recording.leaves, recording.values, []
    check_real(ys)
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
    middle = [recording.lines[k][-1] for k in waist]
    check_real([*ys, *middle])
    w, heads, tails = sum(map(size, middle)), [], []
    for start in range(0, w, step):
        k = min(step, w - start)
        back = recording.pull(identity(middle, start, k), (k,), indices=waist)
        on = recording.push(identity(middle, start, k), (k,), indices=waist)
        heads.append([flat(t, y, k) for t, y in zip(on, ys)])
        tails.append([flat(g, x, k) for g, x in zip(back, ins)])
    J = [stacked(rows) if rows else np.zeros((0, size(y)), dtype_of(y)) for y, *rows in zip(ys, *heads)]
    G = [stacked(rows) if rows else np.zeros((0, size(x)), dtype_of(x)) for x, *rows in zip(ins, *tails)]
    return (
        ys,
        recording.build,
        [[block(left.T @ right, y, x, own=True) for right, x in zip(G, ins)] for left, y in zip(J, ys)],
    )


def check_real(ys):
    if any(dtype_of(y).kind == "c" for y in ys):
        raise InputError("the Jacobian of a complex output: stack its real and imaginary parts")


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


def split(matrix, likes):
    """The rows of a matrix that belong to each of `likes`."""
    if len(likes) == 1:
        return [matrix]
    return [matrix[a:b] for a, b in pairwise(accumulate(map(size, likes), initial=0))]


def block(matrix, y, x, own=False):
    """One block of the Jacobian, contiguous, of shape y.shape + x.shape."""
    want = shape(y) + shape(x)
    return fresh(matrix.reshape(want), x, want, own)


def hessian(f: Function, argnums: Argnums = 0) -> Function:
    """The function x -> Hessian of the scalar-valued f at x: forward over reverse, all directions at once.

    Its result has shape ``x.shape + x.shape``; for trees it is the structure of x with that of x at each leaf.

    Source: Griewank & Walther (2008), section 5.1.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.hessian(lambda x: x[0] ** 2 * x[1])(np.array([1.0, 2.0]))
    array([[4., 2.],
           [2., 0.]])
    """
    return jacobian(grad(f, argnums), argnums, mode="forward")


def linearize(f: Function, x: Tree) -> tuple[Tree, "LinearOperator"]:
    """f at x, and its Jacobian there as an operator, from one recording of f.

    Parameters
    ----------
    f : callable
        A function of one argument, plain NumPy code.
    x
        The point: a float, a float array, or a tree of them.

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

    call = Arguments(f, (x,), {}, 0)
    call.leaves = copied(call.leaves)
    recording = call.record()
    ins, outs = call.leaves, recording.values
    check_real(outs)
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
