"""`dualrev fit`: a model and a file of columns on the command line, a `Fit` out."""

import csv
import io
from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path
from typing import Any

import numpy as np
from numpy import ndarray

from .errors import InputError
from .expressions import is_target, load, parse, split, tree_value
from .theme import page

ENDINGS = (".html", ".json", ".txt", ".png", ".svg", ".pdf")
FIGURES = (".png", ".svg", ".pdf")
LOSSES = ("linear", "soft_l1", "huber", "cauchy", "arctan")
DELIMITERS = ",;\t "

Columns = dict[str, ndarray]


def add_options(command: Any) -> None:
    """What `dualrev fit` takes beside a model, a file of columns, and starts as a=1."""
    command.usage = "dualrev fit WHAT DATA name=value ... [options]"
    command.add_argument("--x", metavar="NAME", help="the column of x, or several, as t,u (by default the first)")
    command.add_argument("--y", metavar="NAME", help="the column of y (by default the second)")
    command.add_argument("--sigma", metavar="NAME", help="the column of standard deviations, or one number")
    command.add_argument("--absolute-sigma", action="store_true", help="sigma is as measured, not only its ratios")
    command.add_argument("--loss", choices=LOSSES, default="linear", help="a robust one counts outliers less")
    command.add_argument("--f-scale", metavar="SIZE", type=float, default=1.0, help="where an outlier begins")
    command.add_argument("--fix", metavar="NAME", nargs="+", default=[], help="parameters that stay at their start")


def fitted(arguments: Any) -> Any:
    """The `Fit` that the command line asks for."""
    from .optimize import fit

    words = [word for word in arguments.values if "=" not in word]
    if len(words) != 1:
        raise InputError("name one file of columns after the model, as in dualrev fit 'a * x' data.csv a=1")
    arguments.values = [word for word in arguments.values if "=" in word]
    columns = read(Path(words[0].strip()))
    x_names, y_name = chosen(columns, arguments.x, arguments.y)
    starts = {name: tree_value(text) for name, text in split(arguments.values).items()}
    if not starts:
        raise InputError("give a start for each parameter, as a=1 b=1")
    model = model_of(arguments, x_names, list(starts))
    x: Any = columns[x_names[0]] if len(x_names) == 1 else tuple(columns[name] for name in x_names)
    return fit(
        model, x, columns[y_name], sigma=sigma_of(columns, arguments.sigma), absolute_sigma=arguments.absolute_sigma,
        loss=arguments.loss, f_scale=arguments.f_scale, fixed=arguments.fix, nan_policy="omit", start=starts,
    )  # fmt: skip


def model_of(arguments: Any, x_names: Sequence[str], parameters: Sequence[str]) -> Callable[..., Any]:
    """The function that was named; or a formula, whose variables are the columns of x and the parameters."""
    if is_target(arguments.what):
        if arguments.formula_only:
            raise InputError(f"{arguments.what} names a function, and --formula-only takes nothing but a formula")
        return load(arguments.what)
    expression = parse(arguments.what, first=[*parameters])
    others = [name for name in expression.names if name not in parameters]
    if len(others) == 1 == len(x_names) and others != list(x_names):
        x_names = others  # one variable more than there are parameters can only be x
    unknown = [name for name in others if name not in x_names]
    if unknown:
        raise InputError(f"{unknown[0]} in the formula is no parameter and no column of x: give it a start")

    def formula(x: Any, **p: Any) -> Any:
        known = {**dict(zip(x_names, [x] if len(x_names) == 1 else x)), **p}
        return expression.function(*[known[name] for name in expression.names])

    formula.__name__ = arguments.what.strip()
    return formula


# ---- the file --------------------------------------------------------------------------------------------------------


def read(path: Path) -> Columns:
    """The columns of a file by name; by number, "1", "2", ..., where its first line has numbers. Gaps are nan."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(f"{path} is no text: give a file of columns, such as .csv") from None
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    if not lines:
        raise InputError(f"{path} is empty")
    rows = table(lines)
    named = any(number(cell) is None for cell in rows[0])
    names = [cell.strip() for cell in rows[0]] if named else [str(k + 1) for k in range(len(rows[0]))]
    if len(set(names)) < len(names):
        raise InputError(f"{path} has two columns of one name: {', '.join(names)}")
    body = rows[1:] if named else rows
    if not body:
        raise InputError(f"{path} has a line of names and no numbers")
    for k, row in enumerate(body):
        if len(row) != len(names):
            raise InputError(f"{path}: row {k + 1} has {len(row)} columns, and there are {len(names)} names")
    return {name: column([row[j] for row in body]) for j, name in enumerate(names)}


def table(lines: Sequence[str]) -> list[list[str]]:
    """The cells of each line, by the delimiter that the first line has."""
    delimiter = next((d for d in DELIMITERS if d in lines[0].strip()), ",")
    if delimiter in " \t":
        return [line.split() if delimiter == " " else line.strip("\r\n").split("\t") for line in lines]
    return [row for row in csv.reader(io.StringIO("\n".join(lines)), delimiter=delimiter, skipinitialspace=True) if row]


def number(cell: str) -> float | None:
    """A cell as a number, nan where it is empty; None where it is a word."""
    word = cell.strip()
    if word.lower() in ("", "na", "n/a", "null", "none"):
        return float("nan")
    try:
        return float(word)
    except ValueError:
        return None


def column(cells: Sequence[str]) -> Any:
    """A column of numbers; where a cell is a word, that word, which is refused if the column is asked for."""
    values = [number(cell) for cell in cells]
    words = [cell for cell, value in zip(cells, values, strict=True) if value is None]
    return np.array(values, np.float64) if not words else words[0].strip()


def chosen(columns: Columns, x: str | None, y: str | None) -> tuple[list[str], str]:
    """The names of the columns of x and of y."""
    names = list(columns)
    if y is None:
        left = [name for name in names if name not in (x or names[0]).split(",")]
        if not left:
            raise InputError(f"there is one column, {names[0]}: x and y are needed")
        y = left[0]
    x_names = [name.strip() for name in x.split(",")] if x else [names[0]]
    for name, option in [*((name, "--x") for name in x_names), (y, "--y")]:
        usable(columns, name, option)
    return x_names, y


def usable(columns: Columns, name: str, option: str) -> ndarray:
    if name not in columns:
        raise InputError(f"{option} {name}: there is no such column, there are {', '.join(columns)}")
    if isinstance(columns[name], str):
        raise InputError(f"{option} {name}: that column holds the word {columns[name]!r}, and numbers are needed")
    return columns[name]


def sigma_of(columns: Columns, given: str | None) -> Any:
    """A column, or one number."""
    if given is None:
        return None
    if given not in columns and (value := number(given)) is not None:
        return value
    return usable(columns, given, "--sigma")


# ---- what is saved ---------------------------------------------------------------------------------------------------


class Saved:
    """A fit in the forms that the command line prints and saves."""

    def __init__(self, fit: Any):
        self.fit = fit

    def __str__(self) -> str:
        return str(self.fit)

    def to_dict(self) -> dict[str, Any]:
        data: dict[str, Any] = self.fit.to_dict()
        return data

    def save_as(self, path: Path) -> None:
        """A figure, or a page with card and figure."""
        if path.suffix.lower() in FIGURES:
            self.fit.plot().save(path)
        else:
            path.write_text(page(escape(path.stem), self.body()), encoding="utf-8")

    def body(self) -> str:
        svg = self.fit.plot().to_svg()
        return f"{self.fit.card()}\n<div>{svg[svg.index('<svg') :]}</div>\n<pre>{escape(str(self.fit))}</pre>"
