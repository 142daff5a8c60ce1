"""What the results of this package share: a text, a picture that a notebook shows, and a file of it."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from ..picture import Picture


class Pictured:
    """Something that draws itself on one panel, of `inches`."""

    inches: tuple[float, float] = (6.4, 4.2)

    def draw(self, ax: "Axes") -> None:
        raise NotImplementedError

    def plot(self, ax: "Axes | None" = None) -> "Picture | Axes":
        """A picture, which a notebook shows; or what is drawn on `ax`, where that is given, and then `ax`."""
        return drawn_by(self, ax)

    def save(self, path: str | Path) -> None:
        """The picture as a file; its ending says the format (.png, .svg, .pdf)."""
        drawn_by(self, None).save(path)

    def _repr_png_(self) -> bytes:
        found: bytes = drawn_by(self, None)._repr_png_()
        return found


def drawn_by(shown: Pictured, ax: "Axes | None") -> Any:
    from ..picture import drawn

    return drawn(shown.draw, ax, shown.inches)


def plain_title(text: str) -> str:
    """text for matplotlib, which takes what stands between dollars for a formula."""
    return text.replace("$", r"\$")
