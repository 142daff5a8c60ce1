"""Parameters by name: a tree of arrays on the user's side, one flat vector of the free ones on the optimiser's.

Between the two stand what is fixed, what is tied to other parameters, and smooth changes of variable. All of it is plain
NumPy, so that derivatives pass through.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from ..errors import InputError
from ..shapes import shape, size
from ..tree import children, flatten, is_node, paths, rebuild, tree_map
from .transforms import Transform, transform_named

Tree = Any
Bound = tuple[Any, Any]


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

    Examples
    --------
    >>> p = Parameters({"a": 1.0, "w": [2.0, 3.0]}, fixed=["a"], bounds={"w": (0, 10)})
    >>> p.free, p.x0
    (['w[0]', 'w[1]'], array([2., 3.]))
    >>> p.unflatten(np.array([5.0, 6.0]))
    {'a': 1.0, 'w': array([5., 6.])}
    """

    def __init__(
        self,
        start: Tree,
        bounds: Any = None,
        fixed: Iterable[str] | Mapping[str, Any] = (),
        tie: Mapping[str, Callable[[Tree], Any]] | None = None,
        transform: Mapping[str, str] | None = None,
        name: str = "x",
    ):
        self.tree = tree_map(array_of, as_tree(start))
        leaves, self.build = flatten(self.tree)
        self.shapes = [shape(x) for x in leaves]
        roots = [spelled(path, name) for path in paths(self.tree)]
        self.roots = roots
        for root, x in zip(roots, leaves, strict=True):
            check_number(root, x)
        self.names = [n for root, x in zip(roots, leaves, strict=True) for n in element_names(root, shape(x))]
        self.start = np.concatenate([np.ravel(x) for x in leaves]) if leaves else np.zeros(0)
        self.tie = dict(tie or {})
        self.tied = {k: self.matching(k, "tie") for k in self.tie}
        held = self.fix(fixed)
        for where in self.tied.values():
            held[where] = True
        lower, upper = self.bounds_of(bounds)
        self.check_start(lower, upper, held)
        self.index = np.flatnonzero(~held)  # of the free elements
        self.free = [self.names[k] for k in self.index]
        self.natural_lower, self.natural_upper = lower[self.index], upper[self.index]
        self.transforms = self.transforms_of(transform or {})
        self.all_free = not held.any()
        self.position = np.cumsum(~held) - 1
        self.held = held
        self.x0 = self.inward(self.start[self.index])
        self.lower, self.upper = (self.inward(b, bound=True) for b in (self.natural_lower, self.natural_upper))
        if not len(self.index):
            raise InputError("there is nothing to vary: every parameter is fixed or tied")

    # ---- from the optimiser to the user ------------------------------------------------------------------------------

    def unflatten(self, x: Any) -> Tree:
        """The tree of parameters for the flat vector x of the optimiser; x may be traced."""
        return self.tree_of(self.everything(self.outward(x)))

    def outward(self, x: Any) -> Any:
        """The free elements themselves, from the optimiser's variables."""
        for where, change in self.transforms:
            x = np.where(where, change.outward(np.where(where, x, 0.0)), x)
        return x

    def everything(self, free: Any) -> Any:
        """All elements in one vector, from the free ones."""
        if self.all_free:
            return free
        full = np.where(self.held, self.start, free[np.maximum(self.position, 0)])
        for key, where in self.tied.items():
            made = self.tie[key](self.tree_of(full))
            there = np.zeros(len(self.names), bool)
            there[where] = True
            count = int(there.sum())
            if size(made) not in (1, count):
                raise InputError(f"tie[{key!r}] gave {size(made)} numbers for {count}")
            spread = np.broadcast_to(np.reshape(made, (-1,)), (count,))
            full = np.where(there, spread[np.maximum(np.cumsum(there) - 1, 0)], full)
        return full

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
        leaves, _ = flatten(tree_map(array_of, as_tree(tree)))
        if [shape(x) for x in leaves] != self.shapes:
            raise InputError(f"the parameters have the shapes {[shape(x) for x in leaves]} in place of {self.shapes}")
        return self.inward(np.concatenate([np.ravel(x) for x in leaves])[self.index])

    def inward(self, free: ndarray, bound: bool = False) -> ndarray:
        """The optimiser's variables, from the free elements themselves."""
        x = np.array(free, np.float64)
        for where, change in self.transforms:
            there = np.where(where, x, 0.5)
            x = np.where(where, change.bound(there) if bound else change.inward(there), x)
        return x

    # ---- names -------------------------------------------------------------------------------------------------------

    def matching(self, name: str, said: str) -> ndarray:
        """The positions of the elements that a name means: one element, a leaf, or all leaves below it."""
        found = [k for k, full in enumerate(self.names) if full == name or full.startswith((f"{name}[", f"{name}."))]
        if not found:
            raise InputError(f"{said} names {name!r}, and there is no such parameter: there are {listed(self.roots)}")
        return np.array(found)

    def fix(self, fixed: Iterable[str] | Mapping[str, Any]) -> ndarray:
        """Which elements are fixed; the values given become their start."""
        held = np.zeros(len(self.names), bool)
        if isinstance(fixed, str):
            fixed = [fixed]
        for name in fixed:
            where = self.matching(name, "fixed")
            if isinstance(fixed, Mapping):
                value = np.ravel(array_of(fixed[name]))
                if value.size not in (1, len(where)):
                    raise InputError(f"fixed[{name!r}] has {value.size} numbers for {len(where)}")
                self.start[where] = value
            held[where] = True
        for name, where in self.tied.items():
            if held[where].any():
                raise InputError(f"{name!r} is both fixed and tied: choose one")
        return held

    def bounds_of(self, bounds: Any) -> tuple[ndarray, ndarray]:
        """The lower and upper bounds of all elements."""
        lower, upper = np.full(len(self.names), -np.inf), np.full(len(self.names), np.inf)
        if bounds is None:
            return lower, upper
        if isinstance(bounds, Mapping):
            for name, pair in bounds.items():
                where = self.matching(name, "bounds")
                low, high = pair_of(name, pair)
                lower[where], upper[where] = np.ravel(low), np.ravel(high)
                if any(set(where) & set(tied) for tied in self.tied.values()):
                    raise InputError(f"bounds[{name!r}]: a tied parameter has no bounds of its own")
        else:
            given = bounds_pairs(bounds, len(self.names))
            lower[:], upper[:] = given
        for k in np.flatnonzero(~(lower <= upper)):
            raise InputError(f"the bounds of {self.names[k]} are {lower[k]} and {upper[k]}: the lower comes first")
        return lower, upper

    def check_start(self, lower: ndarray, upper: ndarray, held: ndarray) -> None:
        for k, (name, x) in enumerate(zip(self.names, self.start, strict=True)):
            if not np.isfinite(x):
                raise InputError(f"the start of {name} is {x}: give a finite number")
            if not held[k] and not lower[k] <= x <= upper[k]:
                raise InputError(f"the start of {name} is {x}, outside its bounds {lower[k]} and {upper[k]}")

    def transforms_of(self, given: Mapping[str, str]) -> list[tuple[ndarray, Transform]]:
        """(which free elements, Transform) for each name in `given`."""
        made = []
        for name, kind in given.items():
            where = np.isin(self.index, self.matching(name, "transform"))
            if not where.any():
                raise InputError(f"transform names {name!r}, which is fixed or tied")
            start, bounds = self.start[self.index], (self.natural_lower, self.natural_upper)
            made.append((where, transform_named(kind, name, where, *bounds, start)))
        return made


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
    """A leaf in float64: a number as a float, else an array."""
    x = np.asarray(x)
    if x.dtype.kind not in "iuf":
        return x
    return float(x) if x.ndim == 0 else np.array(x, np.float64)


