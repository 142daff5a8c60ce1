"""The variables of enclosing functions that rebuilt functions see: cells of their own, kept equal to the originals."""

from types import CellType
from typing import Any

EMPTY = object()


def contents(cell: CellType) -> Any:
    try:
        return cell.cell_contents
    except ValueError:  # a variable that has no value yet
        return EMPTY


class Link:
    """A cell of the user's and one that stands for it: `seen` was in the first when `made` was put in the second."""

    __slots__ = ("cell", "made", "new", "seen")

    def __init__(self, cell: CellType) -> None:
        self.cell, self.new, self.seen, self.made = cell, CellType(), EMPTY, EMPTY

    def refresh(self, convert: Any) -> None:
        now = contents(self.cell)
        if now is not self.seen:
            self.seen, self.made = now, convert(now)
            self.new.cell_contents = self.made

    def write_back(self) -> None:
        """What rebuilt code has assigned to the variable, in the original."""
        made = contents(self.new)
        if made is not self.made:
            self.seen = self.made = made
            self.cell.cell_contents = made
