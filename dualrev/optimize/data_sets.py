"""Several data sets at once: some parameters shared by all, others each set's own."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy import ndarray

from ..arguments import name_of
from ..brief import brief
from ..errors import InputError
from ..labels import is_labelled
from .data import Data, data_for, predictors
from .fit_result import Fit, FitParts
from .keeping import LOST

if TYPE_CHECKING:
    from matplotlib.figure import Figure


class JointData:
    """The data of several sets, one after the other; what `Data` says of one."""

    complex = False
    covariance: ndarray | None = None

    def __init__(self, sets: list[Data]):
        self.sets = sets
        self.y = np.concatenate([one.y.ravel() for one in sets])
        self.kept = np.concatenate([one.kept.ravel() for one in sets])
        self.points = sum(one.points for one in sets)
        self.weighed = any(one.weighed for one in sets)
        self.deviations = None
        self.ends = np.cumsum([one.points for one in sets])[:-1]
        self.left_out: dict[str, int] = {}
        for one in sets:
            for why, count in one.left_out.items():
                self.left_out[why] = self.left_out.get(why, 0) + count
        self.log_volume = sum(one.log_volume for one in sets)

    def residual(self, made: Any) -> Any:
        return np.concatenate([np.reshape(one.residual(m), (-1,)) for one, m in zip(self.sets, made, strict=True)])

    def spread(self, weighted: ndarray) -> list[ndarray]:
        return [one.spread(part) for one, part in zip(self.sets, self.parts(weighted), strict=True)]

    def parts(self, weighted: ndarray) -> list[ndarray]:
        """The weighted residuals of each set."""
        return np.split(weighted, self.ends)

    def total(self, centred: bool = True) -> float:
        return sum(one.total(centred) for one in self.sets)

    def errors_of_points(self) -> None:
        return None


@dataclass(eq=False)
class JointModel:
    """The model of all sets: a list of what it gives for each, with the set's own parameters."""

    model: Callable[..., Any]
    own: frozenset[str]

    def __call__(self, x: Any, **p: Any) -> Any:
        return [self.of(k, part, p) for k, part in enumerate(x)]

    def of(self, k: int, x: Any, p: Mapping[str, Any]) -> Any:
        return self.model(x, **{name: value[k] if name in self.own else value for name, value in p.items()})


class SetReport(NamedTuple):
    """One of several data sets: how many points, their weighted sum of squares, and R2 about the set's own mean."""

    points: int
    chi2: float
    r_squared: float


@brief
class FitOfSets(Fit):
    """A fit of several data sets: a `Fit` whose ``residuals``, ``predict()`` and ``x`` are lists, one entry per set.

    sets : list of SetReport
        How well each set is fitted.
    own : set of str
        The parameters that each set has for itself: ``params[name]`` has one entry per set.
    """

    own: frozenset[str]

    def __init__(self, parts: FitParts):
        super().__init__(parts)
        self.own = parts.model.own  # type: ignore[attr-defined]
        data: Any = self.data
        self.sets = []
        for one, r in zip(data.sets, data.parts(self.weighted), strict=True):
            chi2, total = float(r @ r), one.total()
            self.sets.append(SetReport(one.points, chi2, 1 - chi2 / total if total > 0 else float("nan")))

    def __str__(self) -> str:
        lines = [
            f"set {k}: {one.points} points, chi2 = {one.chi2:.6g}, R2 = {one.r_squared:.6g}"
            for k, one in enumerate(self.sets)
        ]
        return "\n".join([self.report(), *lines])

    def predict(self, x: Any = None, std: bool = False, data_set: int | None = None) -> Any:
        """The model at x, a list with an entry per set, by default at the data; or of one set, at one x.

        With std a pair (values, errors), lists as well.
        """
        if data_set is not None:
            return self.of_set(data_set, self.x[data_set] if x is None else x, std)
        x = self.x if x is None else x
        if not isinstance(x, (list, tuple)) or len(x) != len(self.sets):
            raise InputError(f"give a list of {len(self.sets)} x, one per set, or name one: predict(x, data_set=0)")
        made = [self.of_set(k, part, std) for k, part in enumerate(x)]
        return ([y for y, _ in made], [error for _, error in made]) if std else made

    def of_set(self, k: int, x: Any, std: bool) -> Any:
        if self.model is None:
            raise InputError(LOST)
        model: Any = self.model
        x = predictors(x, "x")[0]

        def curve(z: Any) -> Any:
            return model.of(k, x, self.parameters.unflatten(z))

        y = np.asarray(curve(self.result.x))
        return (y, self.error_of(curve).reshape(y.shape)) if std else y

    def band(self, *args: Any, **options: Any) -> Any:
        raise InputError("a band is one of one curve: predict(x, std=True, data_set=0) has its error")

    def plot(self) -> "Figure":
        """The data and curve of each set; the residuals y - fit below."""
        from matplotlib import pyplot

        figure, (top, low) = pyplot.subplots(
            2, 1, figsize=(6.4, 5.2), height_ratios=(3, 1), sharex=True, layout="constrained"
        )
        for k, one in enumerate(self.data.sets):  # type: ignore[attr-defined]
            along = np.asarray(self.x[k]) if np.shape(self.x[k]) == one.y.shape else np.arange(one.y.size)
            order = np.argsort(along.ravel(), kind="stable")
            (line,) = top.plot(along.ravel()[order], self.of_set(k, self.x[k], False).ravel()[order], label=f"set {k}")
            style = {"ls": "", "marker": "o", "ms": 4, "mfc": "white", "color": line.get_color()}
            top.plot(along.ravel(), one.y.ravel(), **style)
            low.plot(along.ravel(), -self.residuals[k].ravel(), **style)
        low.axhline(0, color="0.5", lw=1, zorder=0)
        low.set(xlabel="x", ylabel="y - fit")
        top.set_ylabel("y")
        top.legend(frameon=False)
        for ax in (top, low):
            ax.spines[["top", "right"]].set_visible(False)
        figure.align_ylabels()
        return figure


