"""Functions of functions: grad, value_and_grad, hvp; and the ways to leave the trace on purpose."""

from functools import partial

import numpy as np
from numpy import ndarray

from . import rescue
from .arguments import Argnames, Argnums, Arguments, Function, Tree, name_of
from .boundary import WHOLE, dtype_of, mean_of_sides
from .cotangents import ONE
from .derived import Derived, Named, check_argnums, check_function, shown
from .errors import InputError
from .forward.jvp import jvp
from .rescue import finite
from .restart import Plain, chosen
from .reverse.vjp import Recording
from .shapes import shape, size
from .traced import seen, values
from .tree import tree_map


def value_and_grad(
    f: Function, argnums: Argnums = 0, has_aux: bool = False, argnames: Argnames | None = None, plain: Plain = "auto"
) -> Function:
    """The function x -> (f(x), gradient of f at x), from one recording of f in reverse mode.

    Parameters
    ----------
    f : callable
        A scalar-valued function, plain NumPy code; an array of one number is one, too.
    argnums : int or tuple of int
        The positional arguments to differentiate with respect to; a tuple gives a tuple of gradients.
    has_aux : bool
        f returns ``(y, aux)``; then so does the new function: ``((y, aux), gradient)``. aux is not differentiated.
    argnames : str or tuple of str
        In place of argnums: the names of arguments, given by position or by name. A tuple gives a dict of gradients.
    plain : "auto", True or False
        "auto" starts f a second time, rebuilt as `dualrev.plain` does, if it is refused as it is, and remembers that;
        True takes it rebuilt at once; False never.

    Returns
    -------
    callable
        Takes the arguments of f. The value is that of f to the last bit; the gradient has the structure, shapes and
        dtypes of the arguments, in new arrays. Where an argument is complex, z = a + i b, it is df/da - i df/db.

    Raises
    ------
    InputError
        If y is not a real scalar (use `jacobian`, or ``.sum()``), or an argument is not floating point.

    Warns
    -----
    NonFiniteWarning
        Where components of the gradient are not finite in reverse mode, and finite in forward mode, which is asked for
        up to 256 of them (`rescue.MOST`) and whose numbers are taken. Said once by each function made.

    Source: Griewank & Walther (2008), section 3.2; a gradient costs a small multiple of f, whatever the size of x.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.value_and_grad(lambda x: np.sum(x**2))(np.array([1.0, 2.0]))
    (np.float64(5.0), array([2., 4.]))
    """
    if argnames is not None:
        return Named(partial(value_and_grad, has_aux=has_aux), chosen(f, plain), argnums, argnames)
    return ValueAndGrad(f, argnums, has_aux, plain)


class ValueAndGrad(Derived):
    made_by = "value_and_grad"

    def __init__(self, f, argnums, has_aux, plain):
        check_function(f, self.made_by)
        check_argnums(f, self.made_by, argnums, has_aux)
        if not isinstance(has_aux, (bool, np.bool_)):
            raise InputError(f"has_aux={shown(has_aux)}: write True or False")
        super().__init__(f)
        self.f = chosen(f, plain)
        self.argnums, self.has_aux = argnums, has_aux
        self.one_array = argnums == 0 and not has_aux

    def __call__(self, /, *args, **kwargs):
        return self.both(args, kwargs)

    def both(self, args, kwargs):
        """(value, gradient), or ((value, aux), gradient)."""
        f = self.f
        if self.one_array and len(args) == 1 and not kwargs and type(args[0]) is ndarray and args[0].dtype.kind == "f":
            recording = Recording(f, args, WHOLE)
            seed = seed_of(recording, f)
            grads = recording.pull((seed,), ())
            if not finite(grads[0]):
                grads = self.rescued(recording, seed, grads, Arguments(f, args, kwargs, 0))
            return recording.values[0], grads[0]
        call, aux = Arguments(f, args, kwargs, self.argnums, real=False), None
        if not self.has_aux:
            recording = call.record()
        else:

            def first(*chosen):
                nonlocal aux
                y, aux = pair_of(call(*chosen), f)
                return y

            recording = call.record(first)
        seed = seed_of(recording, f)
        grads = recording.pull((seed,), ())
        if not all(map(finite, grads)):
            grads = self.rescued(recording, seed, grads, call)
        y, g = recording.values[0], call.build(grads, self.argnums)
        return ((y, one_level_down(aux, recording)), g) if self.has_aux else (y, g)

    def rescued(self, recording, seed, grads, call):
        """`grads`, not all of them finite, with the numbers of forward mode where those are."""
        grads, found = rescue.gradient(recording, (seed,), grads)
        rescue.tell_once(self, found, "gradient", call.names, call.leaves)
        return grads


