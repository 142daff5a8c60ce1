"""A referee of drawings: it knows rectangles, and the curves of the SVG, and nothing of how they were placed."""

from itertools import combinations, pairwise

import numpy as np

from dualrev.program.layout import Rect


def flaws(layout, wires, groups):
    """What is wrong with a drawing, one sentence each."""
    labels = {f"label {k}": route.label for k, route in enumerate(layout.routes) if route.label.width}
    nodes = {f"node {k}": rect for k, rect in enumerate(layout.nodes)}
    headers = {f"header {k}": box.header for k, box in enumerate(layout.groups)}
    boxes = {f"box {k}": box.rect for k, box in enumerate(layout.groups)}
    page = Rect(0, 0, layout.width, layout.height)
    found = overlaps(labels | nodes | headers)
    found += [f"{a} leaves the page" for a, rect in (labels | nodes | boxes).items() if not page.holds(rect)]
    found += crossed_by_lines(layout, wires, labels | nodes | headers)
    found += [f"line {k} goes up" for k, r in enumerate(layout.routes) if any(b.y < a.y for a, b in pairwise(r.points))]
    found += loose_ends(layout, wires)
    return found + misplaced(layout, groups, labels)


def overlaps(rects):
    """The pairs of rectangles that overlap."""
    names, (x, y, width, height) = list(rects), np.array(list(rects.values())).T
    inside = (x[:, None] < (x + width) - 1e-6) & (y[:, None] < (y + height) - 1e-6)
    pairs = np.argwhere(np.triu(inside & inside.T, 1))
    return [f"{names[a]} overlaps {names[b]}" for a, b in pairs]


def crossed_by_lines(layout, wires, rects):
    """The lines that pass through a rectangle: not the border of their own nodes."""
    names, table = list(rects), np.array(list(rects.values()))
    low, high = table[:, :2] + 0.01, table[:, :2] + table[:, 2:] - 0.01
    found = []
    for k, route in enumerate(layout.routes):
        points = sampled(route.points)[:, None]
        hit = ((low < points) & (points < high)).all(axis=2).any(axis=0)
        found += [f"line {k} of {wires[k][:2]} passes through {names[r]}" for r in np.flatnonzero(hit)]
    return found


def sampled(points, steps=24):
    """Points along a route: on each piece the Bezier curve of the SVG, which is vertical at both ends."""
    t = np.linspace(0, 1, steps)[:, None]
    pieces = []
    for (x0, y0), (x1, y1) in pairwise(points):
        middle = (y0 + y1) / 2
        corners = np.array([[x0, y0], [x0, middle], [x1, middle], [x1, y1]])
        weights = np.hstack([(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t**2 * (1 - t), t**3])
        pieces.append(weights @ corners)
    return np.vstack(pieces)


def loose_ends(layout, wires):
    """A line leaves from the lower side of its parent and arrives on the upper side of its child."""
    found = []
    for k, (wire, route) in enumerate(zip(wires, layout.routes, strict=True)):
        parent, child = layout.nodes[wire.parent], layout.nodes[wire.child]
        begin, end = route.points[0], route.points[-1]
        if not (parent.x < begin.x < parent.right and abs(begin.y - parent.bottom) < 1e-6):
            found.append(f"line {k} does not begin at node {wire.parent}")
        if not (child.x < end.x < child.right and abs(end.y - child.y) < 1e-6):
            found.append(f"line {k} does not end at node {wire.child}")
    return found


def misplaced(layout, groups, labels):
    """A node is inside the boxes of its group and outside all others; boxes are nested or apart."""
    found = []
    for k, (rect, path) in enumerate(zip(layout.nodes, groups or [()] * len(layout.nodes), strict=True)):
        around = [box.path for box in layout.groups if box.rect.overlaps(rect)]
        if sorted(around) != [path[:depth] for depth in range(1, len(path) + 1)]:
            found.append(f"node {k} of {path} is in the boxes {around}")
        found += [f"node {k} leaves a box" for b in layout.groups if b.rect.overlaps(rect) and not b.rect.holds(rect)]
    for a, b in combinations(layout.groups, 2):
        nested = a.path == b.path[: len(a.path)] and len(a.path) < len(b.path) and a.rect.holds(b.rect)
        if a.rect.overlaps(b.rect) and not nested:
            found.append(f"box {a.path} overlaps {b.path}")
    for box in layout.groups:
        cut = [name for name, rect in labels.items() if box.rect.overlaps(rect) and not box.rect.holds(rect)]
        found += [f"{name} is cut by box {box.path}" for name in cut]
        if not box.rect.holds(box.header):
            found.append(f"the name of box {box.path} is outside it")
    return found
