"""The gradient of a function of two numbers as arrows, over its contours, with descents from many points."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from ..arguments import root_names
from ..brief import brief
from ..comparison.comparing import spoken_name
from ..derived import check_function
from ..errors import InputError
from ..palette import FORWARD, INK, REVERSE
from ..transforms import grad
from .descents import contours
from .pictured import Pictured, plain_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

ARROWS, CELLS = 15, 61  # on a side

Range = tuple[float, float]


@brief
@dataclass(frozen=True, eq=False)
class Field(Pictured):
    """f, its gradient and descents over a rectangle. Made by `field`.

    names: of the two arguments. x, y: where the values are taken, of shape (len(y), len(x)). points, gradients: of the
    arrows, shape (k, 2). paths: of the descents, shape (trajectories, steps + 1, 2); one that leaves the numbers goes
    on as nan. left: which of them have left the rectangle.
    """

    name: str
    names: tuple[str, str]
    x: np.ndarray
    y: np.ndarray
    values: np.ndarray
    points: np.ndarray
    gradients: np.ndarray
    paths: np.ndarray
    rate: float

    @property
    def left(self) -> np.ndarray:
        low, high = np.array([self.x[0], self.y[0]]), np.array([self.x[-1], self.y[-1]])
        end = self.paths[:, -1]
        return ~np.all((end >= low) & (end <= high), axis=1)

    def __str__(self) -> str:
        count, steps = self.paths.shape[0], self.paths.shape[1] - 1
        a, b = self.names
        lines = [
            f"{self.name}: {a} from {self.x[0]:g} to {self.x[-1]:g}, {b} from {self.y[0]:g} to {self.y[-1]:g}",
            f"values from {np.nanmin(self.values):.6g} to {np.nanmax(self.values):.6g}",
            f"gradients from {self.lengths.min():.3g} to {self.lengths.max():.3g} long",
        ]
        if count:
            lines.append(f"{count} descents of {steps} steps at rate {self.rate:g}: {int(self.left.sum())} have left")
        return "\n".join(lines)

    @property
    def lengths(self) -> np.ndarray:
        """Of the gradients."""
        return np.hypot(*self.gradients.T)

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        lists = {k: v.tolist() if isinstance(v, np.ndarray) else v for k, v in vars(self).items()}
        return {**lists, "left": self.left.tolist()}

    @property
    def inches(self) -> tuple[float, float]:  # type: ignore[override]
        return 6.4, 5.6

    def draw(self, ax: "Axes") -> None:
        """Contours, arrows of one length each in the direction of the gradient, paths from a dot to a star."""
        contours(ax, self.x, self.y, self.values)
        unit = self.gradients / np.where(self.lengths > 0, self.lengths, 1.0)[:, None]
        ax.quiver(*self.points.T, *unit.T, color=REVERSE, angles="xy", scale=1.9 * ARROWS, width=0.0032, zorder=2)
        for path in self.paths:
            ax.plot(*path.T, color=FORWARD, lw=1.1, zorder=3)
        if len(self.paths):
            ax.plot(*self.paths[:, 0].T, "o", color=INK, ms=3.5, zorder=4, label="start")
            ax.plot(*self.paths[:, -1].T, "*", color=FORWARD, ms=8, mec=INK, mew=0.4, zorder=4, label="end")
            ax.legend(loc="upper right")
        ax.set(xlim=(self.x[0], self.x[-1]), ylim=(self.y[0], self.y[-1]), xlabel=self.names[0], ylabel=self.names[1])
        said = f"{self.name}: its gradient (arrows)"
        said += f", and {len(self.paths)} descents against it: {int(self.left.sum())} leave" if len(self.paths) else ""
        ax.set_title(plain_title(said))


def field(
    f: Callable[[Any, Any], Any],
    x: Range = (-10.0, 10.0),
    y: Range = (-10.0, 10.0),
    trajectories: int = 50,
    steps: int = 25,
    rate: float = 1e-3,
    seed: int = 0,
) -> Field:
    """The gradient of f(x, y) as a field of arrows over its contours, with gradient descents from random points.

    Parameters
    ----------
    f : callable
        A scalar-valued function of two numbers, plain NumPy code.
    x, y : pair of float
        The rectangle.
    trajectories, steps, rate : int, int, float
        How many descents, of how many steps (x, y) -> (x, y) - rate * gradient.
    seed : int
        Of the starting points, uniform in the rectangle.

    Returns
    -------
    Field
        `values`, `gradients`, `paths`, `left`; a notebook shows the picture.

    Raises
    ------
    InputError
        If f is no scalar-valued function of two numbers, or a range is empty.

    Examples
    --------
    >>> import dualrev.teach
    >>> found = dualrev.teach.field(lambda a, b: b * (a + b) * (a - b), trajectories=3, steps=2)
    >>> found.paths.shape, found.gradients.shape
    ((3, 3, 2), (225, 2))
    """
    check_function(f, "teach.field", at="dr.teach.field(f, (-10, 10), (-10, 10))")
    for name, ends in (("x", x), ("y", y)):
        if len(ends) != 2 or not ends[0] < ends[1]:
            raise InputError(f"{name}={ends!r}: write the two ends of a range, the lower one first")
    gradient = grad(f, argnums=(0, 1))
    xs, ys = np.linspace(*x, CELLS), np.linspace(*y, CELLS)
    with np.errstate(all="ignore"):
        values = np.array([[float(f(float(a), float(b))) for a in xs] for b in ys])
        inner = [np.linspace(low, high, ARROWS + 2)[1:-1] for low, high in (x, y)]
        points = np.array([(a, b) for b in inner[1] for a in inner[0]])
        gradients = np.array([gradient(float(a), float(b)) for a, b in points], float)
        starts = np.random.default_rng(seed).uniform((x[0], y[0]), (x[1], y[1]), (trajectories, 2))
        paths = np.array([descend(gradient, start, steps, rate) for start in starts]).reshape(-1, steps + 1, 2)
    first, second = root_names(f, (0.0, 0.0))
    return Field(spoken_name(f), (first, second), xs, ys, values, points, gradients, paths, rate)


def descend(gradient: Callable[..., Any], start: np.ndarray, steps: int, rate: float) -> list[np.ndarray]:
    path = [start]
    for _ in range(steps):
        here = path[-1]
        slope = gradient(float(here[0]), float(here[1])) if np.isfinite(here).all() else (np.nan, np.nan)
        path.append(here - rate * np.array(slope, float))
    return path