def check_number(name: str, x: Any) -> None:
    if not isinstance(x, float) and np.asarray(x).dtype.kind != "f":
        kind = np.asarray(x).dtype
        raise InputError(f"the parameter {name} has dtype {kind}: parameters are real numbers and arrays of them")


def spelled(path: str, name: str) -> str:
    """The path of a leaf as people write it: "['net']['w']" is net.w, "[0]" is x[0].

    >>> spelled("['net']['w']", "x"), spelled("[0]", "x"), spelled("", "x")
    ('net.w', 'x[0]', 'x')
    """
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


def bounds_pairs(bounds: Any, count: int) -> tuple[ndarray, ndarray]:
    """The lower and upper bounds of what SciPy takes: Bounds, pairs, or (for least_squares) two arrays."""
    if hasattr(bounds, "lb") and hasattr(bounds, "ub"):
        return np.broadcast_to(bounds.lb, count), np.broadcast_to(bounds.ub, count)
    bounds = list(bounds)
    if len(bounds) != count or any(np.size(pair) != 2 for pair in bounds):
        raise InputError(f"there are {len(bounds)} bounds for {count} parameters: give a pair (lower, upper) for each")
    pairs = [pair_of(f"{k}", pair) for k, pair in enumerate(bounds)]
    return np.array([low for low, _ in pairs], float), np.array([high for _, high in pairs], float)
