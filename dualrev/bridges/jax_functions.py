"""`to_jax`: a function of NumPy as one of JAX, with both derivatives, of every order, and vmap.

The value is a callback. The derivative is one linear map, a primitive of its own: J v by `jvp`, transposed J^T w by
`vjp`; its own derivative is that of J v as a function of NumPy, by the same primitive.
"""

from collections.abc import Callable
from functools import cache, partial
from typing import Any

import numpy as np

from ..derived import check_function
from ..errors import InputError
from .asked import asked_for
from .flat import Flat, Pulled, Pushed, Rounded, check_floats


def to_jax(f: Callable[..., Any], *, out: Any = None) -> Callable[..., Any]:
    """The function of JAX that calls f, plain NumPy code: for `jax.jit`, `grad`, `jvp`, `vjp`, `jacobian`, `vmap`.

    f runs on the host, in double precision, and its derivatives are those of dualrev: J v in forward mode, w^T J in
    reverse, of any order. JAX itself keeps single precision unless told otherwise, and rounds what goes in and comes
    out: ``jax.config.update("jax_enable_x64", True)`` before anything else keeps all digits.

    Parameters
    ----------
    f : callable
        A function of floats, float arrays and pytrees of them, plain NumPy code, without side effects: JAX may call it
        more or less often than it looks. Integers and other constants are handed on as they are; under `jit` they must
        be static.
    out : array, jax.ShapeDtypeStruct or pytree of them, optional
        What the result looks like. JAX has to know before it has the numbers; by default f is called once for each
        combination of shapes, on the arguments where they are known, else on ones.

    Returns
    -------
    callable
        Of the arguments of f, JAX arrays or pytrees of them, by position.

    Raises
    ------
    ImportError
        If JAX is not installed.
    InputError
        If f returns numbers that are not real floats, or is given integers or complex numbers that JAX traces.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> import jax  # doctest: +SKIP
    >>> f = dr.to_jax(lambda x: np.sum(np.sin(x) ** 2))  # doctest: +SKIP
    >>> jax.grad(jax.jit(f))(jax.numpy.array([1.0, 2.0]))  # doctest: +SKIP
    Array([ 0.9092974, -0.7568025], dtype=float32)
    """
    check_function(f, "to_jax", at="dr.to_jax(f)")
    jax = asked_for("jax", "dr.to_jax")
    known: dict[Any, tuple[Leaves, tuple[Any, ...], Any]] = {}

    def of_jax(*args: Any) -> Any:
        leaves, tree = jax.tree_util.tree_flatten(args)
        given = [x if is_real(jax, x) else constant(jax, x) for x in leaves]
        floats = [jax.numpy.asarray(x) for x in given if is_real(jax, x)]
        key = tree, *(x.shape if is_real(jax, x) else identity(x) for x in map(shaped, given))
        if key not in known:
            flat = Leaves(jax, f, tree, [None if is_real(jax, x) else (x,) for x in given])
            known[key] = flat, *look(jax, flat, floats, out)
        flat, outs, structure = known[key]
        found = on_host().bind(*floats, f=flat, n=len(floats), way="value", outs=outs, lead=())
        return jax.tree_util.tree_unflatten(structure, found)

    of_jax.__name__, of_jax.__doc__ = getattr(f, "__name__", "f"), f.__doc__
    return of_jax


class Leaves:
    """f as a function of the floating-point leaves of its arguments. constants: per leaf, (x,) or None for a float."""

    def __init__(self, jax: Any, f: Callable[..., Any], tree: Any, constants: list[tuple[Any] | None]):
        self.jax, self.f, self.tree, self.constants = jax, f, tree, constants

    def result(self, floats: Any) -> tuple[list[Any], Any]:
        """What f returns, as leaves and their structure."""
        rest = iter(floats)
        leaves = [next(rest) if fixed is None else fixed[0] for fixed in self.constants]
        return self.jax.tree_util.tree_flatten(self.f(*self.jax.tree_util.tree_unflatten(self.tree, leaves)))

    def __call__(self, *floats: Any) -> list[Any]:
        return self.result(floats)[0]


def is_real(jax: Any, x: Any) -> bool:
    return type(x) is float or (hasattr(x, "dtype") and jax.numpy.issubdtype(x.dtype, jax.numpy.floating))


def constant(jax: Any, x: Any) -> Any:
    """x, which no derivative is taken of, as NumPy's."""
    if isinstance(x, jax.core.Tracer):
        raise InputError(
            f"dr.to_jax: an argument of dtype {x.dtype} is traced by JAX, and only real floating-point ones can be: "
            "make it a float, or a constant (static_argnums of jit, or a closure)"
        )
    return np.asarray(x) if isinstance(x, jax.Array) else x


def shaped(x: Any) -> Any:
    return np.asarray(x) if type(x) is float else x


def identity(x: Any) -> Any:
    """What tells one constant from another."""
    return (x.dtype.str, x.shape, x.tobytes()) if isinstance(x, np.ndarray) else (type(x), x)


