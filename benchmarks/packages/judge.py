"""One package, function by function: python -m benchmarks.packages.judge MODULE prints a line of JSON for each."""

import importlib
import inspect
import json
import pkgutil
import signal
import sys
import warnings
from contextlib import contextmanager

import numpy as np

import dualrev as dr
from dualrev.tree import flatten, tree_map

SKIPPED_MODULES = (
    "test",
    "numba",
    "_version",
    ".app",
    "sandbox",
    "datasets",
    "example",
    "__main__",
    "conftest",
    "units",
)
SKIPPED_NAMES = """animate close download exit exec fetch get_ help install iter list load log_ main new open plot print
    quit random read register report reset run save set_ show sleep test time wait write""".split()
MOST_ARGUMENTS = 8
SECONDS = 5
TINY = 1e-100  # a smaller derivative has underflowed somewhere


class OverTime(BaseException):
    """A call took longer than it may."""


@contextmanager
def at_most(seconds):
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)


def stop(*_):
    raise OverTime


# ---- what is called --------------------------------------------------------------------------------------------------


def modules_of(root):
    """The package and all its parts that can be imported."""
    package = importlib.import_module(root)
    yield package
    for found in pkgutil.walk_packages(getattr(package, "__path__", []), root + ".", onerror=lambda _: None):
        if not any(word in found.name.removeprefix(root) for word in SKIPPED_MODULES):
            try:
                with at_most(20):
                    yield importlib.import_module(found.name)
            except (Exception, OverTime, SystemExit):
                continue


def functions_of(root):
    """The public functions of a package, each once, that take one to eight arguments without a default."""
    seen = set()
    for module in modules_of(root):
        for name, f in sorted(vars(module).items()):
            plain = inspect.unwrap(f) if inspect.isfunction(f) else f
            if not inspect.isfunction(f) or f in seen or name.startswith(("_", *SKIPPED_NAMES)):
                continue
            seen.add(f)
            if not (f.__module__ or "").startswith(root.partition(".")[0]) or inspect.isgeneratorfunction(plain):
                continue
            if 1 <= required(f) <= MOST_ARGUMENTS:
                yield f"{f.__module__}.{f.__qualname__}", f


def required(f):
    try:
        given = inspect.signature(f).parameters.values()
    except (TypeError, ValueError):
        return 0
    return sum(p.default is p.empty and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in given)


def points(f):
    """Arguments to try, the first that f takes counts: numbers, then vectors."""
    rng = np.random.default_rng(0)
    n = required(f)
    yield "numbers", [float(x) for x in rng.uniform(0.3, 0.9, n)]
    yield "numbers", [float(x) for x in rng.uniform(1.1, 3.0, n)]
    yield "vectors", [rng.uniform(0.3, 0.9, 3) for _ in range(n)]
    yield "vectors", [rng.uniform(1.1, 3.0, 4) for _ in range(n)]


# ---- judging ---------------------------------------------------------------------------------------------------------


def same(a, b):
    """Equal to the last bit, with equal shapes."""
    if isinstance(a, (tuple, list)):
        return isinstance(b, (tuple, list)) and len(a) == len(b) and all(map(same, a, b))
    if isinstance(a, dict):
        return isinstance(b, dict) and a.keys() == b.keys() and all(same(a[key], b[key]) for key in a)
    a, b = np.asarray(a), np.asarray(b)
    return a.shape == b.shape and a.dtype == b.dtype and np.array_equal(a, b, equal_nan=a.dtype.kind in "fc")


def numbers(y):
    """What f returned as one flat array of finite floats; None if it is something else."""
    try:
        flat = [np.ravel(np.asarray(item)) for item in flatten(y)[0]]
    except (TypeError, ValueError):
        return None
    if not flat or any(v.dtype.kind != "f" for v in flat):
        return None
    made = np.concatenate(flat)
    return made if made.size and np.all(np.isfinite(made)) else None


def moved(args, direction, t):
    return [x + t * d for x, d in zip(args, direction)]


