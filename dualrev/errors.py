"""Exceptions: each says what happened, in which operation, and what to write instead."""

from typing import Any
from warnings import warn


class DualrevError(Exception):
    """Base of every error that dualrev raises on purpose.

    place: the line of the user's code that was refused, where known. noted: the sweeps that remember
    it, weakly.
    """

    place: Any = None
    noted: tuple[Any, ...] = ()

    def __str__(self) -> str:
        text = f": {self.place.text}" if self.place and self.place.text else ""
        return super().__str__() + (f" (at {self.place}{text})" if self.place else "")


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


class ChangedArrayError(DualrevError, ValueError):
    """A plain array was changed after a traced operation had used it, and a sweep needs it as it was."""


class InputError(DualrevError, TypeError, ValueError):
    """An argument of a transform has the wrong type, dtype or shape."""


class NoArrayError(InputError):
    """Something that is to meet a traced value is no array: a sparse matrix, None, a quantity with a unit."""


class NonFiniteError(DualrevError, FloatingPointError):
    """A derivative is infinite or NaN where the function itself is finite."""


class NonFiniteWarning(RuntimeWarning):
    """A derivative was infinite or NaN in one mode, and the other was asked: it says which components, and of what."""


class WrongDerivativeError(DualrevError, ArithmeticError):
    """A derivative that was to be trusted is not the derivative of the function."""


class DifferencesWarning(UserWarning):
    """A fit takes differences, since the model has no exact derivative."""


class WrongDerivativeWarning(RuntimeWarning):
    """A derivative that was checked is wrong, or could not be told right."""


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