def look(jax: Any, flat: Leaves, floats: list[Any], out: Any) -> tuple[tuple[Any, ...], Any]:
    """((shape, dtype) of each leaf of the result, its structure): as told, or by calling f once."""
    if out is None:
        traced = [isinstance(x, jax.core.Tracer) for x in floats]
        point = [np.ones(x.shape)[()] if t else np.array(x, np.float64)[()] for x, t in zip(floats, traced)]
        try:
            with np.errstate(all="ignore"):
                ys, structure = flat.result(point)
        except Exception as error:
            if any(traced):
                error.add_note("dr.to_jax called f on ones, to see what it returns: say it instead, to_jax(f, out=...)")
            raise
    else:
        ys, structure = jax.tree_util.tree_flatten(out)
        ys = [np.zeros(y.shape, y.dtype) if hasattr(y, "dtype") else y for y in ys]
    check_floats(ys, "dr.to_jax")
    return tuple([(np.shape(y), jax.numpy.asarray(np.asarray(y)).dtype) for y in ys]), structure


# ---- the primitive ---------------------------------------------------------------------------------------------------

FLAT = {"value": lambda f, n: f, "push": Pushed, "pull": Pulled}


@cache
def on_host() -> Any:
    """The primitive of JAX that calls NumPy: ``bind(*x, *vectors, f, n, way, outs, lead)``.

    way: "value" of f at x, "push" for J v or "pull" for J^T w, both linear in the vectors, which have `lead` before
    their shapes. n: how many arrays x are. outs: (shape, dtype) of what f returns.
    """
    asked_for("jax", "dr.to_jax")
    from jax.extend.core import Primitive
    from jax.interpreters import ad, batching, mlir

    primitive = Primitive("dualrev")
    primitive.multiple_results = True
    primitive.def_impl(call_back)
    primitive.def_abstract_eval(results)
    mlir.register_lowering(primitive, mlir.lower_fun(call_back, multiple_results=True))
    ad.primitive_jvps[primitive] = partial(differentiated, ad)
    ad.primitive_transposes[primitive] = partial(transposed, ad)
    batching.primitive_batchers[primitive] = batched
    return primitive


def results(*args: Any, f: Flat, n: int, way: str, outs: Any, lead: Any) -> list[Any]:
    """What a call gives: of which shapes and dtypes."""
    from jax.core import ShapedArray

    like = outs if way != "pull" else [(x.shape, x.dtype) for x in args[:n]]
    return [ShapedArray(lead + shape, dtype) for shape, dtype in like]


def call_back(*args: Any, **how: Any) -> Any:
    import jax

    expected = [jax.ShapeDtypeStruct(y.shape, y.dtype) for y in results(*args, **how)]
    made = Rounded(FLAT[how["way"]](how["f"], how["n"]), tuple([y.dtype for y in expected]))
    return jax.pure_callback(made, tuple(expected), *args, vmap_method="sequential")


def differentiated(ad: Any, args: Any, tangents: Any, *, f: Flat, n: int, way: str, outs: Any, lead: Any) -> Any:
    """The rule of forward mode. Where x moves under J v, that is a function of x and v with a J of its own."""
    how = {"f": f, "n": n, "way": way, "outs": outs, "lead": lead}
    found, along = on_host().bind(*args, **how), [ad.instantiate_zeros(t) for t in tangents]
    if way != "value" and all(type(t) is ad.Zero for t in tangents[:n]):
        return found, on_host().bind(*args[:n], *along[n:], **how)
    made, like = FLAT[way](f, n), tuple([(y.shape, y.dtype) for y in found])
    return found, on_host().bind(*args, *along, f=made, n=len(args), way="push", outs=like, lead=())


def transposed(ad: Any, cts: Any, *args: Any, n: int, way: str, **how: Any) -> Any:
    """The rule of reverse mode: J^T w for J v, and J v for J^T w."""
    back = on_host().bind(*args[:n], *map(ad.instantiate_zeros, cts), n=n, way=OTHER[way], **how)
    return [None] * n + [ct if ad.is_undefined_primal(v) else None for ct, v in zip(back, args[n:], strict=True)]


OTHER = {"push": "pull", "pull": "push"}


def batched(args: Any, axes: Any, *, n: int, way: str, lead: Any, **how: Any) -> Any:
    """The rule of vmap: many vectors at one x in one sweep, else one call after another."""
    import jax

    size = next(x.shape[axis] for x, axis in zip(args, axes) if axis is not None)
    rows = [x if axis is None else jax.numpy.moveaxis(x, axis, 0) for x, axis in zip(args, axes)]
    if way != "value" and lead == () and all(axis is None for axis in axes[:n]):
        vectors = [
            jax.numpy.broadcast_to(v, (size, *v.shape)) if axis is None else v for v, axis in zip(rows[n:], axes[n:])
        ]
        found = on_host().bind(*rows[:n], *vectors, n=n, way=way, lead=(size,), **how)
    else:
        moving = [x for x, axis in zip(rows, axes) if axis is not None]

        def one(row: Any) -> Any:
            rest = iter(row)
            given = [x if axis is None else next(rest) for x, axis in zip(rows, axes)]
            return on_host().bind(*given, n=n, way=way, lead=lead, **how)

        found = jax.lax.map(one, moving)
    return found, [0] * len(found)
