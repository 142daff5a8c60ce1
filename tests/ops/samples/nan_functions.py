"""Sample calls of the nan-functions: dualrev/ops/nan_functions.py."""

import numpy as np

from tests.ops.sample import DIFFERENCES, Sample, real

NAN = "np.where(np.eye(3, 4) > 0, np.nan, x)"  # one nan in each row, none in the last column


def nan_reductions(name, twin=None):
    ways = [
        ("x", "", real(2, 3)),
        ("x", "", real()),
        (NAN, "", real(3, 4)),
        (NAN, ", axis=1", real(3, 4)),
        (NAN, ", axis=(-1, 0), keepdims=True", real(3, 4)),
        ("x", ", axis=-1", np.zeros((0, 3))),
    ]
    return [Sample(f"{name}({x}{kw})", p, twin=twin) for x, kw, p in ways]


# fmt: off
SAMPLES = {
    np.nansum:     nan_reductions("np.nansum"),
    np.nanmean:    nan_reductions("np.nanmean"),
    np.nanprod:    [*nan_reductions("np.nanprod"), Sample("np.nanprod(np.where([True, False, True, True], x, np.nan))", np.array([0.0, 2.0, 3.0, 1.5]))],
    np.nanmax:     nan_reductions("np.nanmax", DIFFERENCES),
    np.nanmin:     nan_reductions("np.nanmin", DIFFERENCES),
    np.nanvar:     [*nan_reductions("np.nanvar", DIFFERENCES), Sample("np.nanvar(np.where([True, False, True, True], x, np.nan), ddof=1)", real(4), twin=DIFFERENCES)],
    np.nanstd:     [Sample("np.nanstd(np.where([True, False, True, True], x, np.nan))", real(4), twin=DIFFERENCES),
                    Sample(f"np.nanstd({NAN}, axis=0, ddof=1, keepdims=True)", real(3, 4), twin=DIFFERENCES)],
    np.nancumsum:  [Sample("np.nancumsum(np.where([True, False, True], x, np.nan))", real(3)), Sample("np.nancumsum(np.where([True, False, True], x, np.nan), axis=-2)", real(2, 3)),
                    Sample("np.nancumsum(x)", real(2, 3)), Sample("np.nancumsum(x)", np.zeros(0))],
    np.nancumprod: [Sample("np.nancumprod(np.where([True, False, True], x, np.nan))", real(3)), Sample("np.nancumprod(x, axis=1)", real(2, 3))],
}
# fmt: on
