"""Arrays of objects, which plain np.array([...]) and np.asarray make of traced values: what NumPy does with them.

NumPy's loops for objects call methods of the elements, one after the other, and know no kinks, no nan and no
precision. Where something else than for numbers would come out it is mended here, or refused.
"""

import ast
import sys
from itertools import islice
from linecache import getlines
from opcode import opname
from typing import Any
from weakref import WeakValueDictionary

import numpy as np

from .errors import DualrevError, InputError, LostDerivativeError
from .source import expressions, is_library
from .traced import NUMBERS, holds_tracer, refused, value

INSTEAD = (
    "write np.stack([...]) in place of np.array([...]) or of a list, and x itself in place of np.asarray(x); or begin "
    "with `from dualrev import numpy as np`, whose array and asarray make traced arrays"
)
# What takes the larger or smaller of two objects: functions of NumPy in Python, and those in C by what the user writes.
REDUCING = frozenset({"_wrapreduction", "_amax", "_amin", "_clip", "_ptp"})
EXTREMA = frozenset({"maximum", "minimum", "fmax", "fmin", "clip", "reduce", "outer", None})

# ---- kinks and nan ---------------------------------------------------------------------------------------------------


def check_order(name, x, y):
    """x >= y and the like, of equal numbers or of nan: refused where NumPy asks, to take one of the two.

    Where Python's operator asks, or the user's own max or sorted, the answer is that for plain numbers.
    """
    frame = sys._getframe(2)
    code, at = frame.f_code, frame.f_lasti
    if code.co_name == "trimcoef" and is_numpys(frame) and abs(value(frame.f_locals["c"][-1])) <= value(y):
        said = (
            f"{called(frame)} takes away coefficients that are exactly zero, and their derivatives: leave it out; the "
            "values of the polynomial are the same"
        )
        raise refused(LostDerivativeError(said), x, y)
    if x is y or opname[code.co_code[at]] == "COMPARE_OP":
        return
    inside, missing = is_numpys(frame), value(x) != value(x) or value(y) != value(y)
    if name in ("ge", "le"):
        taken = EXTREMA | {"accumulate"} if missing else EXTREMA
        taking = code.co_name in REDUCING if inside else last_name(code, at) in taken
    else:
        taking = inside and missing
    if taking:
        met = "nan, which it passes over" if missing else "a tie, where it takes the first and does not share the slope"
        raise LostDerivativeError(f"{called(frame)} met {met}, in {MADE}: {INSTEAD}.")


MADE = "an array of objects, which NumPy made of traced values"


def check_elements(plain):
    """Numbers that are about to be elements of an array of objects: refused where something would take them for others.

    Nobody asks the elements then, so it is looked up whether the function that is differentiated, or one that it has
    called, names what would.
    """
    if type(plain) in (float, np.float64) and -LARGEST <= plain <= LARGEST:
        return  # most of them, and quickly: NumPy looks at every number that is put into an array
    if np.iscomplexobj(plain):
        misled, why = BLIND_TO_COMPLEX, "takes complex numbers for real ones"
    elif np.all(np.isfinite(plain)):
        return
    else:
        misled, why = BLIND_TO_NAN, "leaves nan and inf as they are"
    frame: Any = sys._getframe(1)
    while frame is not None and not (frame.f_code.co_name == "run" and is_library(frame.f_code.co_filename)):
        code = frame.f_code
        named = code.co_names if not is_library(code.co_filename) else [code.co_name] if is_numpys(frame) else []
        for name in misled.intersection(named):
            raise LostDerivativeError(f"{name} {why} in {MADE}: {INSTEAD}.")
        frame = frame.f_back


LARGEST = sys.float_info.max
BLIND_TO_NAN = frozenset({"nan_to_num"})
BLIND_TO_COMPLEX = frozenset({
    "real", "imag", "angle", "norm", "isreal", "iscomplex", "isrealobj", "iscomplexobj", "real_if_close", "var", "std",
    "cov", "corrcoef",
})  # fmt: skip


def element(made):
    """What a method of an element gives to NumPy's loop for objects, which makes an array of it."""
    check_elements(value(made))
    return made


def root(sqrt):
    """np.sqrt of tracers; of a sum of squares that is 0, in NumPy's own norm or std, with the slope 0 of theirs."""

    def apply(x):
        plain = value(x)
        if type(plain) in NUMBERS and not plain and is_numpys(sys._getframe(2)):
            return x * np.sqrt(plain)
        return sqrt(x)

    return apply


# ---- coefficients that are zero --------------------------------------------------------------------------------------


def is_kept(x):
    """Is x, a traced zero, a coefficient that NumPy would leave out of a polynomial if it knew it to be 0?

    numpy.polynomial, and np.poly1d of a list, ask for that with x != 0. The value of the polynomial is the same with x
    and without; its derivative is not. Where a polynomial has another degree without x, and another result, that is
    refused.
    """
    frame: Any = sys._getframe(2)
    name, caller = frame.f_code.co_name, frame.f_back
    if not name.endswith(TRIMMING) or not is_numpys(frame):
        return False
    if caller.f_code.co_name == "<listcomp>":  # which has a frame of its own before Python 3.12
        caller = caller.f_back
    of_input = caller.f_code.co_name == "as_series"
    if name.endswith("div") or (of_input and caller.f_back.f_code.co_name.endswith(("roots", "companion"))):
        said = (
            f"{called(frame)} met a polynomial whose last coefficient is exactly zero and traced: with another number "
            "there its degree is another one, and what comes out, too. Leave that coefficient out, c[:-1]"
        )
        raise refused(LostDerivativeError(said), x)
    if name == "_arg_trim_zeros":
        if caller.f_back.f_code.co_name != "__init__":  # of np.poly1d
            return False
        of_input = frame.f_locals["filt"].flat[0] is not x  # those in front count
    if not of_input:
        KEPT[id(x)] = x
    return True


