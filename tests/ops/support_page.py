"""Writes docs/supported.md: what the registry has, and to how many digits its samples agree with the referee.

``python -m tests.ops.support_page``, at the root of the repository, measures everything anew; it takes a minute.
"""

import textwrap
import warnings
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules

import numpy as np
import scipy.special

import tests.ops.samples as filed
from dualrev.kinds import over
from dualrev.registry import OPS
from tests.ops import support_lists as lists
from tests.ops.sample import SHIPPED
from tests.ops.samples import CONSTANTS
from tests.ops.support_rows import Row, row, samples_of

PAGE = Path(__file__).parents[2] / "docs" / "supported.md"
HEADS = ["op", "kind", "domain", "kinks", "samples", "referee", "forward", "reverse", "order 2"]
SPECIAL, OWN, ZERO = "scipy.special", "dualrev's own, in which others are said", "Constants: the derivative is zero"

# Heading -> files of rules or of samples. An op without a rule of its own in one of them goes by its samples.
HEADINGS = {
    "NumPy, elementwise": "elementwise",
    "Reductions and statistics": "reduce reduction_arguments nan_functions order_statistics statistics",
    "Shape": "shape assembly padding",
    "Indexing, selection, sorting": "index selection",
    "Linear algebra": "contract linalg decompositions eigenvalues systems least_squares matrix_functions triangular",
    "Fourier transforms": "fft cosine_transforms",
    "Polynomials and signals": "polynomials convolution signal splines",
    "Complex numbers": "complex_parts complex_arrays",
}
FILES = {
    module.name: getattr(import_module(f"{filed.__name__}.{module.name}"), "SAMPLES", {})
    for module in iter_modules(filed.__path__)
}

INTRO = """\
# What dualrev differentiates

Made by `python -m tests.ops.support_page` from the registry of rules and the samples that test them.
Nothing here is typed by hand: do not edit it.

## Does it know my function?

`dr.supports(f, *x)` runs f once, and lists the calls that have no rule, with their lines:

    >>> import numpy as np
    >>> import dualrev as dr

    >>> def f(x):
    ...     return np.sum(np.spacing(x) * np.sin(x))

    >>> found = dr.supports(f, np.ones(3))
    >>> bool(found), [missing.function for missing in found.missing]
    (False, ['np.spacing'])
    >>> bool(dr.supports(lambda x: np.linalg.det(np.outer(x, x) + np.eye(3)), np.ones(3)))
    True

## How to read the tables

- **kind**: how the rule is written. *elementwise*: a partial derivative per argument. *reduction*: one
  per element, then a sum. *linear*, *argwise*, *indexing*: maps and their transposes. *differential*:
  d out as in a textbook. *composite*: said in other ops. *constant*: the derivative is zero.
- **domain**: where a ufunc of one number is finite, found by evaluating it for x from -31.5 to 31.5.
- **kinks**: where it is not smooth, or jumps, in its arguments x and y. *ties*: the largest, or two
  neighbours in order, are equal. *of max*: said in an op that has them; look there.
- **referee**: the independent derivative. *step*: the complex step, good to the last digit. *diff*:
  central differences of order 8, good to 11 to 14 digits, which is then all that the digits can show.
- **forward**, **reverse**: to how many digits the Jacobian agrees with the referee in each mode: -log10 of
  the largest error relative to the largest entry, rounded down, at most 16; the worst of the samples.
  Where an op has samples for both referees there are two numbers, in the order of the referees.
- **order 2**: the same of a Hessian times a vector, the worst of all four orders of the two modes,
  against differences of the gradient."""


# ---- which op stands where -------------------------------------------------------------------------------------------


def contents():
    """Heading -> ops by name, in the order of the page."""
    found = {heading: [] for heading in (*HEADINGS, SPECIAL)}
    for op in sorted(SHIPPED, key=lambda op: OPS[op].name):
        found.setdefault(heading_of(op), []).append(op)
    last = {heading: found.pop(heading) for heading in (ZERO, OWN)}
    return {heading: ops for heading, ops in (found | last).items() if ops}


def heading_of(op):
    """By the file of its rule, else by those of its samples; a file that is not in HEADINGS is its own heading."""
    if hasattr(op, "plain") or op in CONSTANTS:
        return OWN if hasattr(op, "plain") else ZERO
    if OPS[op].name.startswith(SPECIAL):
        return SPECIAL
    files = [rule_file(op), *(name for name, samples in FILES.items() if op in samples)]
    known = [heading for file in files for heading, names in HEADINGS.items() if file in names.split()]
    return known[0] if known else files[-1].replace("_", " ").capitalize()


