"""Trees: taken apart and put together again, with the path of every leaf."""

import copy
from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass, field

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from dualrev.tree import children, flatten, is_node, labels, paths, rebuild, tree_map

Point = namedtuple("Point", "x y")


@dataclass
class Layer:
    w: float
    b: float
    name: str = "layer"
    derived: float = field(init=False, default=9.0)


leaves = st.floats(allow_nan=False)
trees = st.recursive(
    leaves | st.none() | st.text(max_size=3),
    lambda children: (
        st.lists(children, max_size=3)
        | st.dictionaries(st.text(max_size=3), children, max_size=3)
        | st.tuples(children, children)
        | st.builds(Point, children, children)
        | st.builds(Layer, children, children)
    ),
    max_leaves=12,
)


@given(trees)
def test_flatten_and_unflatten_are_inverses(tree):
    found, unflatten = flatten(tree)
    assert unflatten(found) == tree
    assert all(type(leaf) is float for leaf in found)
    assert tree_map(lambda leaf: leaf, tree) == tree


@given(trees)
def test_every_leaf_has_a_path_that_leads_to_it(tree):
    found, _ = flatten(tree)
    assert [eval(f"tree{path}", {"tree": tree}) for path in paths(tree)] == found


@given(trees)
def test_paths_and_leaves_go_together_and_labels_name_children(tree):
    found, _ = flatten(tree)
    assert len(paths(tree)) == len(found) == len(set(paths(tree)))
    if is_node(tree):
        assert len(labels(tree)) == len(children(tree))
        assert rebuild(tree, children(tree)) == tree


@given(trees)
def test_unflatten_takes_any_leaves_and_leaves_the_tree_alone(tree):
    before = copy.deepcopy(tree)
    found, unflatten = flatten(tree)
    other = unflatten([k + 0.5 for k in range(len(found))])
    assert flatten(other)[0] == [k + 0.5 for k in range(len(found))]
    assert paths(other) == paths(tree)
    assert tree == before


@given(trees, trees)
def test_a_pair_of_trees_has_the_leaves_of_both(a, b):
    assert flatten((a, b))[0] == flatten(a)[0] + flatten(b)[0]
    assert paths((a, b)) == [f"[0]{p}" for p in paths(a)] + [f"[1]{p}" for p in paths(b)]


def test_one_leaf_is_a_tree():
    found, unflatten = flatten(2.0)
    assert found == [2.0] and unflatten([3.0]) == 3.0 and paths(2.0) == [""]


def test_arrays_are_leaves_and_are_not_looked_into():
    a = np.arange(3.0)
    found, unflatten = flatten({"a": a, "b": [a]})
    assert found[0] is found[1] is a
    assert unflatten(found)["b"][0] is a


def test_what_nobody_differentiates_is_structure():
    tree = {"f": len, "s": "name", "n": None, "b": b"raw", "c": Point, "w": 1.0}
    found, unflatten = flatten(tree)
    assert found == [1.0] and paths(tree) == ["['w']"]
    assert unflatten([2.0]) == {**tree, "w": 2.0}


@dataclass(frozen=True, slots=True)
class Locked:
    w: float
    inner: object = None


def test_frozen_and_slotted_dataclasses_are_rebuilt_without_their_constructor():
    tree = Locked(1.0, Locked(2.0))
    assert tree_map(lambda v: -v, tree) == Locked(-1.0, Locked(-2.0))
    assert paths(tree) == [".w", ".inner.w"]
    assert tree == Locked(1.0, Locked(2.0))


def test_a_class_of_dataclass_is_no_container():
    assert not is_node(Layer) and is_node(Layer(1.0, 2.0))


def test_containers_keep_their_class():
    ordered = OrderedDict(b=1.0, a=2.0)
    default = defaultdict(list, a=1.0)
    assert list(tree_map(lambda v: 2 * v, ordered).items()) == [("b", 2.0), ("a", 4.0)]
    assert type(tree_map(lambda v: v, ordered)) is OrderedDict
    doubled = tree_map(lambda v: 2 * v, default)
    assert doubled == {"a": 2.0} and doubled["new"] == []
    assert "new" not in default


def test_the_original_is_not_changed():
    layer = Layer(1.0, 2.0)
    assert (layer.w, layer.b, layer.derived) == (1.0, 2.0, 9.0)
    assert tree_map(lambda v: -v, layer).derived == -9.0