def pair_of(result, f):
    if not (isinstance(result, (tuple, list)) and len(result) == 2):
        raise InputError(f"has_aux=True, but {name_of(f)} did not return a pair (y, aux)")
    return result


def one_level_down(aux, recording):
    """aux, with the values that this transformation traced as it saw them itself."""

    def down(x):
        if isinstance(x, ndarray) and x.dtype == object:
            return np.array([down(item) for item in x.ravel()]).reshape(x.shape)
        return seen(mean_of_sides(x.primal)) if recording.traced(x) else x

    return tree_map(down, aux)


def seed_of(recording, f):
    """The cotangent 1 of the one number that f returned, which may be in an array, as x.T @ A @ x of columns is."""
    if len(recording.values) != 1:
        raise InputError(
            f"grad needs a scalar, and {name_of(f)} returned {len(recording.values)} values: return the one to "
            "differentiate (the others with has_aux=True), or use jacobian"
        )
    y = recording.values[0]
    if isinstance(y, float):  # np.float64 is one too
        return ONE
    if size(y) != 1:
        raise InputError(
            f"grad needs a scalar, and {name_of(f)} returned an array of shape {shape(y)}: use jacobian for all its "
            "derivatives, or reduce it, with .sum() for instance"
        )
    if dtype_of(y).kind == "c":
        raise InputError(f"grad needs a real scalar, and {name_of(f)} returned a complex one: return a real part of it")
    return np.ones(shape(y), dtype_of(y)) if shape(y) else ONE


def grad(
    f: Function, argnums: Argnums = 0, has_aux: bool = False, argnames: Argnames | None = None, plain: Plain = "auto"
) -> Function:
    """The function x -> gradient of the scalar-valued f at x, in reverse mode. See `value_and_grad`.

    With has_aux it returns ``(gradient, aux)``.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.grad(lambda p: p["a"] * p["b"] ** 2)({"a": 3.0, "b": 2.0})
    {'a': 4.0, 'b': 12.0}
    >>> dr.grad(lambda a, b: (b * b * a + 1) ** 2, argnames=("a", "b"))(1.0, b=3.0)
    {'a': 180.0, 'b': 120.0}
    """
    if argnames is not None:
        return Named(partial(grad, has_aux=has_aux), chosen(f, plain), argnums, argnames)
    return Grad(f, argnums, has_aux, plain)


class Grad(ValueAndGrad):
    made_by = "grad"

    def __call__(self, /, *args, **kwargs):
        y, g = self.both(args, kwargs)
        return (g, y[1]) if self.has_aux else g


def hvp(f: Function, x: Tree, v: Tree, plain: Plain = "auto") -> Tree:
    """Hessian of the scalar-valued f at x, times v: forward over reverse, at a small multiple of the cost of f.

    v has the structure and shapes of x, or ``(K,)`` before them for K products in one sweep; so has the result.

    Source: Pearlmutter (1994), Fast exact multiplication by the Hessian.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.hvp(lambda x: x[0] ** 2 * x[1], np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([4., 2.])
    """
    check_function(f, "hvp", at="dr.hvp(f, x, v)")
    return jvp(grad(f, plain=plain), (x,), (v,))[1]


# ---- leaving the trace -----------------------------------------------------------------------------------------------


def value(x: Tree) -> Tree:
    """The plain numbers in x, under all levels of tracing: for printing, and for branches that no derivative sees.

    x may be an array, a traced value, or a tree of them.

    >>> import dualrev as dr
    >>> dr.grad(lambda x: x * dr.value(x))(3.0)
    3.0
    """
    return tree_map(own_values, x)


def own_values(x):
    """`values` in an array that the caller may write into, as the trace still needs its own."""
    plain = values(x)
    return plain.copy("K") if type(plain) is ndarray and plain is not x else plain


def stop_gradient(x: Tree) -> Tree:
    """x as a constant: its derivative is zero, on purpose. The same as `value`, said of a formula.

    >>> import dualrev as dr
    >>> dr.grad(lambda x: x * dr.stop_gradient(x**2))(3.0)
    9.0
    """
    return value(x)
