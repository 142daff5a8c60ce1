"""Operators of other libraries that come first and would take a traced operand apart: they hand it over to ours.

`S @ x` calls the method of S, a sparse matrix, which neither asks for `__array_ufunc__` nor leaves the product to x. So
its methods, and those of linear operators and of pandas' products, are wrapped, once, when a function is first
differentiated after the library was imported: a traced operand takes our way, any other one that of the library.
"""

import operator
import sys
from functools import wraps
from importlib import import_module

import numpy as np

from .errors import NoRuleError
from .shapes import ndim
from .traced import OBJECT, Tracer, holds_tracer, operand, values

COMPARISONS = "__eq__ __ne__ __lt__ __le__ __gt__ __ge__".split()
# What makes another sparse matrix of a sparse one and something else.
SPARSE_RESULTS = "__mul__ __rmul__ multiply __imul__ __truediv__ __itruediv__ __pow__ power setdiag".split()
DENSE_RESULTS = "__add__ __radd__ __sub__ __rsub__ __iadd__ __isub__ maximum minimum tensordot".split()


def is_traced(x):
    """Is x a traced value, or are there some in it? Lists are looked into, and arrays of objects."""
    if type(x) is np.ndarray:
        return x.dtype is OBJECT and any(isinstance(item, Tracer) for item in x.flat)
    return holds_tracer(x)


def handing_over(plain, ours):
    """The method `plain`, which leaves a traced operand to ``ours(self, other)``."""

    @wraps(plain)
    def method(self, other, *args, **kwargs):
        return ours(self, other) if is_traced(other) else plain(self, other, *args, **kwargs)

    return method


def hand_over(classes, name, ours):
    """Wrap the method `name` in every one of the classes that defines it itself."""
    for cls in classes:
        plain = vars(cls).get(name)
        if callable(plain):
            setattr(cls, name, handing_over(plain, ours))


# ---- scipy.sparse ----------------------------------------------------------------------------------------------------


def products():
    return import_module(".ops.sparse_products", __package__)


def after(S, x):
    """S @ x."""
    return products().sparse_matmul(vector_or_matrix(x), S=products().kept(S))


def before(S, x):
    """x @ S."""
    return products().matmul_sparse(vector_or_matrix(x), S=products().kept(S))


def vector_or_matrix(x):
    x = operand(x)
    if not ndim(x):
        raise no_sparse_result("s * S")
    return x


def no_sparse_result(what):
    return NoRuleError(
        f"{what} would be a sparse matrix that holds traced values, which there is not: a product with it distributes, "
        "(s * S) @ v is s * (S @ v) and (S * x) @ v is S @ (x * v); or go on with the dense S.toarray()"
    )


def refuse_sparse(name):
    def refuse(S, x):
        raise no_sparse_result(f"{type(S).__name__}.{name} of a traced value")

    return refuse


def refuse_dense(name):
    def refuse(S, x):
        raise NoRuleError(f"{type(S).__name__}.{name} of a traced value is dense: write S.toarray() in place of S")

    return refuse


def of_sparse(sparse):
    """Wrap the methods of the sparse matrices and arrays."""
    formats = [getattr(sparse, f"{name}_{kind}") for name in FORMATS for kind in ("array", "matrix")]
    classes = {cls for one in formats for cls in one.__mro__ if cls.__module__.startswith("scipy.sparse")}
    for name in ("__matmul__", "dot"):
        hand_over(classes, name, after)
    hand_over(classes, "__rmatmul__", before)
    for name in SPARSE_RESULTS:
        hand_over(classes - {sparse.spmatrix}, name, refuse_sparse(name))
    hand_over([sparse.spmatrix], "__mul__", after)  # of the older classes this is the product of matrices
    hand_over([sparse.spmatrix], "__rmul__", before)
    hand_over([sparse.spmatrix], "__pow__", refuse_sparse("__pow__"))
    for name in DENSE_RESULTS:
        hand_over(classes, name, refuse_dense(name))
    for name in COMPARISONS:
        hand_over(classes, name, lambda S, x, name=name: getattr(S, name)(values(operand(x))))


FORMATS = "bsr coo csc csr dia dok lil".split()


# ---- linear operators ------------------------------------------------------------------------------------------------


def applied(A, x):
    """A @ x."""
    x = operand(x)
    if not ndim(x):
        raise NoRuleError("a LinearOperator times a traced number: write s * (A @ v) in place of (s * A) @ v")
    return products().apply_operator(x, A=A)


def of_operators(linalg):
    for name in ("dot", "matvec", "matmat", "__mul__"):
        hand_over([linalg.LinearOperator], name, applied)
    for name in ("rmatvec", "rmatmat"):
        hand_over([linalg.LinearOperator], name, lambda A, x: applied(A.H, x))
    for name in ("_rdot", "__rmul__"):
        hand_over([linalg.LinearOperator], name, lambda A, x: applied(A.T, operand(x).T).T)


# ---- pandas and xarray -----------------------------------------------------------------------------------------------


def of_pandas(pandas):
    """Their products: the other operators of pandas leave a traced operand to us by themselves."""
    for name in ("dot", "__matmul__"):
        hand_over([pandas.Series, pandas.DataFrame], name, lambda s, x: np.dot(operand(s), operand(x)))
    hand_over([pandas.Series, pandas.DataFrame], "__rmatmul__", lambda s, x: np.dot(operand(x), operand(s)))


def of_xarray(xarray):
    for name in OPERATORS:
        take = getattr(operator, f"__{name}__")
        classes = {cls for cls in xarray.DataArray.__mro__ if cls.__module__.startswith("xarray")}
        hand_over(classes, f"__{name}__", lambda s, x, take=take: take(operand(s), x))
        hand_over(classes, f"__r{name}__", lambda s, x, take=take: take(x, operand(s)))


OPERATORS = "add sub mul truediv floordiv mod pow eq ne lt le gt ge".split()

# ---- meeting the libraries -------------------------------------------------------------------------------------------

MEET = {
    "scipy.sparse": of_sparse, "scipy.sparse.linalg": of_operators, "pandas": of_pandas, "xarray": of_xarray
}  # fmt: skip
seen = 0  # how many modules were loaded when it was last looked which libraries are there


def meet_libraries():
    """Wrap the methods of the libraries that have been imported since; is there one?"""
    global seen
    seen = len(sys.modules)
    new = [name for name in MEET if name in sys.modules]
    for name in new:
        MEET.pop(name)(import_module(name))  # which waits while another thread is importing it
    return bool(new)
