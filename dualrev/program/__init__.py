"""A recorded function and its views: each view is a file of its own, and a method of Program."""

from ..bridges.sympy_expressions import sympy_of
from .cost import cost_of
from .elimination import elimination_of
from .graph import graph_of
from .paths import paths_of
from .poke import at_of, poke_of
from .program import Program, trace
from .steps import steps_of
from .table import table_of

Program.table = table_of
Program.graph = graph_of
Program.steps = steps_of
Program.paths = paths_of
Program.cost = cost_of
Program.elimination = elimination_of
Program.poke = poke_of
Program.at = at_of
Program.sympy = sympy_of

__all__ = ["Program", "trace"]
