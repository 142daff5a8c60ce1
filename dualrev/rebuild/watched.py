"""Names whose objects are converted once: noticed when the object behind a name is another one than it was."""

from collections.abc import Callable
from operator import is_
from threading import Lock
from typing import Any


class Watched:
    """Names that were read, with the object that each stood for when it was converted.

    get(name): what stands there now, None if nothing. changed(name): called where that is another object than before.
    """

    def __init__(self, get: Callable[[Any], Any], changed: Callable[[Any], None]) -> None:
        self.get, self.changed = get, changed
        self.names: list[Any] = []
        self.things: list[Any] = []
        self.lock = Lock()

    def note(self, name: Any, thing: Any) -> None:
        with self.lock:  # the two lists are read side by side
            if name in self.names:
                self.things[self.names.index(name)] = thing
            else:
                self.things.append(thing)
                self.names.append(name)

    def refresh(self) -> None:
        """Look whether every name still stands for the same object."""
        if not all(map(is_, map(self.get, self.names), self.things)):
            for k, name in enumerate(self.names):
                thing = self.get(name)
                if thing is not self.things[k]:
                    self.things[k] = thing
                    self.changed(name)