def rule_file(op):
    """The name of the file in dualrev/ops that has its formulas; "" if they are numbers."""
    rule = OPS[op].rule
    formulas = [OPS[op].composite, getattr(rule, "formula", None), getattr(rule, "partial", None)]
    formulas += [p.q if isinstance(p, over) else p for p in getattr(rule, "partials", ())]
    modules = [getattr(formula, "__module__", None) for formula in formulas if callable(formula)]
    return modules[0].rpartition(".")[2] if modules and modules[0] else ""


# ---- Markdown --------------------------------------------------------------------------------------------------------


def table(heads, rows):
    """A table with aligned columns; one that is empty in all rows is left out."""
    kept = [k for k in range(len(heads)) if any(cells[k] for cells in rows)]
    lines = [[cells[k] for k in kept] for cells in (heads, *rows)]
    widths = [max(len(cells[k]) for cells in lines) for k in range(len(kept))]
    said = ["| " + " | ".join(c.ljust(w) for c, w in zip(cells, widths, strict=True)) + " |" for cells in lines]
    return [said[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *said[1:], ""]


def paragraph(text, indent=""):
    return [*textwrap.wrap(text, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False), ""]


def bullets(items):
    return [line for item in items for line in paragraph(f"- {item}", "  ")[:-1]] + [""]


def names(some):
    return ", ".join(f"`{name}`" for name in some)


def cells(r: Row):
    several = [" ".join(map(str, some)) for some in (r.referees, r.forward, r.reverse, r.order2)]
    return [f"`{r.name.removeprefix(SPECIAL + '.')}`", r.kind, r.domain, r.kinks, str(r.samples), *several]


# ---- the page --------------------------------------------------------------------------------------------------------


def page():
    lines = [INTRO, "", f"{len(SHIPPED)} ops, {sum(len(samples_of(op)) for op in SHIPPED)} samples.", ""]
    for heading, ops in contents().items():
        lines += [f"## {heading}", "", *table(HEADS, [cells(row(op)) for op in ops])]
    return "\n".join([*lines, *methods(), *scipy_parts(), *refusals()]).rstrip() + "\n"


def methods():
    rows = [
        [f"`np.{u.__name__}`", *(said(lists.method_digits(u, m)) for m in lists.METHODS)] for u in lists.binary_ufuncs()
    ]
    has, has_not = lists.array_names()
    return [
        "## Methods of ufuncs", "",
        *paragraph("Digits of the Jacobian against differences, the fewer of both modes; blank: refused by name."),
        *table(["ufunc", *lists.METHODS], rows),
        "## Methods of arrays", "",
        *paragraph(f"A traced array has {names(has)}."), *paragraph(f"It has no {names(has_not)}."),
    ]  # fmt: skip


def said(found):
    return "" if found is None else str(found)


def scipy_parts():
    lines = ["## dualrev.scipy", ""] + paragraph(
        "SciPy's ufuncs differentiate where they stand. What SciPy writes in Python does not hand traced arguments on; "
        "these do, under the same names and with the same signatures."
    )
    for part in lists.PARTS:
        lines += [f"### dualrev.scipy.{part}", "", *paragraph(names(lists.covered(part)))]
        keywords = lists.refused_keywords(part).items()
        lines += [*paragraph("Keywords without a rule, refused unless at their defaults:")] if keywords else []
        lines += bullets(f"{given}: in {names(some)}" for given, some in keywords) if keywords else []
    return lines


def refusals():
    lines = ["## Refused by name", "", "No rule, and what to write instead:", ""]
    lines += bullets(f"{names(some)}: {reason}" for reason, some in lists.instead().items())
    lines += ["What would lose the derivative:", "", *bullets(lists.losses())]
    lines += ["No derivative is known in some arguments, counted from 0; a plain number is taken there:", ""]
    lines += bullets(f"{k}: of {names(some)}" for k, some in lists.refused_arguments().items())
    lines += paragraph(f"Of whole numbers, bits, dates and files, in `np`: {names(lists.without_rule(np))}.")
    lines += paragraph(f"No rule yet, in `{SPECIAL}`: {names(lists.without_rule(scipy.special))}.")
    for part in lists.PARTS:
        found = lists.refused_in(part)
        lines += paragraph(f"For plain arguments only, in `dualrev.scipy.{part}`: {names(found)}.") if found else []
    return lines


def main():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        text = page()
    PAGE.write_text(text, encoding="utf-8", newline="\n")
    print(f"{PAGE.name}: {len(SHIPPED)} ops")


if __name__ == "__main__":
    main()
