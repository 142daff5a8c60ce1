"""Modules as rebuilt code sees them: their functions rebuilt when they are first asked for, their data as they are."""

from types import ModuleType
from typing import Any

from .watched import Watched

OWN = ("original", "convert", "watched")


class Module(ModuleType):
    """A module in place of another: what is assigned to its names is assigned in the original."""

    def __init__(self, original: ModuleType, convert: Any) -> None:
        super().__init__(original.__name__, original.__doc__)
        for name in ("__file__", "__path__", "__package__", "__spec__", "__version__"):
            if name in vars(original):
                vars(self)[name] = vars(original)[name]
        own = original, convert, Watched(lambda name: getattr(original, name, None), self.forget)
        vars(self).update(zip(OWN, own))

    def __getattr__(self, name: str) -> Any:
        thing = getattr(self.original, name)
        made = self.convert(thing)
        if made is not thing:  # anything else is looked up each time
            self.watched.note(name, thing)
            vars(self)[name] = made
        return made

    def forget(self, name: str) -> None:
        vars(self).pop(name, None)

    def __setattr__(self, name: str, thing: Any) -> None:
        self.forget(name)
        setattr(self.original, name, thing)

    def __delattr__(self, name: str) -> None:
        self.forget(name)
        delattr(self.original, name)

    def __dir__(self) -> list[str]:
        return dir(self.original)
