"""What a command line names: a formula on one line, or module:function; and the point at which it is taken."""

from .formula import Expression, parse
from .loading import is_target, load
from .points import arranged, number_of, point_of, split, tree_value

__all__ = ["Expression", "arranged", "is_target", "load", "number_of", "parse", "point_of", "split", "tree_value"]
