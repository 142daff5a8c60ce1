"""Random programs of views and writes: the same instructions for plain NumPy, for a referee, and for traced arrays.

An instruction is four integers; what it does depends on them and on shapes, never on values, so that it does the same
whatever the arrays hold. `run` takes NumPy, or what stands in for it, and a vector x of 6 numbers near 1.
"""

import numpy

INDICES = [
    ..., slice(None), slice(None, None, -1), slice(1, None), slice(None, -1), slice(None, None, 2), None, 0, -1, 1,
    (..., 0), (..., -1), (..., slice(None, None, -1)), (slice(None), 0), (slice(1, None), slice(None, None, -1)),
    (None, ..., slice(1, None)), (0, 0), (-1, ..., None), (slice(0, 0),), ([0, -1, 0],), ([1, 0],),
    (slice(None), [0, -1]), ([0, -1], [0, 0]),
]  # fmt: skip


def index_of(a, k):
    """An index for a, which may not fit it."""
    if k % 7 == 6 and a.ndim:
        return numpy.arange(a.shape[0]) % 2 == k % 2
    if k % 7 == 5 and a.ndim:
        return numpy.arange(a.size).reshape(a.shape) % 3 == k % 3
    return INDICES[k % len(INDICES)]


def basic_index_of(k):
    basic = [i for i in INDICES if not (isinstance(i, tuple) and any(isinstance(part, list) for part in i))]
    return basic[k % len(basic)]


def factors(n):
    return [m for m in (2, 3, 1, 4) if n % m == 0]


TURNS = [
    lambda np, a, k: a.T,
    lambda np, a, k: a.reshape(-1),
    lambda np, a, k: a.reshape(factors(a.size)[k % len(factors(a.size))], -1),
    lambda np, a, k: np.reshape(a, (-1, factors(a.size)[0])),
    lambda np, a, k: np.ravel(a),
    lambda np, a, k: a.ravel(),
    lambda np, a, k: np.ravel(a, order="F"),
    lambda np, a, k: a.reshape((-1,), order="F"),
    lambda np, a, k: np.swapaxes(a, 0, -1),
    lambda np, a, k: np.squeeze(a),
    lambda np, a, k: np.flip(a, k % a.ndim),
    lambda np, a, k: np.expand_dims(a, k % (a.ndim + 1)),
    lambda np, a, k: np.moveaxis(a, 0, -1),
    lambda np, a, k: np.atleast_2d(a),
    lambda np, a, k: np.einsum("ij->ji", a),
    lambda np, a, k: np.einsum("ii->i", a) if a.size else a,  # NumPy reads past the end of an empty one
    lambda np, a, k: np.einsum("ij->i", a),
    lambda np, a, k: np.diagonal(a),
    lambda np, a, k: np.split(a, [1], axis=-1)[k % 2],
    lambda np, a, k: list(a)[k % len(a)],
    lambda np, a, k: np.rot90(a, k),
    lambda np, a, k: np.broadcast_to(a, (2, *a.shape)),
    lambda np, a, k: a[...],
    lambda np, a, k: np.fliplr(a),
    lambda np, a, k: np.array_split(a, 2)[k % 2],
    lambda np, a, k: np.hsplit(a, [1])[k % 2],
    lambda np, a, k: a.transpose(),
    lambda np, a, k: a.swapaxes(0, 1),
    lambda np, a, k: a.squeeze(),
    lambda np, a, k: np.rollaxis(a, a.ndim - 1),
]
COPIES = [
    lambda np, a, b, k: a.copy(),
    lambda np, a, b, k: a.copy("K"),
    lambda np, a, b, k: a.copy(order="F"),
    lambda np, a, b, k: np.copy(a),
    lambda np, a, b, k: a.flatten(),
    lambda np, a, b, k: a * 1.0,
    lambda np, a, b, k: a + b,
    lambda np, a, b, k: np.sin(a),
    lambda np, a, b, k: -a,
    lambda np, a, b, k: np.array(a) if np is not numpy else a.copy("K"),
    lambda np, a, b, k: np.take(a, [0, -1], axis=-1),
    lambda np, a, b, k: np.stack([a, a], axis=k % (a.ndim + 1)),
    lambda np, a, b, k: np.concatenate([a, a], axis=k % a.ndim),
    lambda np, a, b, k: np.where(numpy.arange(a.shape[-1]) % 2 == 0, a, 0.5),
    lambda np, a, b, k: np.roll(a, k, axis=0),
    lambda np, a, b, k: np.tile(a, 2),
    lambda np, a, b, k: np.repeat(a, 2, axis=-1),
    lambda np, a, b, k: np.sum(a, axis=k % a.ndim, keepdims=True) + a,
    lambda np, a, b, k: np.cumsum(a, axis=k % a.ndim),
    lambda np, a, b, k: np.outer(a, [1.0, 2.0]),
    lambda np, a, b, k: a @ a.T,
    lambda np, a, b, k: np.zeros_like(a),
    lambda np, a, b, k: np.ones_like(a),
    lambda np, a, b, k: np.full_like(a, 2.5),
    lambda np, a, b, k: np.vstack([a, a]),
    lambda np, a, b, k: np.tril(a),
    lambda np, a, b, k: np.pad(a, 1),
    lambda np, a, b, k: np.append(a, a),
    lambda np, a, b, k: np.block([[a, a]]),
    lambda np, a, b, k: np.diff(a, axis=k % a.ndim),
]
MADE = [
    lambda np, x, k: np.zeros(k % 4 + 1),
    lambda np, x, k: np.zeros((2, k % 3 + 1)),
    lambda np, x, k: np.zeros((2, 2, 2)),
    lambda np, x, k: np.ones((3, 2)),
    lambda np, x, k: np.full((2, 3), 0.25),
    lambda np, x, k: np.eye(2),
    lambda np, x, k: np.array([1.0, 2.0, 3.0]),
    lambda np, x, k: np.array([[1.0, 2.0], [3.0, 4.0]]),
    lambda np, x, k: np.zeros(()),
    lambda np, x, k: x.copy(),
    lambda np, x, k: x[k % 3 :] ** 2,
    lambda np, x, k: np.zeros((3, 2)).T,
    lambda np, x, k: np.zeros((2, 2), order="F"),
    lambda np, x, k: np.ones(6)[::2],
]