def slope(f, args, direction):
    """The derivative of f along direction by extrapolated central differences at two scales, or None if they differ."""
    found = []
    for h in (1e-3, 2e-4):
        wide, narrow = [
            (numbers(f(*moved(args, direction, t))) - numbers(f(*moved(args, direction, -t)))) / (2 * t)
            for t in (h, h / 2)
        ]
        found.append((4 * narrow - wide) / 3)
    scale = np.max(np.abs(found[1])) + 1e-6 * np.max(np.abs(numbers(f(*args))))
    return found[1] if np.all(np.abs(found[0] - found[1]) <= 1e-5 * scale) else None


def copies(args):
    return [x.copy() if isinstance(x, np.ndarray) else x for x in args]


def judged(f, args, transform):
    """(verdict, reason) of one function at one point; None if nothing can be said."""
    call = lambda *xs: f(*copies(xs))
    direction = [np.ones(np.shape(x)) * (0.1 + 0.07 * k) for k, x in enumerate(args)]
    direction = [float(d) if isinstance(x, float) else d for d, x in zip(direction, args)]
    y = call(*args)
    if numbers(y) is None or not same(y, call(*args)):
        return None
    want = slope(call, args, direction)
    if want is None or not np.any(np.abs(want) > TINY):
        return None
    try:
        with at_most(6 * SECONDS):
            value, along = transform(f, args, direction)
    except OverTime:
        return "refused", "took too long"
    except Exception as error:
        clear = isinstance(error, dr.DualrevError)
        return "refused" if clear else "unclear", f"{type(error).__name__}: {first_words(error)}"
    if not same(y, value):
        return "value differs", ""
    got = [np.ravel(v) for v in along]
    got = np.concatenate(got)
    if not np.all(np.isfinite(got)):
        return "nan", ""
    near = np.abs(got - want) <= 1e-4 * (np.max(np.abs(want)) + 1e-6 * np.max(np.abs(numbers(y))))
    return ("right", "") if np.all(near) else ("wrong", f"{got[:3]} for {want[:3]}")


def first_words(error):
    text = str(error).strip().partition("\n")[0]
    return text[:160]


def both_modes(plain):
    """J v in forward mode, held against w^T J v of reverse mode."""

    def transform(f, args, direction):
        value, along = dr.jvp(f, tuple(copies(args)), tuple(direction), plain=plain)
        again, pullback = dr.vjp(f, *copies(args), plain=plain)
        if not same(value, again):
            return again, [np.array([np.nan])]
        seed, along = tree_map(lambda v: np.ones(np.shape(v)), along), flatten(along)[0]
        left = sum(np.sum(d * g) for d, g in zip(direction, pullback(seed)))
        right = sum(np.sum(v) for v in along)
        scale = sum(np.sum(np.abs(v)) for v in along)
        return value, along if abs(left - right) <= 1e-8 * scale + 1e-300 else [np.array([np.nan])]

    return transform


def autograds(f, args, direction):
    """The same by autograd, of the package as it is."""
    from autograd import make_vjp

    grads = make_vjp(lambda *xs: f(*xs), argnum=tuple(range(len(args))))
    pull, value = grads(*copies(args))
    y = np.asarray(value)
    seeds = np.eye(y.size).reshape((y.size, *y.shape)) if y.shape else [1.0]
    return value, [sum(np.sum(d * g) for d, g in zip(direction, pull(seed))) for seed in seeds]


WAYS = {"as it is": both_modes(False), "dualrev": both_modes("auto"), "autograd": autograds}


def judge(root, ways):
    for name, f in functions_of(root):
        for _, args in points(f):
            row = {"function": name}
            try:
                with at_most(SECONDS):
                    if judged(f, args, WAYS["as it is"]) is None:
                        continue
                for way in ways:
                    with at_most(10 * SECONDS):
                        verdict = judged(f, args, WAYS[way])
                    row[way] = verdict
            except (Exception, OverTime, SystemExit):
                continue
            if all(row.get(way) for way in ways):
                yield row
                break


def main():
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    signal.signal(signal.SIGALRM, stop)
    for row in judge(sys.argv[1], sys.argv[2:]):
        print("\n@" + json.dumps(row), flush=True)


if __name__ == "__main__":
    main()
