"""A row of a source: what it shows or asks for, the call or lesson that does it here, and the proof."""

from collections.abc import Callable
from dataclasses import dataclass

SOURCES = {
    "S": "ScalarFlow: a model assignment on reverse mode, with a minimal scalar engine",
    "B": "bgavran/autodiff: a small framework with lazy graphs and tensors",
    "H": 'Herta\'s notebook "Automatic Differentiation for Scalars"',
    "P": "The HSF tutorial, for physicists",
    "D": "The survey: Baydin, Pearlmutter, Radul, Siskind (2018)",
}
ROWS: dict[str, "Row"] = {}


@dataclass(frozen=True)
class Row:
    """what: of the source. call: how it is said here. lesson, shows: the lesson that does it, and words in it."""

    what: str
    call: str
    lesson: str
    shows: str
    proof: Callable[[], object]


def row(number: str, what: str, call: str, lesson: str = "", shows: str = "") -> Callable:
    """Decorates the proof of a row: a function that asserts."""

    def put(proof: Callable[[], object]) -> Callable[[], object]:
        assert number not in ROWS, f"two proofs of {number}"
        ROWS[number] = Row(what, call, lesson, shows, proof)
        return proof

    return put
