"""Arguments by name: a call of f as a function of some of its arguments, given by position or by name."""

import inspect

from .errors import InputError


class ByName:
    """f as a function of the arguments `names` of one call: of one value, or of a dict by name where there are several.

    ``by.taken(args, kwargs)`` gives what `by` itself takes: the values of those arguments, and the call without them.
    """

    def __init__(self, f, names):
        self.f, self.names = f, names if isinstance(names, str) else tuple(names)
        self.parameters = parameters_of(f)
        self.__name__ = getattr(f, "__name__", type(f).__name__)
        first = names if isinstance(names, str) and names.isidentifier() else "arguments"
        kind = inspect.Parameter.POSITIONAL_ONLY
        self.__signature__ = inspect.Signature([inspect.Parameter(n, kind) for n in (first, "_args", "_kwargs")])
        self.check()

    def check(self):
        """Refuse what no call of f could have."""
        names = self.listed()
        if not names or not all(isinstance(name, str) for name in names):
            raise InputError(f"argnames={self.names!r}: write the name of an argument, or a tuple of names")
        if len(set(names)) < len(names):
            raise InputError(f"argnames={self.names!r} names an argument twice")
        for name in names:
            if self.parameters is not None and name not in self.parameters and not self.takes_any():
                known = ", ".join(self.parameters) or "none"
                raise InputError(f"argnames={self.names!r}: {self.__name__} has no argument {name!r}; it has {known}")

    def listed(self):
        return (self.names,) if isinstance(self.names, str) else self.names

    def takes_any(self):
        return any(p.kind is inspect.Parameter.VAR_KEYWORD for p in self.parameters.values())

    def taken(self, args, kwargs):
        """(chosen, args, kwargs) of one call: the values of the arguments `names`, and the call."""
        args, kwargs = list(args), dict(kwargs)
        for name in self.listed():
            if name not in kwargs and self.position(name) >= len(args):
                p = (self.parameters or {}).get(name)
                if p is None or p.default is p.empty:
                    raise InputError(f"{self.__name__} was called without the argument {name!r} of argnames")
                kwargs[name] = p.default
        found = {name: kwargs[name] if name in kwargs else args[self.position(name)] for name in self.listed()}
        return found[self.names] if isinstance(self.names, str) else found, args, kwargs

    def position(self, name):
        """Where the argument stands among the positional ones."""
        for k, p in enumerate((self.parameters or {}).values()):
            if p.name == name and p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD):
                return k
        return float("inf")

    def __call__(self, chosen, args, kwargs):
        args, kwargs = list(args), dict(kwargs)
        for name, x in ({self.names: chosen} if isinstance(self.names, str) else chosen).items():
            if name in kwargs:
                kwargs[name] = x
            else:
                args[self.position(name)] = x
        return self.f(*args, **kwargs)


def parameters_of(f):
    """The parameters of f by name; None where it does not say."""
    try:
        return dict(inspect.signature(f).parameters)
    except (TypeError, ValueError):  # a function of C
        return None
