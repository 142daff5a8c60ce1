"""A fit as HTML: estimates, quality, correlations; a plain table that needs nothing else."""

from html import escape

import numpy as np

from ..brief import MOST_LINES, few
from .fit_report import provenance, quality, remarks, strongest
from .fit_result import Fit


def card_of(fit: Fit) -> str:
    """The HTML of a fit."""
    side = 'style="text-align:right; padding:0 0.6em"'
    heads = "".join(f"<th {side}>{h}</th>" for h in ("estimate", "standard error", "relative", "95% interval"))
    intervals = fit.confidence()
    rows = []
    estimates = fit.estimates()
    for name, value, error, remark in estimates[:MOST_LINES]:
        low, high = intervals.get(name, (np.nan, np.nan))
        inside = f"{low:.6g} .. {high:.6g}" if np.isfinite(low) else ""
        relative = f"{abs(error / value):.2%}" if value and np.isfinite(error) and not remark else ""
        shown = remark if remark and remark != "tied" else f"{error:.4g}"
        cells = "".join(f"<td {side}>{escape(c)}</td>" for c in (f"{value:.8g}", shown, relative, inside))
        rows.append(f"<tr><td>{escape(name)}</td>{cells}</tr>")
    said = [
        *few([name for name, *_ in estimates], "see .estimates()")[MOST_LINES:],
        f"{fit.data.points} points, {len(fit.free)} free parameters, {fit.dof} degrees of freedom",
        ", ".join([*quality(fit), *strongest(fit)]),
        *remarks(fit),
        provenance(fit),
    ]
    notes = "".join(f"<div>{escape(line)}</div>" for line in said)
    caption = f"<caption>{escape(fit.evaluation.name)}</caption>"
    return f"<table>{caption}<thead><tr><th></th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody></table>{notes}"
