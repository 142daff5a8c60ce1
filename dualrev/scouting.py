"""Which calls of a function have no derivative rule? All of them, with their lines, before anyone differentiates."""

import html
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from . import restart
from .arguments import name_of
from .boundary import all_leaves, as_floats, grouped
from .brief import brief
from .errors import DualrevError, LostDerivativeError
from .handover import meet_libraries
from .registry import full_name
from .source import user_place
from .traced import next_level, values
from .tracer import TracedArray, python_numbers
from .tree import flatten

FLOATS = "fc"


@dataclass(frozen=True)
class Unsupported:
    """A call that dualrev cannot differentiate: the function, the user's line, its text, and what to write instead."""

    function: str
    place: str
    text: str
    message: str

    def __str__(self) -> str:
        return f"{self.place}: {self.function}: {self.text}\n    {self.message}"


@brief
@dataclass(frozen=True, eq=False)
class Support:
    """What `supports` found: how many calls have a rule, and every place where one is missing; True if none is.

    name: of the function. supported: calls with a rule. missing: one `Unsupported` per function and place that is
    refused. rebuilt: the same for what is refused in f as it is, and not in f rebuilt (`dualrev.plain`), as which
    transforms start it then. error: what ended the run before its end, or "".
    """

    name: str
    supported: int
    missing: list[Unsupported]
    error: str = ""
    rebuilt: tuple[Unsupported, ...] = ()

    @property
    def ok(self) -> bool:
        return not self.missing and not self.error

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        calls = f"{self.supported} call{'s' * (self.supported != 1)}"
        count = len(self.missing)
        end = [f"the run ended early: {self.error}"] if self.error else []
        head = f"{self.name}: {calls}, all with a derivative rule"
        if not self.ok:
            head = f"{self.name}: {calls} with a derivative rule, {count} place{'s' * (count != 1)} without"
        return "\n".join([head, *map(str, self.missing), *end, *self.of_rebuilt()])

    def of_rebuilt(self) -> list[str]:
        """The lines about what is rebuilt."""
        if not self.rebuilt:
            return []
        head = f"{self.name} starts a second time, rebuilt as dr.plain does (plain=False: never), for"
        return [head, *[f"{m.place}: {m.function}: {m.text}" for m in self.rebuilt]]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        found = {"name": self.name, "ok": self.ok, "supported": self.supported, "error": self.error}
        return found | {"missing": list(map(asdict, self.missing)), "rebuilt": list(map(asdict, self.rebuilt))}

    def _repr_html_(self) -> str:
        rows = [(m.place, m.function, m.text, m.message) for m in self.missing]
        rows += [(m.place, m.function, m.text, "rebuilt, as dr.plain does") for m in self.rebuilt]
        body = "".join("<tr>" + "".join(f"<td>{html.escape(c)}</td>" for c in row) + "</tr>" for row in rows)
        return f"<p>{html.escape(str(self).splitlines()[0])}</p><table>{body}</table>"


class Scout(TracedArray):
    """A value that only looks at what is done with it: no derivative, and no error where a rule is missing."""

    __slots__ = ()

    def against(self, op, apply, y):
        return self.sweep.seen(apply(self.primal, y))

    def alone(self, op):
        return self.sweep.seen(op.apply(self.primal))

    @staticmethod
    def unary(op, apply):
        return lambda self: self.sweep.seen(apply(self.primal))

    def __array_ufunc__(self, ufunc, method, *inputs, **kwargs):
        func = ufunc if method == "__call__" else getattr(ufunc, method)
        name = full_name(ufunc) + ("" if method == "__call__" else f".{method}")
        return self.sweep.tried(super().__array_ufunc__, (ufunc, method, *inputs), kwargs, func, inputs, kwargs, name)

    def __array_function__(self, func, types, args, kwargs):
        name = full_name(func)
        return self.sweep.tried(super().__array_function__, (func, types, args, kwargs), {}, func, args, kwargs, name)

    def lost(self, method, *args):
        """What the method of a plain value gives, noted as a loss."""
        try:
            getattr(super(), method)(*args)
        except LostDerivativeError as error:
            self.sweep.miss(method.strip("_"), error)
        return getattr(np.asarray(self.primal)[()], method)(*args)

    def __float__(self):
        return self.lost("__float__")

    def __int__(self):
        return self.lost("__int__")

    def __index__(self):
        return self.lost("__index__")

    def item(self, *args):
        return python_numbers().item(self, args) if restart.by_rebuilt_code() else self.lost("item", *args)

    def tolist(self):
        return python_numbers().tolist(self) if restart.by_rebuilt_code() else self.lost("tolist")


