"""How measured and counted numbers are written: seconds, bytes, flops, a difference, a ratio; and tables of them."""

from math import isfinite

MISSING = "-"


def seconds_text(seconds: float, spread: float | None = None) -> str:
    """Seconds with three digits, in the unit that fits, and +- the spread in the same unit.

    >>> seconds_text(0.000213), seconds_text(14.9e-3, 0.4e-3), seconds_text(float("nan"))
    ('213 us', '14.9 +- 0.4 ms', '-')
    """
    if not isfinite(seconds):
        return MISSING
    scale, unit = next(((s, u) for s, u in ((1.0, "s"), (1e-3, "ms")) if seconds >= 0.9995 * s), (1e-6, "us"))
    around = "" if spread is None or not isfinite(spread) else f" +- {significant(spread / scale, 1)}"
    return f"{significant(seconds / scale)}{around} {unit}"


def bytes_text(count: float | None) -> str:
    """Bytes with two digits or more, in powers of 1000.

    >>> bytes_text(960), bytes_text(9600), bytes_text(41_200), bytes_text(2.5e9), bytes_text(None)
    ('960 B', '9.6 kB', '41 kB', '2.5 GB', '-')
    """
    if count is None or not isfinite(count):
        return MISSING
    if count < 1000:
        return f"{count:.0f} B"
    scale, unit = next(((s, u) for s, u in ((1e9, "GB"), (1e6, "MB")) if count >= 0.9995 * s), (1e3, "kB"))
    return f"{significant(count / scale, 2)} {unit}"


def count_text(count: float | None) -> str:
    """A whole number with its thousands set apart.

    >>> count_text(246000), count_text(None)
    ('246,000', '-')
    """
    return MISSING if count is None or not isfinite(count) else f"{count:,.0f}"


def difference_text(difference: float) -> str:
    """
    >>> difference_text(2.22e-16), difference_text(0.0), difference_text(float("nan"))
    ('2.2e-16', '0', 'not finite')
    """
    if not isfinite(difference):
        return "not finite"
    return f"{difference:.1e}" if difference else "0"


def ratio_text(ratio: float) -> str:
    """
    >>> ratio_text(1.234), ratio_text(71.3), ratio_text(1234.5)
    ('1.2x', '71x', '1,234x')
    """
    return f"{ratio:,.0f}x" if ratio >= 9.95 else f"{ratio:.1f}x"


def significant(x: float, digits: int = 3) -> str:
    """At least so many significant digits, none of the whole part dropped, and no exponent.

    >>> significant(0.2134), significant(21.34), significant(1234.0), significant(0.04, 1), significant(9.999)
    ('0.213', '21.3', '1234', '0.04', '10.0')
    """
    if not x:
        return "0"
    whole = int(f"{abs(x):.{digits - 1}e}".partition("e")[2]) + 1  # digits before the point, once rounded
    return f"{x:.{max(digits - whole, 0)}f}"


def table_lines(cells: list[list[str]], gap: str = "  ") -> list[str]:
    """The lines of a table: the first column starts on the left, the others end on the right.

    >>> table_lines([["f", "flops"], ["sin", "1"]])
    ['f    flops', 'sin      1']
    """
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return [
        gap.join([row[0].ljust(widths[0]), *(c.rjust(w) for c, w in zip(row[1:], widths[1:], strict=True))])
        for row in cells
    ]
