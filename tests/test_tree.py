"""Trees: taken apart and put together again, with the path of every leaf."""

from collections import OrderedDict, defaultdict, namedtuple
from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from dualrev.tree import flatten, paths, tree_map

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
