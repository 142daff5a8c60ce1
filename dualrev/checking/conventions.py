"""What is returned as the slope of an op where it has none: by dualrev, JAX, PyTorch and autograd.

Source: JAX 0.10.2 and autograd 1.9.1 as measured in float64; PyTorch 2.13 as its derivatives.yaml and its notes on
functions that are not differentiable have it.
"""

LIBRARIES = ("dualrev", "JAX", "PyTorch", "autograd")

NONE = "no rule"
SHARED = ("shared by the ties",) * 4
TAKEN = ("that of the branch taken",) * 4
ZERO = ("0",) * 4

CONVENTIONS: dict[str, tuple[str, str, str, str]] = {
    "absolute": ("0", "1", "0", "0"),
    "fabs": ("0", "1", "0", "0"),
    "maximum": ("1/2", "1/2", "1/2 (relu: 0)", "1/2"),
    "minimum": ("1/2", "1/2", "1/2", "1/2"),
    "fmax": ("1/2", "0 and 1", "1 and 0", "1/2"),
    "fmin": ("1/2", "0 and 1", "1 and 0", "1/2"),
    "clip": ("1/2", "1/2", "1", "0"),
    **dict.fromkeys(("max", "amax", "min", "amin"), SHARED),
    "sort": ("that of the order found",) * 4,
    "argsort": ("that of the order found",) * 4,
    "norm": ("0", "nan", "0", "nan"),
    "norm of order 1": ("0", "1", "0", NONE),
    "hypot": ("0", "1/2", "nan", "nan"),
    "std": ("0", "nan", "0", "nan"),
    "power": ("0", "nan (0 for an integer)", "0", "0"),
    "root": ("inf", "inf", "inf", "raises"),
    "sign": ZERO,
    "signbit": ZERO,
    **dict.fromkeys(("floor", "ceil", "trunc", "fix", "rint", "round", "around", "floor_divide"), ZERO),
    "remainder": ("1",) * 4,
    "fmod": ("1", "1", "1", NONE),
    "heaviside": ("0", "0", NONE, NONE),
    "copysign": ("0", "1", "0", NONE),
    "arctan2": ("that of the angle",) * 4,
    **dict.fromkeys(("less", "less_equal", "greater", "greater_equal", "equal", "not_equal", "isclose"), TAKEN),
    **dict.fromkeys(("argmax", "argmin"), TAKEN),
}


def conventions_of(op: str) -> dict[str, str]:
    """The slope that each library returns for an op at its kink; {} if it is not known."""
    return dict(zip(LIBRARIES, CONVENTIONS[op])) if op in CONVENTIONS else {}