# ---- from what the user gave -----------------------------------------------------------------------------------------


def are_sets(y: Any) -> bool:
    """Is y a list or tuple of arrays, that is of data sets? A list of numbers is one, and so is one of equal lists."""
    if not isinstance(y, (list, tuple)) or not len(y):
        return False
    if all((isinstance(one, ndarray) and one.ndim) or is_labelled(one) for one in y):
        return True
    return all(isinstance(one, (list, tuple, ndarray)) for one in y) and len({np.shape(one)[:1] for one in y}) > 1


def joint_data(
    x: Any, y: Any, sigma: Any, weights: Any, absolute: bool, mask: Any, nan_policy: str
) -> tuple[list[Any], JointData]:
    """(x of each set, their data)."""
    n = len(y)
    if not isinstance(x, (list, tuple)) or len(x) != n:
        raise InputError(f"y has {n} data sets: give a list of as many x, such as [x] * {n} where they are the same")
    made = []
    for k in range(n):
        given = [each(value, k, n, name) for name, value in (("sigma", sigma), ("weights", weights), ("mask", mask))]
        try:
            made.append(data_for(x[k], y[k], given[0], given[1], absolute, given[2], nan_policy))
        except InputError as error:
            raise InputError(f"data set {k}: {error}") from None
    return [part for part, _ in made], JointData([data for _, data in made])


def each(value: Any, k: int, n: int, name: str) -> Any:
    """The value for set k: the entry of a list, or a number for all."""
    if value is None or np.isscalar(value):
        return value
    if not isinstance(value, (list, tuple)) or len(value) != n:
        raise InputError(f"y has {n} data sets: give {name} as a list with an entry for each, or as one number")
    return value[k]


def own_starts(starts: Mapping[str, Any], own: Any, n: int, model: Any) -> tuple[dict[str, Any], frozenset[str]]:
    """(starts with one entry per set for the parameters of `own`, their names)."""
    names = frozenset([own] if isinstance(own, str) else own)
    for name in names:
        if name not in starts:
            raise InputError(f"own names {name!r}, and {name_of(model)} has {', '.join(starts)}")
    made = dict(starts)
    for name in names:
        value = np.asarray(starts[name], np.float64)
        made[name] = value if value.ndim and len(value) == n else np.stack([value] * n)
    return made, names


def check_shapes(model: JointModel, x: list[Any], data: JointData, p: Mapping[str, Any]) -> None:
    with np.errstate(all="ignore"):
        made = model(x, **p)
    for k, (m, one) in enumerate(zip(made, data.sets, strict=True)):
        if np.shape(m) != one.y.shape:
            raise InputError(
                f"data set {k}: {name_of(model.model)} gave shape {np.shape(m)} for y of shape {one.y.shape}: they "
                "must be the same, or residuals would be broadcast"
            )


Own = Iterable[str] | str
