"""The nodes of a graph by the names of a course: Variable, Add, Multiply, ... They record what NumPy's functions do."""

from collections.abc import Callable
from typing import Any

import numpy as np

from .graph import current
from .symbols import Symbol


def Variable(value: Any, name: str | None = None) -> Symbol:  # spelled as the other nodes are
    """A variable of the graph whose `with` is open: `Graph.variable`.

    >>> import dualrev as dr
    >>> from dualrev.by_hand import Add, Variable, Pow
    >>> with dr.Graph() as g:
    ...     w = Variable(3.0, name="w")
    ...     loss = Add(Pow(w, 2.0), 1.0, name="loss")
    >>> g.run(loss), w.grad
    (10.0, 6.0)
    """
    return current().variable(value, name)


def operation(func: Any, name: str, arity: int) -> Callable[..., Symbol]:
    def node(*operands: Any, name: str | None = None, **parameters: Any) -> Symbol:
        if len(operands) != arity:
            raise TypeError(f"{node.__name__} takes {arity} operand{'s' * (arity != 1)}, not {len(operands)}")
        return current(operands).apply(func, *operands, name=name, **parameters)

    node.__name__ = node.__qualname__ = name
    node.__doc__ = f"The node {func.__name__}({', '.join('ab'[:arity])}) of a graph."
    return node


def relu(x: Any) -> Any:
    return np.maximum(x, 0.0)


def sigmoid(x: Any) -> Any:
    return 1.0 / (1.0 + np.exp(-x))


Abs = operation(np.absolute, "Abs", 1)
Add = operation(np.add, "Add", 2)
Cos = operation(np.cos, "Cos", 1)
Divide = operation(np.divide, "Divide", 2)
Exp = operation(np.exp, "Exp", 1)
Log = operation(np.log, "Log", 1)
MatMul = operation(np.matmul, "MatMul", 2)
Maximum = operation(np.maximum, "Maximum", 2)
Mean = operation(np.mean, "Mean", 1)
Minimum = operation(np.minimum, "Minimum", 2)
Multiply = operation(np.multiply, "Multiply", 2)
Negative = operation(np.negative, "Negative", 1)
Pow = operation(np.power, "Pow", 2)
Relu = operation(relu, "Relu", 1)
Sigmoid = operation(sigmoid, "Sigmoid", 1)
Sin = operation(np.sin, "Sin", 1)
Sqrt = operation(np.sqrt, "Sqrt", 1)
Square = operation(np.square, "Square", 1)
Subtract = operation(np.subtract, "Subtract", 2)
Sum = operation(np.sum, "Sum", 1)
Tanh = operation(np.tanh, "Tanh", 1)
