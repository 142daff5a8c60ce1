"""Exceptions: each says what happened, in which operation, and what to write instead."""

from warnings import warn


class DualrevError(Exception):
    """Base of every error that dualrev raises on purpose."""


class LostDerivativeError(DualrevError, TypeError):
    """Something would have turned a traced value into a plain number, and its derivative into zero."""


class NoRuleError(DualrevError, NotImplementedError):
    """The operation, or one of its keyword arguments, has no derivative rule."""


class EscapedTracerError(DualrevError, RuntimeError):
    """A traced value was used after the transformation that made it had ended."""

    def __init__(self):
        super().__init__(
            "a traced value was used after the transformation that made it had ended (kept in a global, a list or a "
            "generator?): return it from the function, or keep dr.value(x)"
        )


class InputError(DualrevError, TypeError, ValueError):
    """An argument of a transform has the wrong type, dtype or shape."""


class NonFiniteError(DualrevError, FloatingPointError):
    """A derivative is infinite or NaN where the function itself is finite."""


class WrongDerivativeError(DualrevError, ArithmeticError):
    """A derivative that was to be trusted is not the derivative of the function."""


class SpectrumWarning(RuntimeWarning):
    """A derivative is nan: eigenvalues or singular values are equal, or zero, and the function is not smooth there."""


def warn_of_spectrum():
    warn(
        "this function of equal eigenvalues, or of equal or zero singular values, has no derivative here: nan. It takes"
        " one of them alone, or the choice of vectors; what does not, as the sum of a function of all values, "
        "or V f(w) V^T, has one. dualrev.why_nan says where",
        SpectrumWarning,
        stacklevel=3,
    )
