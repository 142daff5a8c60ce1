"""Terms that are missing, counted twice, overwritten, not summed: what yours lacks is what a route of the tape adds."""

from collections.abc import Callable, Iterator

import numpy as np
from numpy import ndarray

from .cases import Case
from .factors import EQUAL, constant_factor, quantity_said, ratio_of
from .routes import Route, text_of

Uses = list[list[list[Route]]]  # routes, row by row, place by place
MISSING, CHANGED, NAMED, UNNAMED, VARYING = range(5)  # of a term: the simplest first
MISTAKES = {
    "first": "only the first element along a broadcast axis is counted in {title}: it was not summed over that axis",
    "last": "only the last element along a broadcast axis is counted in {title}: it was not summed over that axis",
    "overwritten": "an index occurs several times in {title}, and only the last one counts: contributions must be "
    "added up, as np.add.at does, not overwritten (forgotten accumulation)",
    "flipped": "the kernel is to be turned round in the derivative of {title}",
    "transposed": "the transpose is missing in the derivative of {title}: J in place of J^T",
}


def terms(case: Case, where: ndarray, scope: ndarray) -> Iterator[str]:
    """Explanations by the routes through the programs, of `where`; in the scope nothing else may change."""
    if not case.programs:
        return
    known = np.zeros_like(case.wrong)
    known[case.rows()] = True
    where, scope = where & known, scope & known
    alone = single(case, where, scope)
    yield from (said for rank, said in alone if rank == MISSING)
    yield from overwritten(case, scope)
    yield from mistaken(case, scope)
    yield from (said for _, said in alone)


def uses_of(case: Case) -> dict[object, Uses]:
    """The uses of each input, or element of an input, that f reads several times."""
    uses: dict[object, Uses] = {}
    for route in case.all_routes():
        if route[0][0].use is not None and (route[0][0].child.op != "getitem" or is_part(route[0][0])):
            uses.setdefault(route[0][0].use, []).append(route)
    return {of: routes for of, routes in uses.items() if len(routes) > 1}


def overwritten(case: Case, scope: ndarray) -> Iterator[str]:
    """An input is used several times, and the contributions are assigned, not added up."""
    for routes in uses_of(case).values():
        adds = [case.spread(lambda r: r.adds, route) for route in routes]
        total = [np.sum(parts, axis=0) for parts in zip(*adds)]
        for k, route in enumerate(routes):
            title, count = route[0][0].title, len(routes)
            if mends(case, total, adds[k], 1.0, scope):
                yield (
                    f"only the use in {title} is counted, one of {count}: contributions must be added up, "
                    "not overwritten (forgotten accumulation)"
                )
            if mends(case, total, adds[k], float(count), scope):
                yield (
                    f"the use in {title} is counted {count} times, in place of each of the {count} once: they are not "
                    "the same (the gradient of x @ A @ x is (A + A.T) @ x; A is not symmetric)"
                )
        for order in (1, -1):
            left = [laid_over([parts[q] for parts in adds][::order]) for q in range(len(case.places))]
            if mends(case, total, left, 1.0, scope):
                yield (
                    f"the {len(routes)} uses of {case.root(scope)} overwrite each other where they overlap: "
                    "contributions must be added up (forgotten accumulation)"
                )


def is_part(route: Route) -> bool:
    """Is it a slice of an input?"""
    return route.parent.op == "input" and route.child.op == "getitem" and not route.child.scalar


def laid_over(parts: list[ndarray]) -> ndarray:
    """Each over the ones before, where it is not 0."""
    made = np.zeros_like(parts[0])
    for part in parts:
        made = np.where(part != 0, part, made)
    return made


def mends(case: Case, counted: list[ndarray], instead: list[ndarray], times: float, scope: ndarray) -> bool:
    """Is yours right once `counted` is put in place of times * `instead`?"""
    at = {id(p): q for q, p in enumerate(case.places)}
    return case.mended(lambda p: p.yours + counted[at[id(p)]] - times * instead[at[id(p)]], scope)


def mistaken(case: Case, scope: ndarray) -> Iterator[str]:
    """What a route adds came out of a usual mistake."""
    for route in case.all_routes():
        for kind in route[0][0].mistaken:
            if all(kind in one.mistaken for row in route for one in row):
                adds, instead = case.spread(lambda r: r.adds, route), case.spread(by_mistake(kind), route)
                if mends(case, adds, instead, 1.0, scope):
                    yield MISTAKES[kind].format(title=route[0][0].title) if kind in MISTAKES else kind


def by_mistake(kind: str) -> Callable[[Route], ndarray]:
    return lambda route: route.mistaken[kind]


def single(case: Case, where: ndarray, scope: ndarray) -> list[tuple[int, str]]:
    """One route is missing, counted twice, has the wrong sign, or a factor of its own; the simplest first."""
    found: list[tuple[int, str]] = []
    for route in case.all_routes():
        adds = case.spread(lambda r: r.adds, route)
        ratio = ratio_of(case, where, adds)
        if ratio is None:
            continue
        title, c = route[0][0].title, ratio.constant
        if c is not None and mends(case, adds, adds, c, scope):
            found.append(constant_said(c, case, route[0][0], title))
        elif c is None and not found:
            said = quantity_said(ratio, case, where)
            if said:
                found.append((VARYING, f"in the term through {title}, {said}"))
    return sorted(found, key=lambda one: one[0])


def other_use(case: Case, missing: Route) -> str:
    """Is what is missing one of two uses of an input, and no summand of its own?"""
    if missing.child.op in ("add", "subtract"):
        return ""
    for routes in uses_of(case).values():
        if len(routes) == 2 and any(np.array_equal(r[0][0].adds, missing.adds) for r in routes):
            return f"; only one of the 2 uses of {text_of(routes[0][0][0].parent)} is counted"
    return ""


def constant_said(c: float, case: Case, route: Route, title: str) -> tuple[int, str]:
    """How simple it is, and what it is."""
    if abs(c) <= EQUAL and route.child.parents.count(route.parent.index) == 2:
        u = text_of(route.parent) or route.parent.name
        return MISSING, f"half of the term through {title} is missing: both factors are {u}, and each counts"
    if abs(c) <= EQUAL:
        return MISSING, f"a term is missing: the one through {title}{other_use(case, route)}"
    if abs(c - 2) <= EQUAL:
        return CHANGED, f"a term is counted twice: the one through {title}"
    if abs(c + 1) <= EQUAL:
        return CHANGED, f"a term has the wrong sign: the one through {title}"
    if route.broadcast > 1 and abs(c * route.broadcast - 1) <= EQUAL:
        return CHANGED, f"the mean, not the sum, over a broadcast axis of {route.broadcast} elements: {title}"
    said = constant_factor(c, case)
    rank = UNNAMED if "constant factor" in said else NAMED
    return rank, f"the term through {title} is {c:.6g} times the right one: {said}"
