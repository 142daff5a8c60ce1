"""Functions of plain NumPy, math and SciPy, rebuilt so that they take traced values: `plain`. See docs/plain.md.

A rebuilt function has the code, the defaults and the closure of the original over other globals, in which NumPy, math
and SciPy are dualrev's, and every function of Python that it reaches is rebuilt in the same way. Nothing is patched.
"""

from .functions import Plain, plain, rebuilt

__all__ = ["Plain", "plain", "rebuilt"]
