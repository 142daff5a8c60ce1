"""How numbers are written: at every border between two units, and for numbers that are none."""

import pytest

from dualrev.units import bytes_text, count_text, difference_text, ratio_text, seconds_text, significant

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    ("seconds", "spread", "text"),
    [
        (2.5e-7, None, "0.250 us"),
        (999.4e-6, None, "999 us"),
        (999.6e-6, None, "1.00 ms"),  # not 1000 us
        (0.9996, None, "1.00 s"),
        (1234.0, None, "1234 s"),
        (0.0, None, "0 us"),
        (14.9e-3, 0.4e-3, "14.9 +- 0.4 ms"),
        (2.0, 0.003, "2.00 +- 0.003 s"),  # in the unit of the seconds
        (2.0, NAN, "2.00 s"),
        (NAN, 1.0, "-"),
        (INF, None, "-"),
    ],
)
def test_seconds(seconds, spread, text):
    assert seconds_text(seconds, spread) == text


@pytest.mark.parametrize(
    ("count", "text"),
    [
        *[(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (9_600, "9.6 kB"), (41_200, "41 kB"), (123_456, "123 kB")],
        *[(999_400, "999 kB"), (999_600, "1.0 MB"), (2**26, "67 MB"), (999_700_000, "1.0 GB"), (5e12, "5000 GB")],
        *[(None, "-"), (NAN, "-")],
    ],
)
def test_bytes(count, text):
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (1000, "1,000"), (246_000.4, "246,000"), (None, "-"), (INF, "-")]
)
def test_counts(count, text):
    assert count_text(count) == text


@pytest.mark.parametrize(
    ("difference", "text"), [(0.0, "0"), (2.22e-16, "2.2e-16"), (31.0, "3.1e+01"), (NAN, "not finite")]
)
def test_differences(difference, text):
    assert difference_text(difference) == text


@pytest.mark.parametrize(
    ("ratio", "text"), [(1.0, "1.0x"), (9.94, "9.9x"), (9.96, "10x"), (71.3, "71x"), (1234.5, "1,234x")]
)
def test_ratios(ratio, text):
    assert ratio_text(ratio) == text


@pytest.mark.parametrize(
    ("x", "digits", "text"),
    [
        *[(0.0, 3, "0"), (9.996, 3, "10.0"), (99.96, 3, "100"), (0.0009996, 3, "0.00100"), (-21.34, 3, "-21.3")],
        *[(1234.5, 2, "1234"), (0.96, 1, "1"), (0.04, 1, "0.04")],
    ],
)
def test_significant_digits(x, digits, text):
    assert significant(x, digits) == text
