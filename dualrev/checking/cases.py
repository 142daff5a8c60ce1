"""A failure to explain: the points, the programs there, and which derivatives are wrong."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any, TypeVar

import numpy as np
from numpy import ndarray

from .functions import Claimed
from .places import TRUST, Place, places_of
from .routes import Route, program_of, routes_of

T = TypeVar("T")
ROWS = 3  # outputs whose routes are looked at
NAMED = 3  # inputs, or outputs, that are named one by one


class Case:
    """The claim to explain.

    wrong: (m, columns), where it is wrong, at one point at least. recorded: the program at each place; None where f
    cannot be recorded. programs: the same, if they are alike; else [].
    """

    def __init__(self, subject: Claimed, places: list[Place]):
        self.subject, self.places = subject, places
        self.wrong = np.logical_or.reduce([p.wrong for p in places])
        self.columns = places[0].columns
        self.recorded = [program_of(subject, p.x) for p in places]
        kinds = {() if g is None else tuple((v.op, v.parents) for v in g.values) for g in self.recorded}
        self.programs = [g for g in self.recorded if g is not None] if len(kinds) == 1 else []
        self.routes: list[list[list[Route]]] | None = None
        self.made: dict[Callable[..., Any], list[Any]] = {}

    def once(self, make: Callable[["Case"], Iterable[T]]) -> list[T]:
        """What `make` makes of this case; made once."""
        if make not in self.made:
            self.made[make] = list(make(self))
        return self.made[make]

    @classmethod
    def at(cls, subject: Claimed, points: Sequence[ndarray], suspects: set[int]) -> "Case":
        return cls(subject, places_of(subject, points, suspects))

    # ---- repairs -----------------------------------------------------------------------------------------------------

    def mended(self, repair: Callable[[Place], ndarray], where: ndarray | None = None) -> bool:
        """Is the repaired claim the truth, at all places, and not by chance?"""
        where = np.ones_like(self.wrong) if where is None else where
        made = [repair(p) for p in self.places]
        seen = [p.wrong & where & (np.abs(p.truth) > TRUST * p.error) for p in self.places]
        right = all(a.shape == p.truth.shape and p.near(a)[where].all() for p, a in zip(self.places, made))
        return right and bool(np.any(seen))

    # ---- routes through the programs ---------------------------------------------------------------------------------

    def rows(self) -> ndarray:
        """The outputs whose routes are known."""
        return np.flatnonzero(self.wrong.any(axis=1))[:ROWS]

    def all_routes(self) -> list[list[list[Route]]]:
        """Each route through the program: row by row, place by place."""
        if self.routes is None:
            found = [[list(routes_of(g, int(i), self.columns)) for g in self.programs] for i in self.rows()]
            tables = [[{r.key: r for r in routes} for routes in row] for row in found]
            models = {key: r for row in tables for routes in row for key, r in routes.items()}
            self.routes = [
                [[routes.get(key) or model.nothing() for routes in row] for row in tables]
                for key, model in models.items()
            ]
        return self.routes

    def spread(self, of: Callable[[Route], ndarray], route: list[list[Route]]) -> list[ndarray]:
        """What each route says, as a matrix per place; 0 in rows that are not known."""
        made = [np.zeros_like(p.truth) for p in self.places]
        for q, M in enumerate(made):
            for r, i in enumerate(self.rows()):
                M[i] = of(route[r][q])
        return made

    # ---- words -------------------------------------------------------------------------------------------------------

    def extent(self, where: ndarray) -> str:
        """Which derivatives `where` is about, to begin a sentence with; "" if it is all that are not 0."""
        some = np.logical_or.reduce([(np.abs(p.truth) > TRUST * p.error) & p.sure for p in self.places])
        if where[some].all():
            return ""
        columns, rows = np.flatnonzero(where.any(axis=0)), np.flatnonzero(where.any(axis=1))
        if len(rows) < len(where) and where[rows][:, some.any(axis=0)].all():
            return f"{listed([f'd{self.subject.outputs[i]}/dx' for i in rows])}: "
        return f"{listed([f'd/d{self.name(int(k))}' for k in columns])}: "

    def name(self, k: int) -> str:
        """Of column k."""
        return self.subject.names[self.columns[k]]

    def root(self, where: ndarray) -> str:
        """What the inputs of these columns are called, each by itself."""
        names = {self.name(int(k)) for k in np.flatnonzero(where.any(axis=0))}
        roots = {name.split("[")[0] for name in names}
        return names.pop() if len(names) == 1 else roots.pop() if len(roots) == 1 else "the input"


def listed(names: list[str], most: int = NAMED) -> str:
    """
    >>> listed(["a", "b", "c", "d", "e"])
    'a, b, c and 2 more'
    """
    more = len(names) - most
    return ", ".join(names[:most] if more > 1 else names) + (f" and {more} more" if more > 1 else "")
