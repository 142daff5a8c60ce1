"""What is pickled of a fit: all its numbers, and the functions that can be.

A lambda or a function inside a function cannot: then everything else is kept, and the model is None.
"""

import pickle
from collections.abc import Mapping
from typing import Any

from ..errors import InputError

LOST = (
    "the model did not come through the pickle, since it is a lambda or a function inside a function: define it at the "
    "top of a module, with def, to keep it"
)
FUNCTIONS = ("model", "evaluation", "objective")


class Remains:
    """What is left of an evaluation whose function was not pickled: what is known of it."""

    def __init__(self, evaluation: Any):
        known = ("name", "counts", "history", "chosen", "parameters")
        self.known = {name: getattr(evaluation, name) for name in known if hasattr(evaluation, name)}
        if self.known.get("chosen") is not None:
            self.known["choice"] = self.known["chosen"]
        if not can_be_pickled(self.known["parameters"]):
            self.known["parameters"] = self.known["parameters"].without_functions()

    def __getattr__(self, name: str) -> Any:
        known = self.__dict__.get("known", {})
        if name in known:
            return known[name]
        if name.startswith("__"):
            raise AttributeError(name)
        raise InputError(LOST)


def can_be_pickled(x: Any) -> bool:
    try:
        pickle.dumps(x)
    except Exception:  # whatever a function or a user's object has against it
        return False
    return True


def pickled(state: Mapping[str, Any]) -> dict[str, Any]:
    """The attributes of a fit, functions that cannot be pickled replaced by what is known of them."""
    made = dict(state)
    if all(can_be_pickled(state.get(name)) for name in FUNCTIONS):
        return made
    for name in FUNCTIONS:
        if name in made:
            made[name] = None if name == "model" else Remains(made[name])
    return made
