"""Parameters by name: a tree of arrays on the user's side, one flat vector of the free ones on the optimiser's.

Between the two stand what is fixed, what is tied to other parameters, and smooth changes of variable. All of it is
plain NumPy, so that derivatives pass through.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy import ndarray

from ..boundary import first, paired
from ..errors import InputError
from ..shapes import shape, size
from ..tree import children, flatten, is_node, paths, rebuild, tree_map
from .transforms import Transform, transform_named

Tree = Any
Bound = tuple[Any, Any]
Ties = Mapping[str, Callable[[Tree], Any]]


class Parameters:
    """A tree of parameters and the flat vector of its free elements.

    Parameters
    ----------
    start : float, array, or dict, list, tuple or dataclass of them
        Where to start; numbers are taken as float64. A list of numbers is an array, as SciPy takes it.
    bounds : optional
        By name, ``{"a": (0, None), "w": (lower, upper)}``, None for no bound; or what SciPy takes: a ``Bounds`` or a
        sequence of pairs, one per element.
    fixed : optional
        Names of what stays at its start; or a dict of names and values.
    tie : dict, optional
        By name, a function of the tree of parameters: ``{"b": lambda p: 2 * p["a"]}``. Applied in the order given.
    transform : dict, optional
        By name, the change of variable that the optimiser works in: "log" for what is positive, "logit" for what lies
        between its two bounds.
    name : str
        What a start without names of its own is called.

    Attributes
    ----------
    names, free : list of str
        A name for every element, "w[3]"; those of the free ones, in the order of the flat vector.
    x0, lower, upper : float64 arrays, one element for each free one
        The start and the bounds, in the optimiser's variables.

    Raises
    ------
    InputError
        If the start is no finite real number inside its bounds, or a name, bound, tie or transform does not fit.

    Examples
    --------
    >>> p = Parameters({"a": 1.0, "w": [2.0, 3.0]}, fixed=["a"], bounds={"w": (0, 10)})
    >>> p.free, p.x0
    (['w[0]', 'w[1]'], array([2., 3.]))
    >>> p.plain(np.array([5.0, 6.0]))
    {'a': 1.0, 'w': array([5., 6.])}
    """

    def __init__(
        self,
        start: Tree,
        bounds: Any = None,
        fixed: Iterable[str] | Mapping[str, Any] = (),
        tie: Ties | None = None,
        transform: Mapping[str, str] | None = None,
        name: str = "x",
    ):
        self.name = name
        if type(start) is ndarray and start.dtype == np.float64:  # the common case, in the shortest time
            self.tree = start.copy()
            leaves, self.build = [self.tree], first
        else:
            self.tree = tree_map(array_of, as_tree(start))
            leaves, self.build = flatten(self.tree)
        self.shapes = [shape(x) for x in leaves]
        for k, x in enumerate(leaves):
            if not isinstance(x, float) and x.dtype.kind != "f":
                raise InputError(
                    f"the parameter {self.roots[k]} has dtype {x.dtype}: parameters are real numbers and arrays of them"
                )
        self.start = (
            leaves[0].ravel() if only(leaves) else np.concatenate([np.ravel(x) for x in leaves] or [np.zeros(0)])
        )
        if not self.start.size:
            raise InputError(f"there are no numbers among the parameters: {start!r}")
        self.tie = mapping(tie, "tie")
        self.tied = {key: self.matching(key, "tie") for key in self.tie}
        self.held = self.fix(fixed)
        self.all_free = not (fixed or tie)
        self.index = np.arange(len(self.start)) if self.all_free else np.flatnonzero(~self.held)  # of the free elements
        if not len(self.index):
            raise InputError("there is nothing to vary: every parameter is fixed or tied")
        lower, upper = self.bounds_of(bounds)
        self.check_start(lower, upper, bounds is not None)
        self.natural_lower, self.natural_upper = lower[self.index], upper[self.index]
        self.transforms = self.transforms_of(mapping(transform, "transform"))
        self.x0 = self.inward(self.start[self.index])
        self.lower, self.upper = self.inward(self.natural_lower, True), self.inward(self.natural_upper, True)
        self.bounded = bounds is not None and bool(np.isfinite(self.lower).any() or np.isfinite(self.upper).any())
        self.is_plain = self.all_free and not self.transforms and type(self.tree) is ndarray and self.tree.ndim == 1
        self.check_ties()

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in self.__dict__.items() if name != "build"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        self.build = first if type(self.tree) is ndarray else flatten(self.tree)[1]

    def __deepcopy__(self, memo: dict[int, Any]) -> "Parameters":
        return self  # nothing in it changes

    def without_functions(self) -> "Parameters":
        """A copy whose ties cannot be computed, but pickled."""
        made = object.__new__(type(self))
        made.__setstate__({**self.__getstate__(), "tie": dict.fromkeys(self.tie, lost)})
        return made

    @cached_property
    def roots(self) -> list[str]:
        """The name of each leaf of the tree."""
        return [spelled(path, self.name) for path in paths(self.tree)]

    @cached_property
    def names(self) -> list[str]:
        return [n for root, s in zip(self.roots, self.shapes, strict=True) for n in element_names(root, s)]

    @cached_property
    def free(self) -> list[str]:
        return [self.names[k] for k in self.index]

    # ---- from the optimiser to the user ------------------------------------------------------------------------------

    def unflatten(self, x: Any) -> Tree:
        """The tree of parameters for the flat vector x of the optimiser; x may be traced."""
        return x if self.is_plain else self.tree_of(self.everything(self.outward(x)))

    def plain(self, x: Any) -> Tree:
        """The tree for the plain flat vector x, in arrays of its own, with a float for each number."""
        x = np.array(x, np.float64)
        if self.is_plain:
            return x
        tree = self.unflatten(x)
        return tree_map(lambda leaf: np.array(leaf) if np.ndim(leaf) else float(leaf), tree)

    def outward(self, x: Any) -> Any:
        """The free elements themselves, from the optimiser's variables."""
        for where, change in self.transforms:
            x = np.where(where, change.outward(np.where(where, x, 0.0)), x)
        return x

    def everything(self, free: Any) -> Any:
        """All elements in one vector, from the free ones."""
        if self.all_free:
            return free
        full = np.where(self.held, self.start, free[self.position])
        for key, where in self.tied.items():
            full = self.with_tie(full, key, where)
        return full

    @cached_property
    def position(self) -> ndarray:
        """For every element its place among the free ones; of no meaning where it is held."""
        return np.maximum(np.cumsum(~self.held) - 1, 0)

    def with_tie(self, full: Any, key: str, where: ndarray) -> Any:
        """All elements, those at `where` computed by the tie."""
        made = self.tie[key](self.tree_of(full))
        if size(made) not in (1, len(where)):
            raise InputError(f"tie[{key!r}] gave {size(made)} numbers for {len(where)}")
        there = np.zeros(len(self.start), bool)
        there[where] = True
        spread = np.broadcast_to(np.reshape(made, (-1,)), (len(where),))
        return np.where(there, spread[np.maximum(np.cumsum(there) - 1, 0)], full)

    def tree_of(self, full: Any) -> Tree:
        """The tree that has the elements `full`."""
        if len(self.shapes) == 1 and len(self.shapes[0]) == 1:
            return self.build([full])
        leaves, offset = [], 0
        for s in self.shapes:
            n = int(np.prod(s))
            leaves.append(full[offset : offset + n].reshape(s) if s else full[offset])
            offset += n
        return self.build(leaves)

    # ---- from the user to the optimiser ------------------------------------------------------------------------------

    def flatten(self, tree: Tree) -> ndarray:
        """The flat vector of the optimiser for a tree of parameters of the same structure."""
        return self.inward(self.elements(tree, "value")[self.index])

    def elements(self, tree: Tree, what: str) -> ndarray:
        """All elements of a tree of the structure and shapes of the parameters, as a new float64 vector.

        what: the word for an element in messages, "gradient" for instance.
        """
        if isinstance(self.tree, (float, ndarray)) and not isinstance(tree, dict):  # no container: a list is an array
            tree = np.asarray(tree)
        given = tree_map(array_of, as_tree(tree))
        leaves = [given for given, _ in paired(given, self.tree, what, "parameter")]
        for root, x, want in zip(self.roots, leaves, self.shapes, strict=True):
            if np.shape(x) != want:
                raise InputError(f"the {what} of {root} has shape {np.shape(x)}, in place of {want}")
        return np.concatenate([np.ravel(x) for x in leaves]).astype(np.float64, copy=True)

    def inward(self, free: ndarray, bound: bool = False) -> ndarray:
        """The optimiser's variables, from the free elements themselves."""
        x = np.array(free, np.float64)
        for where, change in self.transforms:
            there = np.where(where, x, 0.5)
            x = np.where(where, change.bound(there) if bound else change.inward(there), x)
        return x

    # ---- what the user said, checked ---------------------------------------------------------------------------------

    def matching(self, name: Any, said: str) -> ndarray:
        """The positions of the elements that a name means: one element, a leaf, or all leaves below it."""
        found = [k for k, n in enumerate(self.names) if n == name or n.startswith((f"{name}[", f"{name}."))]
        if not found:
            raise InputError(f"{said} names {name!r}, and there is no such parameter: there are {listed(self.roots)}")
        return np.array(found)

    def fix(self, fixed: Iterable[str] | Mapping[str, Any]) -> ndarray:
        """Which elements are held, fixed or tied; the values given become their start."""
        held = np.zeros(len(self.start), bool)
        for name in [fixed] if isinstance(fixed, str) else fixed:
            where = self.matching(name, "fixed")
            if isinstance(fixed, Mapping):
                if held[where].any():
                    raise InputError(f"fixed gives {self.names[where[held[where]][0]]} two values")
                value = numbers(fixed[name], f"fixed[{name!r}]")
                if value.size not in (1, len(where)):
                    raise InputError(f"fixed[{name!r}] has {value.size} numbers for {len(where)}")
                self.start[where] = value
            held[where] = True
        seen = held.copy()
        for name, where in self.tied.items():
            if held[where].any():
                raise InputError(f"{name!r} is both fixed and tied: choose one")
            if seen[where].any():
                raise InputError(f"tie has {self.names[where[seen[where]][0]]} twice")
            seen[where] = True
        return seen

    def check_ties(self) -> None:
        """Each tie must have the right size, and may read only what is known before it."""
        if not self.tie:
            return
        known = self.start.copy()
        unknown = np.concatenate(list(self.tied.values()))
        known[unknown] = np.nan
        for key, where in self.tied.items():
            if not callable(self.tie[key]):
                raise InputError(f"tie[{key!r}] is a {type(self.tie[key]).__name__}: give a function of the parameters")
            with np.errstate(all="ignore"):
                full = np.asarray(self.with_tie(known, key, where), np.float64)
                if np.isnan(full[where]).any() and not np.isnan(self.with_tie(self.start, key, where)[where]).any():
                    raise InputError(
                        f"tie[{key!r}] reads itself or a parameter whose tie comes later: give ties in the order in "
                        "which they are computed"
                    )
            known = full

    def bounds_of(self, bounds: Any) -> tuple[ndarray, ndarray]:
        """The lower and upper bounds of all elements."""
        count = len(self.start)
        lower, upper = np.full(count, -np.inf), np.full(count, np.inf)
        if bounds is None:
            return lower, upper
        if isinstance(bounds, Mapping):
            seen = np.zeros(count, bool)
            for name, pair in bounds.items():
                where = self.matching(name, "bounds")
                if seen[where].any():
                    raise InputError(f"bounds has {self.names[where[seen[where]][0]]} twice")
                if any(set(where) & set(tied) for tied in self.tied.values()):
                    raise InputError(f"bounds[{name!r}]: a tied parameter has no bounds of its own")
                seen[where] = True
                lower[where], upper[where] = (one_each(b, name, len(where)) for b in pair_of(name, pair))
        else:
            lower, upper = bounds_pairs(bounds, count)
        for k in np.flatnonzero(~(lower <= upper)):
            raise InputError(f"the bounds of {self.names[k]} are {lower[k]} and {upper[k]}: the lower comes first")
        return lower, upper

    def check_start(self, lower: ndarray, upper: ndarray, bounded: bool) -> None:
        if not np.isfinite(self.start).all():
            bad = int(np.flatnonzero(~np.isfinite(self.start))[0])
            raise InputError(f"the start of {self.names[bad]} is {self.start[bad]}: give a finite number")
        if not bounded:
            return
        for k in np.flatnonzero(~self.held & ~((lower <= self.start) & (self.start <= upper))):
            raise InputError(
                f"the start of {self.names[k]} is {self.start[k]}, outside its bounds {lower[k]} and {upper[k]}"
            )

    def transforms_of(self, given: Mapping[str, str]) -> list[tuple[ndarray, Transform]]:
        """(which free elements, Transform) for each name in `given`."""
        made: list[tuple[ndarray, Transform]] = []
        for name, kind in given.items():
            where = np.isin(self.index, self.matching(name, "transform"))
            if not where.any():
                raise InputError(f"transform names {name!r}, which is fixed or tied")
            if any((where & other).any() for other, _ in made):
                raise InputError(f"transform has {name!r} twice")
            start, bounds = self.start[self.index], (self.natural_lower, self.natural_upper)
            made.append((where, transform_named(kind, name, where, *bounds, start)))
        return made


