"""The shared registry: every operation we differentiate, with its derivative written once.

    elementwise(np.sin, lambda y, x: np.cos(x))

is a rule. `OPS` maps a NumPy function, or one of our own primitives, to its `Op`; the words below (`elementwise`,
`reduction`, `linear`, `argwise`, `differential`, `composite`, `constant`) are how a rule gets there.
"""

import inspect
import re
from typing import Any, NamedTuple

import numpy as np

from .errors import NoRuleError
from .kinds import Argwise, Differential, Elementwise, Linear, Reduction, parts

MISSING = object()


class Op:
    """One operation: the function that computes it on plain arrays, and its rule.

    `rule` is a kind (kinds.py), or None where the derivative is zero. A composite has no rule of its own: `composite`
    says it in other ops. `arrays` are the names of the differentiable arguments (None: all positional ones), `params`
    the names of the static ones that the rule knows. `flops` says what the op costs, where its kind does not. `sided`
    gives its value on both sides of a kink, if it has one: see `kinked`.
    """

    __slots__ = (
        "alone", "apply", "arity", "arrays", "composite", "flops", "func", "name", "params", "pull", "push",
        "reads_args", "reads_params", "rule", "sided", "signature",
    )  # fmt: skip

    def __init__(self, func, rule=None, *, apply=None, arrays=None, params=(), composite=None):
        self.func, self.rule, self.composite = func, rule, composite
        self.apply = apply or getattr(func, "plain", func)
        self.name = full_name(func)
        self.arrays, self.params = arrays, dict.fromkeys(params).keys()  # in order, and compared as a set
        self.signature = self.flops = self.sided = None
        self.arity = rule.arity if rule else 0
        self.alone = rule is not None and arrays is not None and len(arrays) == 1  # one array, so a short way to record
        self.push, self.pull = (rule.push, rule.pull) if rule else (None, None)
        self.reads_args, self.reads_params = (rule.reads_args, rule.reads_params) if rule else (False, False)

    def __repr__(self):
        return f"Op({self.name})"

    def __reduce__(self):
        return find, (self.func,)  # another process has the rule, too

    def split(self, args, kwargs):
        """Sort a call of func into (arrays, static parameters); refuse a parameter that the rule does not know."""
        if (self.arrays is None or len(args) == len(self.arrays)) and kwargs.keys() <= self.params:
            return args, kwargs
        if self.arrays is None:
            return args, self.checked(kwargs)
        given = dict(zip(self.argument_names(), args))
        given.update(kwargs)
        try:
            arrays = tuple(given.pop(name) for name in self.argument_names()[: len(self.arrays)])
        except KeyError as missing:
            raise TypeError(f"{self.name}() is missing its argument {missing}") from None
        return arrays, self.checked(given)

    def checked(self, params):
        """params without those at their defaults; an unknown one is refused by name."""
        if params.keys() <= self.params:
            return params
        known = {}
        for name, given in params.items():
            if name in self.params:
                known[name] = given
            elif not self.is_default(name, given):
                raise NoRuleError(
                    f"{self.name}: the argument {name!r} has no derivative rule; "
                    f"supported: {', '.join(self.params) or 'no keyword arguments'}"
                )
        return known

    def is_default(self, name, given):
        self.argument_names()
        default = self.signature.get(name, MISSING)
        return given is np._NoValue or (default is not MISSING and (given is default or given is None is default))

    def argument_names(self):
        """The argument names of func in positional order, as NumPy spells them."""
        if self.signature is None:
            self.signature = dict.fromkeys((*(self.arrays or ()), *self.params), MISSING)
            try:
                spelled = inspect.signature(self.func).parameters.values()
            except (TypeError, ValueError):  # a C function without a signature: the rule's own names
                spelled = ()
            if any(p.kind is p.VAR_POSITIONAL for p in spelled):
                spelled = ()
            if spelled:
                self.signature = {p.name: p.default for p in spelled}
        return list(self.signature)


class Call(NamedTuple):
    """One application of an op, ``out = op(*args, **params)``: a line of the program, as all but the sweep read it.

    `parents[k]` is the index of the line that computed `args[k]`, or -1 where that argument is a constant.
    """

    op: Op
    parents: tuple[int, ...]
    args: tuple[Any, ...]
    params: dict[str, Any]
    out: Any

    @classmethod
    def read(cls, line):
        """The Call behind a line of the tape."""
        return cls(line[0], *parts(line))

    def line(self, parents):
        """This call as a line of a tape on which its arguments have the indices `parents`."""
        if self.op.arity:
            return (self.op, *parents, *self.args, self.out)
        return (self.op, parents, self.args, self.params, self.out)

    def push(self, lead, tangents):
        """J v: the tangent of the output, from one tangent per argument (None: constant), each lead + shape."""
        if self.op.arity:
            return self.op.push(lead, self.out, *self.args, *tangents)
        return self.op.push(lead, self.out, self.args, self.params, tangents)


class Flops(NamedTuple):
    """What one call of an op costs; each a number, or a function of ``(out, *args, **params)`` that reads shapes.

    value: the flops of the op itself. shared: those of what its rule forms once for all directions, such as a partial
    derivative or an inverse. push, pull: those of J v and of J^T w for one direction. The last three may be tuples, one
    number per argument. None: one flop per element of the output; as the formula of the partial is written; as value;
    as push.
    """

    value: Any = None
    shared: Any = None
    push: Any = None
    pull: Any = None


OPS: dict[Any, Op] = {}
LATE: dict[str, Any] = {}  # package -> a function that registers its rules, called when one is first asked for


