"""The messages of sixty kinds of bad input: each names what was called, the line where known, and what to write.

``python -m pytest -s tests/test_messages.py -k review`` prints them all, to be read as somebody reads them who sees the
library for the first time.
"""

import math
import operator
import pickle
import textwrap

import numpy as np
import pytest
import scipy.special

import dualrev as dr
from dualrev import numpy as dnp
from dualrev.scipy import linalg

X, Z = np.array([1.3, 0.7, 2.1]), np.array([1.0 + 1j])
gradient = lambda f, x=X: lambda: dr.grad(f)(x)
forward = lambda f, x=X: lambda: dr.jvp(f, (x,), (x,))


def square(x, scale=1.0):
    return (scale * x) ** 2


SQUARE = dr.custom.elementwise(square, lambda y, x: 2 * x)


def stored(x):
    z = np.zeros(3)
    z[0] = x[0]
    return z.sum()


def into_integers(x):
    z = dnp.zeros(3, int)
    z[0] = x[0]
    return z.sum()


def swallowed(x):
    try:
        return math.exp(x)
    except Exception:
        return 1e308


def kept_for_later(x, kept=[]):  # noqa: B006  # what the message is about
    kept.append(x)
    return kept[0] * x


def shown_and_written(x):
    y = x.copy()
    shown = np.asarray(y)
    y[0] = 1.0
    return np.sum(shown)


def escapes():
    dr.grad(kept_for_later)(1.0)
    return dr.grad(kept_for_later)(1.0)