def lost(tree: Tree) -> Any:
    """In place of a tie that could not be pickled."""
    raise InputError(
        "the functions of tie= did not come through the pickle: define them at the top of a module, with def"
    )


def only(leaves: list[Any]) -> bool:
    """Is there one leaf, an array?"""
    return len(leaves) == 1 and type(leaves[0]) is ndarray


def mapping(given: Any, said: str) -> dict[str, Any]:
    if given is not None and not isinstance(given, Mapping):
        raise InputError(f"{said} is a {type(given).__name__}: write a dict by name")
    return dict(given or {})


def as_tree(start: Tree) -> Tree:
    """start, with every list or tuple of numbers in it as an array."""
    if not is_node(start):
        return start
    if type(start) in (list, tuple) and all(is_real(v) for v in start):
        return np.array(start, np.float64)
    return rebuild(start, [as_tree(child) for child in children(start)])


def is_real(v: Any) -> bool:
    return isinstance(v, (int, float, np.integer, np.floating)) and not isinstance(v, bool)


def array_of(x: Any) -> Any:
    """A leaf in float64: a number as a float, else a new array."""
    x = np.asarray(x)
    if x.dtype.kind not in "iuf":
        return x
    return float(x) if x.ndim == 0 else np.array(x, np.float64)


def numbers(x: Any, said: str) -> ndarray:
    """x as a float64 vector."""
    array = np.asarray(x)
    if array.dtype.kind not in "iuf":
        raise InputError(f"{said} is {x!r}: give real numbers")
    return np.ravel(array).astype(np.float64)