def find(func):
    """The Op of func, or None."""
    op = OPS.get(func)
    if op is None:
        package = full_name(func).rpartition(".")[0]
        register = LATE.get(package) or LATE.get(package.partition(".")[0])
        if register:
            register()
            op = OPS.get(func)
    return op


def complete():
    """Register the rules that wait, too: for whoever wants to see all of them."""
    for register in LATE.values():
        register()


def full_name(func):
    """The name people know func by: np.sin, np.linalg.solve, scipy.special.erf, or its own."""
    name = getattr(func, "__name__", repr(func))
    module = getattr(func, "__module__", None) or ""
    if isinstance(func, np.ufunc):
        if is_of_python(func):
            return f"np.frompyfunc({name.removesuffix(' (vectorized)')})"
        module = "numpy" if getattr(np, name, None) is func else "scipy.special"
    if module.startswith("dualrev") or not module.startswith(("numpy", "scipy")):
        return name
    return f"{module.replace('numpy', 'np', 1)}.{name}"


def is_of_python(func):
    """Is func a Python function that np.frompyfunc applies to each element, as an object?"""
    return isinstance(func, np.ufunc) and set("".join(func.types)) == {"O", "-", ">"}


# ---- the words a rule is written with --------------------------------------------------------------------------------


def elementwise(func, *partials, apply=None):
    """func works element by element on broadcast arguments: J is diagonal.

    partials: one per argument, ``p(out, *args)``, plain NumPy code on values that may be traced; or ``over(q)`` where
    it is 1 / q; or a number where the partial derivative is one; or None where it is unknown (a traced value there is
    refused).

    >>> import numpy as np
    >>> import dualrev as dr
    >>> cube = dr.custom.elementwise(lambda x: x * x * x, lambda y, x: 3 * x * x)
    >>> dr.grad(cube)(2.0)
    12.0
    """
    OPS[func] = Op(func, Elementwise(full_name(func), partials), apply=apply)
    return func


def reduction(func, partial, apply=None):
    """func sums or selects over axes: ``dy = sum(p * dx, axis)``, with ``p(y, x, axes, **params)`` or the number p.

    y keeps the reduced axes with length one, so that it broadcasts against x; axes are negative ints.
    """
    params = [] if not callable(partial) else parameter_names(partial)[3:]
    OPS[func] = Op(func, Reduction(partial), apply=apply, arrays=("x",), params=("axis", "keepdims", *params))
    return func


def linear(func, apply=None):
    """func is linear in all its arrays together. The rule returns the pair (J, JT): ``J(*dxs)`` and ``JT(ct)``.

    The maps act on trailing axes, so that leading (direction) axes pass through.
    """
    return arraywise(func, Linear, apply)


def argwise(func, signature=None, apply=None):
    """The rule returns one pair (J_i, JT_i) per argument, or None where the derivative is zero.

    signature: which trailing axes of each argument are the op's own, gufunc style: ``"(m,n),(n)->(m)"``; its other axes
    broadcast, and that, like leading axes, is not the rule's business. Or a function of the arguments that gives their
    numbers of own axes. None: nothing broadcasts.
    """
    core = core_axes(signature) if isinstance(signature, str) else signature
    return arraywise(func, lambda formula, arity: Argwise(formula, arity, core), apply)


def differential(func, apply=None):
    """The rule returns d out as a textbook has it, a function of the tangents; the transpose is derived from it."""
    return arraywise(func, Differential, apply)


def composite(func):
    """func is differentiated by saying it in other ops."""

    def register(says):
        names = parameter_names(says)
        OPS[func] = Op(func, composite=says, params=names)
        return func

    return register


def kinked(func, sided):
    """func has a kink: ``sided(*args, **params)`` gives its value on both sides of it, or None where args are no kink.

    It is asked where an op is differentiated on values that an older level differentiates, too: see ops/kinks.py.
    """
    OPS[func].sided = sided


def constant(*funcs):
    """The derivative of func is zero wherever it exists: comparisons, floor, argmax."""
    for func in funcs:
        OPS[func] = Op(func)


def flops(*funcs, value=None, shared=None, push=None, pull=None):
    """What the ops of funcs cost, beside their rules and from shapes alone: see `Flops`, and `dualrev.costs`.

    >>> import numpy as np
    >>> OPS[np.matmul].flops.value(np.zeros((2, 4)), np.zeros((2, 3)), np.zeros((3, 4)))
    48
    """
    for func in funcs:
        OPS[func].flops = Flops(value, shared, push, pull)


def arraywise(func, kind, apply):
    def register(formula):
        rule_parameters = list(inspect.signature(formula).parameters.values())[1:]
        variadic = any(p.kind is p.VAR_POSITIONAL for p in rule_parameters)
        arrays = None if variadic else [p.name for p in rule_parameters if p.kind is p.POSITIONAL_ONLY]
        statics = [p.name for p in rule_parameters if p.kind in (p.POSITIONAL_OR_KEYWORD, p.KEYWORD_ONLY)]
        arity = len(arrays) if arrays and len(arrays) <= 2 and not statics else 0
        OPS[func] = Op(func, kind(formula, arity), apply=apply, arrays=arrays, params=statics)
        return func

    return register


def core_axes(signature):
    """The numbers of own axes that a signature states: (2, 1) for "(m,n),(n)->(m)"; as a function of the arguments."""
    core = tuple(group.count(",") + bool(group) for group in re.findall(r"\((.*?)\)", signature.split("->")[0]))
    return lambda args: core


def parameter_names(func):
    return [p.name for p in inspect.signature(func).parameters.values() if p.kind is not p.VAR_POSITIONAL]
