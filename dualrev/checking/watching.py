"""Run a function and see the ops without a derivative, too: comparisons, floor, sign, argmax; which no tape holds."""

import functools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from ..boundary import outputs
from ..dispatch import bind, operate
from ..program.program import Program, trace
from ..registry import find
from ..reverse.node import Node
from ..source import Annotated, Place
from ..traced import Tracer, next_level
from ..tracer import COMPARISONS, TracedArray
from ..tree import flatten


@dataclass(frozen=True, eq=False)
class Event:
    """A call of an op without a derivative: its short name, arguments, the values they are (-1: constant), where."""

    op: str
    args: tuple[Any, ...]
    params: dict[str, Any]
    parents: tuple[int, ...]
    place: Place | None


class Watcher(TracedArray):
    """A value of the tape below, which reports the calls that the tape does not record."""

    __slots__ = ()

    def against(self, op, apply, y):
        return self.sweep.wrap(apply(self.primal, y))

    def alone(self, op):
        return self.sweep.wrap(bind(op, (self.primal,), {}))

    @staticmethod
    def unary(op, apply):
        return lambda self: self.sweep.wrap(apply(self.primal))

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        if method == "__call__":
            self.sweep.note(ufunc, inputs, kwargs)
        return super().__array_ufunc__(ufunc, method, *inputs, **kwargs)

    def __array_function__(self, func, types, args, kwargs):
        self.sweep.note(func, args, kwargs)
        return super().__array_function__(func, types, args, kwargs)

    def __floordiv__(self, other):
        return np.floor_divide(self, other)

    def __rfloordiv__(self, other):
        return np.floor_divide(other, self)

    def __round__(self, ndigits=None):
        self.sweep.note(np.round, (self,), {})
        return super().__round__(ndigits)


def comparison(func):
    def method(self, other):
        self.sweep.note(func, (self, other), {})
        return operate(func, self, other)

    return method


for _name, _func in COMPARISONS.items():
    setattr(Watcher, f"__{_name}__", comparison(_func))


class Watching:
    """One run of f on watchers."""

    ended = False
    refusal: Any = None

    def __init__(self, f: Callable[..., Any]):
        self.f, self.level = f, next_level()
        self.events = Annotated()

    def wrap(self, x: Any) -> Any:
        if not isinstance(x, Tracer):
            return x
        made = Watcher.__new__(Watcher)
        made.primal, made.sweep, made.items = x, self, None
        return made

    def process(self, op, args, primals, params, out):
        return self.wrap(out)

    def note(self, func: Any, args: Any, kwargs: Any) -> None:
        op = find(func)
        if op is None or op.rule is not None or op.composite is not None:
            return
        plain = tuple(a.primal if type(a) is Watcher else a for a in args)
        if any(type(a) is Node for a in plain):
            self.events.append((op.name.rpartition(".")[2], plain, dict(kwargs)))

    def __call__(self, *args: Any) -> Any:
        self.level = next_level()  # above that of the tape
        leaves, build = flatten(list(args))
        found, rebuild = outputs(self.f(*build([self.wrap(leaf) for leaf in leaves])), self)
        return rebuild([y.primal if type(y) is Watcher else y for y in found])


def watched(f: Callable[..., Any], *x: Any) -> tuple[Program, list[Event]]:
    """The program of f at x, and the calls that it does not hold."""
    run = Watching(f)

    def runs(*args: Any) -> Any:
        return run(*args)

    functools.update_wrapper(runs, f, updated=())
    program = trace(runs, *x)
    run.events.finish()
    events = [
        Event(
            op,
            tuple(a.primal if type(a) is Node else a for a in args),
            params,
            tuple(a.index if type(a) is Node else -1 for a in args),
            place,
        )
        for (op, args, params), place in zip(run.events, run.events.places, strict=True)
    ]
    return program, events
