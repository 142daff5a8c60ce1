"""The flops of one call of an op: of its value, and of J v and J^T w for K directions."""

from collections.abc import Callable, Sequence
from math import prod
from typing import Any, NamedTuple

import numpy as np

from ..kinds import Argwise, Differential, Elementwise, Linear, Reduction
from ..registry import Call, Op
from ..shapes import shape, size
from .partials import partial_flops, reduced_partial_flops
from .stated import is_known, stated, value_flops


class PerSweep(NamedTuple):
    """What K directions cost in one sweep: shared + K * each.

    >>> PerSweep(shared=10, each=3)(5)
    25
    """

    shared: float
    each: float

    def __call__(self, K: int = 1) -> float:
        return self.shared + K * self.each


class CallCost(NamedTuple):
    """The flops of one call of an op: of its value, of J v (`push`) and of J^T w (`pull`).

    push includes the sum over the arguments, pull the sums over axes along which an argument was broadcast; not the
    sum of the cotangents of a value with several uses, which is the program's. known: the op has a formula, or counts
    by its kind; a user's own op has none and counts one flop per element. passed_on: for each argument, is its
    cotangent that of the output itself, or a view of it? reads: does a push or pull look at the values of the call?
    """

    value: float
    push: PerSweep
    pull: PerSweep
    known: bool
    passed_on: tuple[bool, ...]
    reads: bool


def call_cost(call: Call, active: Sequence[bool] | None = None) -> CallCost:
    """The flops of one call of an op, from the shapes of its arguments.

    Parameters
    ----------
    call : Call
        A line of a program; see `dualrev.reverse.node.calls`.
    active : sequence of bool, optional
        Which arguments have a tangent or want a cotangent. By default those that are no constants.

    Returns
    -------
    CallCost
        In flops.

    Source: Griewank & Walther (2008), section 3.4.

    Examples
    --------
    >>> import numpy as np
    >>> from dualrev.registry import OPS
    >>> A, B = np.ones((2, 3)), np.ones((3, 4))
    >>> cost = call_cost(Call(OPS[np.matmul], (0, 1), (A, B), {}, A @ B))
    >>> cost.value, cost.push(1), cost.pull(1)
    (48, 104, 96)
    """
    on = tuple([p >= 0 for p in call.parents]) if active is None else tuple(active)
    push, pull, known, passed_on = next((KINDS[k] for k in type(call.op.rule).__mro__ if k in KINDS), jointly)(call, on)
    return CallCost(value_flops(call), push, pull, known and is_known(call.op), passed_on, reads_values(call.op))


def push_flops(call: Call, K: int = 1, active: Sequence[bool] | None = None) -> float:
    """The flops of J v for K directions at once."""
    return call_cost(call, active).push(K)


def pull_flops(call: Call, K: int = 1, active: Sequence[bool] | None = None) -> float:
    """The flops of J^T w for K directions at once."""
    return call_cost(call, active).pull(K)


Cost = tuple[PerSweep, PerSweep, bool, tuple[bool, ...]]  # push, pull, known, passed_on


def elementwise(call: Call, on: tuple[bool, ...]) -> Cost:
    """J is diagonal: a partial per argument, formed once, and a multiplication by it."""
    partials, sizes, n = call.op.rule.partials, [size(x) for x in call.args], size(call.out)
    uses = [k for k, used in enumerate(on) if used]
    shared, known = partial_flops(call, uses)
    times = [1 if callable(p) else int(p != 1) for p in partials]
    push = sum(times[k] * (n if callable(partials[k]) else sizes[k]) for k in uses) + max(len(uses) - 1, 0) * n
    pull = sum(times[k] * n + max(n - sizes[k], 0) for k in uses)
    if len(uses) == 2 == len(partials) and times == [0, 1] and partials[1] == -1:
        push = n  # tx - ty is one operation
    passed_on = tuple([not t and m == n for t, m in zip(times, sizes, strict=True)])
    return PerSweep(shared, push), PerSweep(shared, pull), known, passed_on


def reduction(call: Call, on: tuple[bool, ...]) -> Cost:
    """A partial per element, a multiplication by it, and a sum."""
    p, n, m = call.op.rule.partial, size(call.args[0]), size(call.out)
    shared, known = (reduced_partial_flops(call)) if callable(p) else (0, True)
    times = 0 if not callable(p) and p == 1 else n
    return PerSweep(shared, times + max(n - m, 0)), PerSweep(shared, times), known, (not times,)


def argwise(call: Call, on: tuple[bool, ...]) -> Cost:
    """A map per argument; the results are added, and summed over the axes along which an argument was broadcast."""
    uses = [k for k, used in enumerate(on) if used]
    push, pull, summed = stated(call, "push"), stated(call, "pull"), broadcast(call)
    return (
        PerSweep(0, sum(push[k] for k in uses) + max(len(uses) - 1, 0) * size(call.out)),
        PerSweep(0, sum(pull[k] + summed[k] for k in uses)),
        True,
        (False,) * len(on),
    )


def broadcast(call: Call) -> list[int]:
    """How many numbers a sum over broadcast axes adds up, for each argument."""
    if not call.op.rule.core:
        return [0] * len(call.args)
    own = list(zip([shape(x) for x in call.args], call.op.rule.core(call.args), strict=True))
    loops = prod(np.broadcast_shapes(*[s[: len(s) - k] for s, k in own]))
    return [max(loops * prod(s[len(s) - k :]) - prod(s), 0) for s, k in own]


def jointly(call: Call, on: tuple[bool, ...]) -> Cost:
    """One linear map of all arguments together."""
    push, pull = stated(call, "push")[0], stated(call, "pull")[0]
    return PerSweep(0, push), PerSweep(0, pull), True, (not pull,) * len(on)


def derived(call: Call, on: tuple[bool, ...]) -> Cost:
    """As `jointly`, with parts that are formed once; the transpose first records the map, which is a push."""
    shared, push, pull = stated(call, "shared")[0], stated(call, "push")[0], stated(call, "pull")[0]
    return PerSweep(shared, push), PerSweep(shared + push, pull), True, (False,) * len(on)


def reads_values(op: Op) -> bool:
    """Does a push or pull look at the values of a call, or only at a tangent or cotangent?"""
    partials = getattr(op.rule, "partials", [getattr(op.rule, "partial", None)])
    return type(op.rule) in (Argwise, Differential) or any(map(callable, partials))


KINDS: dict[Any, Callable[[Call, tuple[bool, ...]], Cost]] = {
    Elementwise: elementwise, Reduction: reduction, Argwise: argwise, Linear: jointly, Differential: derived,
}  # fmt: skip
