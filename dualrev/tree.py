"""Trees: parameters as nested dict, list, tuple, namedtuple or dataclass, and the arrays at their leaves."""

import copy
import dataclasses

import numpy as np

LEAVES = frozenset({float, np.ndarray})  # the common ones, recognised at once


def is_namedtuple(x):
    return isinstance(x, tuple) and hasattr(x, "_fields")


def is_dataclass(x):
    return dataclasses.is_dataclass(x) and not isinstance(x, type)


def is_node(x):
    """True for the containers a tree is built of."""
    return isinstance(x, (dict, list, tuple)) or is_dataclass(x)


def children(x):
    """The children of a container, in order."""
    if isinstance(x, dict):
        return list(x.values())
    if isinstance(x, (list, tuple)):
        return list(x)
    return [getattr(x, field.name) for field in dataclasses.fields(x)]


def labels(x):
    """How Python would access each child: "['w']", "[0]", ".w"."""
    if isinstance(x, dict):
        return [f"[{key!r}]" for key in x]
    if is_namedtuple(x):
        return [f".{name}" for name in x._fields]
    if is_dataclass(x):
        return [f".{field.name}" for field in dataclasses.fields(x)]
    return [f"[{i}]" for i in range(len(x))]


def rebuild(x, values):
    """A container like x with other children, in the order of `children`."""
    if isinstance(x, dict):
        new = copy.copy(x)  # keeps the class and its extras: OrderedDict, defaultdict
        for key, v in zip(x, values, strict=True):
            new[key] = v
        return new
    if is_namedtuple(x):
        return type(x)(*values)
    if is_dataclass(x):
        new = copy.copy(x)
        for field, v in zip(dataclasses.fields(x), values, strict=True):
            object.__setattr__(new, field.name, v)  # frozen dataclasses too
        return new
    return type(x)(values)


def is_static(x):
    """Things a tree may carry that nobody differentiates: they are handed through unchanged."""
    return x is None or isinstance(x, (str, bytes)) or callable(x)


def flatten(tree):
    """(leaves, unflatten): `unflatten(leaves)` builds a tree of the same structure.

    None, strings and callables are part of the structure, not leaves.

    >>> leaves, unflatten = flatten({"w": 1.0, "b": [2.0, 3.0]})
    >>> leaves
    [1.0, 2.0, 3.0]
    >>> unflatten([10.0, 20.0, 30.0])
    {'w': 10.0, 'b': [20.0, 30.0]}
    """
    if not is_node(tree):
        if is_static(tree):
            return [], lambda leaves: tree
        return [tree], lambda leaves: leaves[0]
    inner = children(tree)
    if all(type(child) in LEAVES or not (is_node(child) or is_static(child)) for child in inner):
        return inner, lambda leaves: rebuild(tree, leaves)
    parts = [flatten(child) for child in inner]
    sizes = [len(leaves) for leaves, _ in parts]

    def unflatten(leaves):
        values, start = [], 0
        for (_, build), n in zip(parts, sizes, strict=True):
            values.append(build(leaves[start : start + n]))
            start += n
        return rebuild(tree, values)

    return [leaf for leaves, _ in parts for leaf in leaves], unflatten


def paths(tree, prefix=""):
    """The access path of every leaf, in the order of `flatten`: "['b'][0]"."""
    if not is_node(tree):
        return [] if is_static(tree) else [prefix]
    return [p for label, child in zip(labels(tree), children(tree), strict=True) for p in paths(child, prefix + label)]


def tree_map(f, tree):
    """f applied to every leaf, in a tree of the same structure."""
    leaves, unflatten = flatten(tree)
    return unflatten([f(leaf) for leaf in leaves])