def written(x, part, k):
    """Something to write into an array of the shape `part`."""
    return [
        lambda: x[k % 6] ** 2,
        lambda: 0.5 * k,
        lambda: numpy.ones(part) * 0.25,
        lambda: numpy.reshape(numpy.resize(numpy.arange(1.0, 9.0), part), part) * x[k % 6],
        lambda: [[0.5]],
        lambda: x[:1] * 2.0,
        lambda: x[: part[-1]] if part else x[0],
    ][k % 7]()


def fill(out, x, k):
    """A function that fills what it is given, by elements of its first axis."""
    for i in range(len(out)):
        out[i] = x[(i + k) % 6] * (i + 1.0)


def assign(np, a, b, x, k):
    index = index_of(a, k)
    a[index] = written(x, numpy.shape(a[index]), k // 3)


def augment_part(np, a, b, x, k):
    a[index_of(a, k)] += x[k % 6] if k % 2 else 0.75


def scale_part(np, a, b, x, k):
    a[index_of(a, k)] *= x[k % 6]


def across(np, a, b, x, k):
    index = index_of(a, k)
    a[index] = b


def overlapping(np, a, b, x, k):
    if k % 3 == 0:
        a[1:] = a[:-1]
    elif k % 3 == 1:
        a[1:] += a[:-1]
    else:
        a[::-1] = a * x[0]


def augment(np, a, b, x, k):
    if k % 5 == 0:
        a += x[k % 6]
    elif k % 5 == 1:
        a *= x[k % 6]
    elif k % 5 == 2:
        a -= b
    elif k % 5 == 3:
        a /= 2.0
    else:
        a += a[::-1]


def by_rows(np, a, b, x, k):
    for i, row in enumerate(a):
        if k % 3 == 0:
            row[...] = x[i % 6]
        elif k % 3 == 1:
            row *= x[(i + k) % 6]
        else:
            row[0] = row[-1] + x[k % 6]


def exchanged(np, a, b, x, k):
    if k % 3 == 0:
        a[[0, -1]] = a[[-1, 0]]
    elif k % 3 == 1:
        a[0], a[-1] = a[-1], a[0]
    else:
        a[0], a[-1] = a[-1].copy(), a[0].copy()


def statement(np, a, b, x, k):
    what = k % 10
    if what == 0:
        np.copyto(a, b)
    elif what == 1:
        np.copyto(a, x[k % 6], where=numpy.arange(a.shape[-1]) % 2 == 0)
    elif what == 2:
        np.fill_diagonal(a, x[k % 6])
    elif what == 3:
        np.put(a, [0, -1, 0], x[:3])
    elif what == 4:
        np.place(a, numpy.arange(a.size).reshape(a.shape) % 2 == 0, x[:2])
    elif what == 5:
        np.putmask(a, numpy.arange(a.size).reshape(a.shape) % 3 == 0, x[:4])
    elif what == 6:
        a.fill(x[k % 6])
    elif what == 7:
        np.put_along_axis(a, numpy.zeros((1,) * a.ndim, int), x[k % 6], axis=0)
    elif what == 8:
        a.put([1, 0], x[1:3])
    else:
        a.flat[k % 3] = x[k % 6]


def at(np, a, b, x, k):
    ufunc = [np.add, np.subtract, np.multiply][k % 3]
    ufunc.at(a, index_of(a, k), x[k % 6])


def out(np, a, b, x, k):
    what = k % 8
    if what == 0:
        np.sin(b, out=a)
    elif what == 1:
        np.add(a, b, out=a)
    elif what == 2:
        np.multiply(a[:-1], x[k % 6], out=a[1:])
    elif what == 3:
        np.add(a, x[k % 6], out=a, where=numpy.arange(a.shape[-1]) % 2 == 0)
    elif what == 4:
        np.sum(a, axis=0, out=a[0])
    elif what == 5:
        np.cumsum(b, axis=0, out=a)
    elif what == 6:
        np.matmul(b, b.T, out=a)
    else:
        np.multiply(x[: a.shape[-1]], 2.0, out=a)


def filled(np, a, b, x, k):
    fill([a, a.T, a[::-1], a[1:]][k % 4], x, k)


WRITES = [
    assign, assign, augment_part, scale_part, across, overlapping, augment, by_rows, exchanged, statement, at, out,
    filled,
]  # fmt: skip


def step(np, arrays, read, x, instruction):
    what, i, j, k = instruction
    a, b = arrays[i % len(arrays)], arrays[j % len(arrays)]
    if what % 4 == 0:
        made = TURNS[j % len(TURNS)](np, a, k) if j % 2 else a[basic_index_of(k)]
    elif what % 8 == 1:
        made = COPIES[j % len(COPIES)](np, a, b, k)
    elif what % 8 == 5:
        made = MADE[k % len(MADE)](np, x, j) if k % 3 else None
        if made is None:
            read.append(np.sum(np.sin(a)))
    else:
        WRITES[j % len(WRITES)](np, a, b, x, k)
        made = None
    if made is not None and isinstance(made.shape, tuple) and numpy.ndim(made) and made.size < 200:
        arrays.append(made)


def run(program, np, x, left_out=()):
    """What is left at the end, in one vector.

    left_out: the numbers of the steps that NumPy refuses, as `refusals` finds them.
    """
    arrays, read = started(np, x), []
    for number, instruction in enumerate(program):
        if number not in left_out:
            step(np, arrays, read, x, instruction)
    return np.concatenate([np.ravel(a) for a in arrays] + [np.stack([*read, x[0]])])


def started(np, x):
    return [np.reshape(x, (2, 3)) * 1.0, np.zeros((2, 3)), np.zeros(4)]


def refusals(program, arrays):
    """{number: error} of the steps that NumPy itself refuses, from the given arrays on."""
    x, found = numpy.ravel(arrays[0].copy()), {}
    for number, instruction in enumerate(program):
        try:
            step(numpy, arrays, [], x, instruction)
        except (ValueError, IndexError, TypeError, AttributeError, ZeroDivisionError) as error:
            found[number] = error
    return found


def random_program(seed, longest=14):
    rng = numpy.random.default_rng(seed)
    return [tuple(map(int, rng.integers(0, 420, 4))) for _ in range(rng.integers(2, longest))]


class Complex:
    """NumPy whose new arrays are complex: the referee, by complex step."""

    def __getattr__(self, name):
        found = getattr(numpy, name)
        if name not in ("zeros", "empty", "ones", "full", "eye", "array"):
            return found
        return lambda *args, **how: numpy.array(found(*args, **how), dtype=complex)


class Like:
    """NumPy whose new arrays are like x: np.zeros_like(x, shape=...) for np.zeros(shape), and so on."""

    def __init__(self, x):
        self.x = x

    def __getattr__(self, name):
        return getattr(numpy, name)

    def zeros(self, shape, order="K"):
        return numpy.zeros_like(self.x, shape=shape, order=order)

    def empty(self, shape):
        return numpy.empty_like(self.x, shape=shape)

    def ones(self, shape):
        return numpy.ones_like(self.x, shape=shape)

    def full(self, shape, value):
        return numpy.full_like(self.x, value, shape=shape)

    def eye(self, n):
        made = self.zeros((n, n))
        numpy.fill_diagonal(made, 1.0)
        return made

    def array(self, given):
        if not isinstance(given, list):
            return given.copy("K")
        made = self.zeros(numpy.shape(given))
        made[...] = given
        return made