def spelled(path: str, name: str) -> str:
    """The path of a leaf as people write it: "['net']['w']" is net.w, "[0]" is x[0].

    >>> spelled("['net']['w']", "x"), spelled("[0]", "x"), spelled("", "x")
    ('net.w', 'x[0]', 'x')
    """
    if not path:
        return name
    dotted = re.sub(r"\['([A-Za-z_]\w*)'\]", r".\1", path)
    return dotted[1:] if dotted.startswith(".") else name + dotted


def element_names(root: str, of_shape: tuple[int, ...]) -> list[str]:
    if not of_shape:
        return [root]
    return [f"{root}[{', '.join(map(str, index))}]" for index in np.ndindex(*of_shape)]


def listed(names: Sequence[str], most: int = 12) -> str:
    return ", ".join(names[:most]) + ", ..." * (len(names) > most)


def pair_of(name: str, pair: Any) -> Bound:
    try:
        low, high = pair
    except (TypeError, ValueError):
        raise InputError(f"bounds[{name!r}] is {pair!r}: write a pair (lower, upper), None for no bound") from None
    return (-np.inf if low is None else low), (np.inf if high is None else high)


def one_each(bound: Any, name: str, count: int) -> ndarray:
    """The bound of each element of a parameter."""
    array = numbers(bound, f"bounds[{name!r}]")
    if array.size not in (1, count):
        raise InputError(f"bounds[{name!r}] has {array.size} numbers for {count}")
    return array


def bounds_pairs(bounds: Any, count: int) -> tuple[ndarray, ndarray]:
    """The lower and upper bounds of what SciPy takes: a Bounds, or a sequence of pairs."""
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        sides = [numbers(bounds.lb, "bounds.lb"), numbers(bounds.ub, "bounds.ub")]
        if any(side.size not in (1, count) for side in sides):
            raise InputError(f"bounds has {max(side.size for side in sides)} elements for {count} parameters")
        return np.array(np.broadcast_to(sides[0], count)), np.array(np.broadcast_to(sides[1], count))
    try:
        bounds = list(bounds)
    except TypeError:
        raise InputError(f"bounds is {bounds!r}: write a dict by name, SciPy's Bounds, or a list of pairs") from None
    if len(bounds) != count or any(np.size(pair) != 2 for pair in bounds):
        raise InputError(f"there are {len(bounds)} bounds for {count} parameters: give a pair (lower, upper) for each")
    pairs = [pair_of(f"{k}", pair) for k, pair in enumerate(bounds)]
    low, high = ([float(numbers(b, f"bounds[{k}]")[0]) for k, b in enumerate(side)] for side in zip(*pairs))
    return np.array(low), np.array(high)
