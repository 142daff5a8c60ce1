"""Sample calls of the order statistics, piecewise linear functions: dualrev/ops/order_statistics.py."""

import numpy as np

from tests.ops.sample import DIFFERENCES, Sample, real

METHODS = """inverted_cdf averaged_inverted_cdf closest_observation interpolated_inverted_cdf hazen weibull linear
    median_unbiased normal_unbiased lower higher midpoint nearest""".split()
EMPTY = np.zeros((0, 3))


def samples(*calls):
    return [Sample(code, x, twin=DIFFERENCES) for code, x in calls]


# fmt: off
SAMPLES = {
    np.median: samples(
        ("np.median(x)", real(5)), ("np.median(x)", real(6)), ("np.median(x)", real()), ("np.median(x)", real(2, 4)),
        ("np.median(x, axis=0)", real(4, 3)), ("np.median(x, axis=-1, keepdims=True)", real(2, 3)),
        ("np.median(x, (2, 0))", real(2, 3, 2)), ("np.median(x, axis=1)", EMPTY), ("np.median(x, overwrite_input=False)", real(3))),
    np.nanmedian: samples(
        ("np.nanmedian(x)", real(4)), ("np.nanmedian(np.where(np.eye(3, 4) > 0, np.nan, x), axis=1)", real(3, 4)),
        ("np.nanmedian(np.where(np.tri(4) > 0, x, np.nan), axis=-1, keepdims=True)", real(4, 4)),
        ("np.nanmedian(np.where(np.eye(2, 3) > 0, np.nan, x))", real(2, 3)), ("np.nanmedian(x, axis=(0, 1))", real(2, 2, 2))),
    np.quantile: [
        *samples(*[(f"np.quantile(x, 0.37, method={m!r})", real(7)) for m in METHODS]),
        *samples(("np.quantile(x, [0.1, 0.5, 1.0])", real(6)), ("np.quantile(x, [[0.25], [0.9]], axis=0)", real(4, 3)),
                 ("np.quantile(x, q=0.3, axis=(0, -1), keepdims=True)", real(2, 3, 2)), ("np.quantile(x, 0.0)", real()),
                 ("np.quantile(x, [0.2, 0.6], axis=1)", EMPTY), ("np.quantile(x, 0.4, axis=-2)", real(4, 2)),
                 ("np.quantile(x, 0.4, weights=[1.0, 2.0, 1.0, 3.0], method='inverted_cdf')", real(4)),
                 ("np.quantile(x, [0.4, 0.8], axis=1, weights=np.arange(1.0, 5), method='inverted_cdf')", real(2, 4)))],
    np.percentile: samples(
        ("np.percentile(x, 37)", real(5)), ("np.percentile(x, [0.0, 12.5, 99.0], axis=-1)", real(2, 5)),
        ("np.percentile(x, 60.0, method='hazen', keepdims=True)", real(2, 3))),
    np.nanquantile: samples(
        ("np.nanquantile(np.where(np.eye(3, 4) > 0, np.nan, x), [0.3, 0.8], axis=1)", real(3, 4)),
        ("np.nanquantile(np.where(np.tri(4) > 0, x, np.nan), 0.3, axis=1, method='weibull')", real(4, 4)),
        ("np.nanquantile(x, 0.5)", real(2, 3))),
    np.nanpercentile: samples(
        ("np.nanpercentile(np.where(np.eye(3, 4) > 0, np.nan, x), 30, axis=0)", real(3, 4)),
        ("np.nanpercentile(np.where(np.eye(3, 4) > 0, np.nan, x), [30, 70])", real(3, 4))),
}
# fmt: on