TRIMMING = ("trimseq", "line", "mulx", "int", "div", "_arg_trim_zeros")  # how the names of NumPy's functions end
KEPT: WeakValueDictionary[int, Any] = WeakValueDictionary()


def check_length(array):
    """Coefficients that f returns: refused if NumPy has fewer of them."""
    if KEPT and any(KEPT.get(id(x)) is x for x in array.flat):
        raise LostDerivativeError(
            "f returned coefficients of a polynomial of which NumPy leaves out those that are exactly zero, whose "
            "derivatives are not: return values of the polynomial, or form the coefficients with np.convolve and sums"
        )


# ---- who is calling --------------------------------------------------------------------------------------------------


def is_numpys(frame):
    return frame.f_globals.get("__name__", "").startswith("numpy.")


def calling(code, at):
    """The function that is called at an instruction, as the user spelled it: a node of the syntax tree, or None."""
    span = next(islice(code.co_positions(), at // 2, None), None)
    return getattr(expressions(code.co_filename, tuple(getlines(code.co_filename))).get(span), "func", None)


def last_name(code, at):
    func = calling(code, at)
    return getattr(func, "attr", getattr(func, "id", None))


def called(frame):
    """The name of what the user called, from a frame inside it."""
    inner = None
    while frame.f_back is not None and is_library(frame.f_code.co_filename):
        inner, frame = frame, frame.f_back
    return spelled(frame.f_code, frame.f_lasti, inner)


def spelled(code, at, inner=None):
    func = calling(code, at)
    return ast.unparse(func) if func else f"{inner.f_code.co_name} of NumPy" if inner else "a function of NumPy"


# ---- errors of NumPy, in other words ---------------------------------------------------------------------------------

# What NumPy says where an element of an array of objects lacks a method, or a function does not take objects.
OF_OBJECTS = (
    *("which has no callable", "dtype('O')", "NPY_ITER_REFS_OK", "not supported for the input types", "dtype=object"),
    *(
        "convert type 'Node'",
        "convert type 'Dual'",
        "numpy.ndarray, not Node",
        "numpy.ndarray, not Dual",
        "unorderable types",
        "numpy.object_",
        "object arrays",
    ),
)
WRITTEN = (
    "a traced value was written into a plain array (z[i] = x, or np.array(..., float)), which would lose its "
    "derivative. Begin with `from dualrev import numpy as np`: its arrays take traced values; so does "
    "np.zeros_like(x). Or build the array with np.stack, np.concatenate, np.where or np.array([...]) without a dtype. "
    "dr.value(x) drops the derivative on purpose."
)


def refusal(error):
    """The error to raise in the place of one of NumPy or Python about arrays of objects; None if it is about others."""
    if not isinstance(error, (TypeError, ValueError, AttributeError, NotImplementedError)):
        return None
    lost = error if isinstance(error, LostDerivativeError) else error.__cause__
    lost = lost if isinstance(lost, LostDerivativeError) else None
    if isinstance(error, DualrevError) and not (lost and str(lost).startswith(PLAIN)):
        return None
    entry, inner = where(error.__traceback__)
    if entry is None:
        return None
    name = spelled(entry.tb_frame.f_code, entry.tb_lasti, inner[0].tb_frame if inner else None)
    if lost and (inner or name.endswith(".astype")):
        return LostDerivativeError(
            f"{name} takes plain numbers, and a traced value would lose its derivative in it: {INSTEAD}; what is in "
            "SciPy is in dualrev.scipy; dr.value(x) drops the derivative on purpose."
        )
    if lost:
        return LostDerivativeError(WRITTEN) if lost is not error else None
    lacking = isinstance(error, AttributeError) and isinstance(getattr(np, error.name or "", None), np.ufunc)
    if lacking or any(words in str(error) for words in OF_OBJECTS) or (inner and any(map(is_of_objects, inner))):
        return InputError(
            f"{name} was given an array of objects, which np.array or np.asarray made of traced values, or a list of "
            f"them, and cannot go on with it ({error}): {INSTEAD}; what is in SciPy is in dualrev.scipy."
        )
    return None


PLAIN = ("float(x)", "int(x)", "complex(x)")


def where(traceback):
    """(the last entry of a traceback in the user's code, those of NumPy and SciPy below it)."""
    entry, inner = None, []
    while traceback is not None:
        file = traceback.tb_frame.f_code.co_filename
        if not is_library(file):
            entry, inner = traceback, []
        elif traceback.tb_frame.f_globals.get("__name__", "").startswith(("numpy.", "scipy.")):
            inner.append(traceback)
        traceback = traceback.tb_next
    return entry, inner


def is_of_objects(entry):
    """Is a call of NumPy about arrays of objects, or lists, that hold traced values?"""
    given = entry.tb_frame.f_locals.values()
    return any(isinstance(v, (list, tuple, np.ndarray)) and holds_tracer(v) for v in given)
