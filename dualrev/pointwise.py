"""`derivative`: of a function that works element by element, to any order."""

import numpy as np

from .boundary import as_floats
from .derived import Derived, check_function
from .errors import InputError
from .forward.jvp import jvp
from .shapes import shape, size
from .traced import Tracer


def derivative(f, order=1):
    """The derivative of an elementwise f, of any order: ``derivative(np.tanh, 4)(x)`` is tanh'''' at each x.

    It is forward mode inside forward mode, once for each order, along all elements at once: the Jacobian of f is
    diagonal, and this is its diagonal.

    Parameters
    ----------
    f : callable
        A function of one number, or of an array element by element, plain NumPy code.
    order : int
        0 gives f itself. The cost doubles with each order.

    Returns
    -------
    callable
        Takes x and returns an array of its shape.

    Raises
    ------
    InputError
        If order is no whole number, or f does not work element by element: use `grad`, `jacobian` or `hessian`.

    Source: Griewank & Walther (2008), chapter 13, for what is cheaper at high orders.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> dr.derivative(np.sin, 2)(np.array([0.5, 1.0])).round(4)
    array([-0.4794, -0.8415])
    >>> dr.derivative(lambda x: x**5, 4)(1.0)
    np.float64(120.0)
    """
    check_function(f, "derivative")
    if not isinstance(order, (int, np.integer)) or isinstance(order, bool) or order < 0:
        raise InputError(
            f"order={order!r}: write a whole number, 0 or more; the point comes after: derivative(f, 2)(x)"
        )
    return Pointwise(f, int(order))


class Pointwise(Derived):
    made_by = "derivative"

    def __init__(self, f, order):
        super().__init__(f)
        self.order = order

    def __call__(self, x):
        (x,) = as_floats((x,))
        if not self.order:
            return self.f(x)
        if size(x) > 1 and not isinstance(x, Tracer):
            refuse_mixing(self.f, x)
        return sloped(self.f, self.order)(x)


def sloped(f, order):
    """f differentiated so many times."""
    return f if not order else lambda x: slope(sloped(f, order - 1), x)


def slope(f, x):
    """The tangent of f along ones."""
    y, dy = jvp(f, (x,), (np.ones(shape(x))[()],))
    if isinstance(y, (tuple, list, dict)) or shape(y) != shape(x):
        raise InputError(
            f"derivative takes an f that works element by element: this one returns {shaped(y)} for x of shape "
            f"{shape(x)}; use jacobian, or grad of a scalar"
        )
    return dy


def shaped(y):
    return f"a {type(y).__name__}" if isinstance(y, (tuple, list, dict)) else f"shape {shape(y)}"


def refuse_mixing(f, x):
    """J r = (J 1) r for every r where J is diagonal: it is tried with one r of random signs and sizes."""
    r = np.random.default_rng(0).uniform(0.5, 2.0, shape(x)) * np.random.default_rng(1).choice([-1.0, 1.0], shape(x))
    with np.errstate(all="ignore"):
        along, ones = jvp(f, (x,), (r,))[1], slope(f, x)
        far = np.abs(along - ones * r) > 1e-6 * np.maximum(np.abs(ones), np.max(np.abs(ones), initial=0.0))
    if shape(along) == shape(x) and far.any():
        at = "][".join(map(str, np.argwhere(far)[0]))
        raise InputError(
            f"derivative takes an f that works element by element: element [{at}] of this one depends on other "
            "elements of x too; use jacobian"
        )