class Scouting:
    """One run of a function on scouts."""

    def __init__(self) -> None:
        self.level, self.ended, self.refusal = next_level(), False, None
        self.supported = 0
        self.missing: dict[tuple[str, str], Unsupported] = {}

    def wrap(self, x):
        """A floating-point value as a scout; everything else as it is."""
        if np.result_type(x).kind not in FLOATS:
            return x
        made = Scout.__new__(Scout)
        made.primal, made.sweep, made.items = x, self, None
        return made

    def seen(self, out: Any) -> Any:
        self.supported += 1
        return self.wrap(out)

    def process(self, op, args, primals, params, out):
        return self.seen(out)

    def tried(self, way, given, options, func, args, kwargs, name):
        """The call by its rule; without one, its plain value, and a note."""
        try:
            return way(*given, **options)
        except DualrevError as error:
            self.miss(name, error)
        out = func(*map(values, args), **{k: values(v) for k, v in kwargs.items()})
        leaves, build = flatten(out)
        return build([self.wrap(leaf) for leaf in leaves])

    def miss(self, name: str, error: DualrevError) -> None:
        place = user_place()
        said = (str(place), place.text) if place else ("?", "")
        self.missing.setdefault((name, said[0]), Unsupported(name, *said, error.args[0]))


def supports(f: Callable[..., Any], *x: Any, plain: restart.Plain = "auto") -> Support:
    """Which calls of f at x can dualrev not differentiate? f is run to its end, and all are listed.

    Where there are some, f is run once more, rebuilt as `dualrev.plain` does and as transforms do, too: what is then
    no longer refused is listed as rebuilt.

    Parameters
    ----------
    f : callable
        A function of ``len(x)`` arguments, plain NumPy code.
    *x
        The point: floats, float arrays, or trees of them.
    plain : "auto", True or False
        As of `grad`: with False f is not rebuilt, with True nothing else.

    Returns
    -------
    Support
        True where everything has a rule; printed, the places that have none, and what to write instead; and the places
        for which f is rebuilt.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> found = dr.supports(lambda x: np.spacing(np.sin(x)) + float(x[0]), np.ones(2))
    >>> bool(found), [m.function for m in found.missing], [m.function for m in found.rebuilt]
    (False, ['np.spacing'], ['float'])
    >>> print(dr.supports(lambda x: np.sum(np.sin(x)), np.ones(2)))
    <lambda>: 2 calls, all with a derivative rule
    """
    f = restart.chosen(f, plain)
    found = scouted(f, x)
    made = restart.instead(f, []) if not found.ok else None
    if made is None:
        return found
    again = scouted(made, x)
    left = {(m.function, m.place) for m in again.missing}
    rebuilt = tuple([m for m in found.missing if (m.function, m.place) not in left])
    return replace(again, rebuilt=rebuilt) if rebuilt or (found.error and not again.error) else found


def scouted(f: Callable[..., Any], x: tuple[Any, ...]) -> Support:
    """What one run of f on scouts meets."""
    leaves, structures = all_leaves(as_floats(x), "x", real=False)
    run, error = Scouting(), ""
    meet_libraries()
    try:
        f(*grouped([run.wrap(leaf) for leaf in leaves], structures))
    except Exception as raised:  # whatever f cannot go on from: it is part of the answer
        error = f"{type(raised).__name__}: {raised}"
    run.ended = True
    return Support(name_of(f), run.supported, list(run.missing.values()), error)
