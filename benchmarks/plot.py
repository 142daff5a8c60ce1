"""The ratios as a picture: one line per workload, on a logarithmic axis."""


def plot(rows, title, ax=None):
    """Draw the rows of a report; returns the axes."""
    if ax is None:
        from matplotlib.figure import Figure

        ax = Figure(figsize=(9, 1.6 + 0.27 * len(rows)), layout="constrained").add_subplot()
    heights = range(len(rows), 0, -1)
    ax.hlines(heights, 0.1, 1e5, color="0.92", linewidth=0.8, zorder=0)
    ax.axvline(1, color="0.3", linewidth=1, zorder=1)
    for y, row in zip(heights, rows, strict=True):
        ax.plot([row["lower"], row["upper"]], [y, y], color="C0", linewidth=2, solid_capstyle="butt")
    ax.plot([r["ratio"] for r in rows], heights, "o", color="C0", markersize=6, label="dualrev, uncompiled")
    ax.plot([r["goal"] for r in rows], heights, "|", color="k", markersize=11, markeredgewidth=1.6, label="goal")
    draw_autograd(ax, rows, heights)
    finish(ax, rows, heights, title)
    return ax


def draw_autograd(ax, rows, heights):
    seen = [(row["autograd"], y) for row, y in zip(rows, heights, strict=True) if "autograd" in row]
    if seen:
        ax.plot(*zip(*seen, strict=True), "o", color="C1", markersize=6, markerfacecolor="none", label="autograd")


def finish(ax, rows, heights, title):
    largest = max(max(row["ratio"], row["goal"], row.get("autograd", 0)) for row in rows)
    ax.set(xscale="log", xlim=(0.8, 1.5 * largest), ylim=(0.3, len(rows) + 0.7))
    ax.set_yticks(heights, [row["name"] for row in rows])
    ax.xaxis.set_major_formatter("{x:g}")
    ax.set_xlabel("time / time of the derivative written by hand in NumPy (1 = as fast; less is better)")
    ax.set_title(title, fontsize=10, loc="left")
    ax.tick_params(axis="y", length=0)
    ax.spines[["top", "right", "left"]].set_visible(False)
    ax.legend(loc="lower right", fontsize=9)


def save(rows, title, path):
    path.parent.mkdir(parents=True, exist_ok=True)
    plot(rows, title).figure.savefig(path, dpi=150)