# name: (call, what the message must say)
MESSAGES = {
    # ---- a derivative would be lost
    "math.exp": (forward(lambda x: math.exp(x), 1.0), ["float(x)", "np.sin for math.sin", ": ", "dr.value(x)"]),
    "float": (gradient(lambda x: float(x[0])), ["float(x)", "leave x as it is"]),
    "int": (gradient(lambda x: int(x[0])), ["int(x)", "np.floor(x)"]),
    "complex": (gradient(lambda x: complex(x[0]).real), ["complex(x)", "x + 0j"]),
    "item": (gradient(lambda x: x[0].item()), ["x.item()", "x[()]"]),
    "tolist": (gradient(lambda x: sum(x.tolist())), ["x.tolist()", "list(x)"]),
    "astype": (gradient(lambda x: x.astype(int).sum()), ["x.astype(int64)", "np.floor(x)"]),
    "a format": (gradient(lambda x: float(f"{x[0]:.3f}")), ["f'{x:.3f}'", "dr.value(x)"]),
    "pickle": (gradient(lambda x: pickle.loads(pickle.dumps(x)).sum()), ["pickling x", "dr.value(x)"]),
    "ctypes": (gradient(lambda x: x.ctypes.data), ["x.ctypes", "dr.value(x).ctypes"]),
    "view": (gradient(lambda x: x.view(np.int64).sum()), ["x.view", "x.astype"]),
    "as_integer_ratio": (gradient(lambda x: x[0].as_integer_ratio()[0]), ["x.as_integer_ratio()", "dr.value(x)"]),
    "an index": (gradient(lambda x: x[x[0]]), ["index", "int(dr.value(i))"]),
    "a count": (gradient(lambda x: sum(range(x[0]))), ["a count", "int(dr.value(x))"]),
    # ---- writing
    "a plain array": (gradient(stored), ["z[i] = x", "from dualrev import numpy as np", "z[0] = x[0]"]),
    "np.array of float": (gradient(lambda x: np.array([x[0], 1.0], float).sum()), ["np.array(..., float)", "np.stack"]),
    "in place": (gradient(lambda x: operator.iadd(np.zeros(3), x).sum()), ["a += x", "a = a + x"]),
    "out=": (gradient(lambda x: np.add(x, 1.0, out=np.zeros(3)).sum()), ["np.add(..., out=a)", "a = a + x"]),
    "np.copyto": (gradient(lambda x: np.copyto(np.zeros(3), x)), ["np.copyto(a, x)", "from dualrev import numpy"]),
    "an array of integers": (gradient(into_integers), ["int64", "make it of floats", "z[0] = x[0]"]),
    "np.asarray in use": (gradient(shown_and_written), ["np.asarray", "np.array(x) for a copy", "y[0] = 1.0"]),
    "resize": (gradient(lambda x: x.resize(6)), ["x.resize(shape)", "np.resize(x, shape)"]),
    "setflags": (gradient(lambda x: x.setflags(write=False)), ["x.setflags", "leave it out"]),
    # ---- no rule
    "no rule": (gradient(lambda x: np.spacing(x).sum()), ["np.spacing", "dr.value(x)"]),
    "no rule for an argument": (
        gradient(lambda x: np.percentile(X, x[0])),
        ["np.percentile", "q", "dr.value(q)"],
    ),
    "no rule in SciPy": (gradient(lambda x: scipy.special.itstruve0(x[0])), ["itstruve0", "dr.custom"]),
    "no derivative in a parameter": (forward(lambda x: scipy.special.jv(x, 1.0), 0.5), ["jv", "argument 0"]),
    "no rule in dualrev.scipy": (
        gradient(lambda x: linalg.schur(np.outer(x, x))[0].sum()),
        ["scipy.linalg.schur", "dr.custom"],
    ),
    "a keyword of dualrev.scipy": (
        gradient(lambda x: linalg.eigh(np.diag(x), np.eye(3), type=2)[0].sum()),
        ["scipy.linalg.eigh", "type=2", "only type=1"],
    ),
    "an unknown keyword": (
        gradient(lambda x: SQUARE(x, scale=2.0).sum()),
        ["'scale'", "square"],
    ),
    # ---- other people's arrays
    "SciPy on objects": (gradient(lambda x: scipy.special.logsumexp(np.array([x[0], x[1]]))), ["dualrev.scipy"]),
    "a masked array": (gradient(lambda x: (x * np.ma.array([1.0, 2.0, 3.0])).sum()), ["MaskedArray", "x.filled()"]),
    "an array of objects": (gradient(lambda x: np.sum(x * np.array([1.0, "a", None], object))), ["'a'", "objects"]),
    # ---- after the end
    "kept in a list": (escapes, ["after the transformation", "dr.value(x)", "kept[0] * x"]),
    "swallowed": (gradient(swallowed, 1.0), ["float(x)", "`except`", "return math.exp(x)"]),
    # ---- what is differentiated
    "an integer": (gradient(lambda x: x**2, 3), ["an integer", "3.0 in place of 3"]),
    "an array of integers as x": (gradient(lambda x: x.sum(), np.arange(3)), ["integers", "x.astype(float)"]),
    "a boolean": (gradient(lambda x: x * 2.0, True), ["boolean", "1.0 in place of True"]),
    "a string": (gradient(lambda x: x, "1.0"), ["'1.0'", "nothing in it to differentiate"]),
    "a set": (gradient(lambda x: x, {1.0}), ["a set", "dict, list, tuple or dataclass"]),
    "None": (gradient(lambda x: x, None), ["None", "nothing in it to differentiate"]),
    "strings in an array": (gradient(lambda x: x, np.array(["a"])), ["dtype <U1", "float arrays"]),
    "an integer deep in a tree": (
        gradient(lambda p: p["w"][1] ** 2, {"w": [1.0, 2]}),
        ["['w'][1]", "2.0 in place of 2"],
    ),
    "no such argument": (lambda: dr.grad(lambda x: x, argnums=1)(1.0), ["argnums"]),
    "argnums of text": (lambda: dr.grad(lambda x: x, argnums="x")(1.0), ["argnums"]),
    # ---- what is returned
    "no scalar": (gradient(lambda x: x * 2.0), ["shape (3,)", "jacobian", ".sum()"]),
    "two values": (gradient(lambda x: (x[0], x[1])), ["2 values", "has_aux=True"]),
    "nothing": (gradient(lambda x: None), ["None", "return missing"]),
    "text": (gradient(lambda x: "done"), ["'done'", "return missing"]),
    "something else": (gradient(lambda x: {1.0}), ["f returned", "no number, array"]),
    "no pair": (lambda: dr.grad(lambda x: x[0], has_aux=True)(X), ["has_aux=True", "(y, aux)"]),
    "a complex value": (gradient(lambda z: (z * z).sum(), Z), ["complex", "real part"]),
    "a complex jacobian": (lambda: dr.jacobian(lambda z: z * z)(Z), ["complex", "real and imaginary parts"]),
    # ---- how a transform is called
    "jvp without tuples": (lambda: dr.jvp(np.sin, 1.0, 1.0), ["two tuples", "jvp(f, (x,), (v,))"]),
    "a tangent too few": (lambda: dr.jvp(np.multiply, (1.0, 2.0), (1.0,)), ["2 primals", "1 tangents"]),
    "a tangent that does not fit": (lambda: dr.jvp(np.sin, (X,), (np.ones(2),)), ["shape (2,)", "(3,)", "(K, ...)"]),
    "a cotangent that does not fit": (lambda: dr.vjp(np.sin, X)[1](np.ones(2)), ["cotangent", "(3,)"]),
    "a tangent of another tree": (lambda: dr.jvp(lambda p: p["a"], ({"a": 1.0},), ({"b": 1.0},)), ["['b']", "['a']"]),
    "a complex tangent": (lambda: dr.jvp(np.sin, (1.0,), (1j,)), ["complex", "real and its imaginary part"]),
    "an unknown mode": (lambda: dr.jacobian(np.sin, mode="backward")(X), ["backward", "reverse"]),
    "an unknown method": (lambda: dr.minimize(lambda x: x @ x, X, method="adam"), ["adam", "BFGS"]),
    "fit without starts": (lambda: dr.fit(lambda t, a: a * t, X, X), ["a"]),
    "a model of another length": (lambda: dr.fit(lambda t, a: a * t[1:], X, X, a=1.0), ["(2,)", "(3,)"]),
}


# Refused when the sweep comes back, or before f runs: no line of f is at fault, or it is no longer known.
WITHOUT_A_LINE = set(list(MESSAGES)[list(MESSAGES).index("an integer") :])


def refusal(name):
    with pytest.raises(dr.DualrevError) as caught, np.errstate(all="ignore"):
        MESSAGES[name][0]()
    return caught.value


@pytest.mark.parametrize("name", MESSAGES)
def test_a_message_names_the_call_the_line_and_what_to_write(name):
    error = refusal(name)
    for fragment in MESSAGES[name][1]:
        assert fragment in str(error)
    assert "Node" not in str(error) and "Dual(" not in str(error) and "\n" not in str(error)
    assert (error.place is None) == (name in WITHOUT_A_LINE)
    if error.place is not None:
        assert str(error).endswith(f" (at {error.place}: {error.place.text})")
        assert error.place.file == __file__


def test_all_of_them_can_be_read_in_review():
    assert len(MESSAGES) >= 60
    for name in MESSAGES:
        error = refusal(name)
        print(f"\n{name}\n{textwrap.indent(textwrap.fill(f'{type(error).__name__}: {error}', 110), '    ')}")
