"""The same function in other libraries, where they are installed: does everybody say the same derivative?"""

import builtins
from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import PackageNotFoundError, version
from textwrap import shorten
from types import CellType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

from ..brief import brief
from ..comparison.comparing import spoken_name
from ..derived import check_function
from ..errors import InputError
from ..palette import FORWARD, INK, OTHER, REVERSE
from ..program.notation import array_text
from ..transforms import grad
from ..units import difference_text, table_lines
from .pictured import Pictured, plain_title

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LEAST = 1e-17  # a difference on the plot


@brief
@dataclass(frozen=True, eq=False)
class Beside(Pictured):
    """The gradient of f by several libraries. Made by `beside`; printed, it is a table.

    gradients: by library, a tuple with one array per argument. versions: of the libraries. reasons: why one is missing:
    not installed, or what it said. code: how one writes the gradient in each.
    """

    name: str
    gradients: dict[str, tuple[np.ndarray, ...]]
    versions: dict[str, str]
    reasons: dict[str, str]
    code: dict[str, str]

    def difference(self, library: str) -> float:
        """The largest difference from dualrev."""
        pairs = zip(self.gradients[library], self.gradients["dualrev"], strict=True)
        return max(float(np.max(np.abs(np.subtract(a, b)), initial=0.0)) for a, b in pairs)

    def __str__(self) -> str:
        rows = [["library", "gradient", "apart"]]
        for library, found in self.gradients.items():
            said = ", ".join(array_text(g) for g in found)
            apart = "" if library == "dualrev" else difference_text(self.difference(library))
            rows.append([f"{library} {self.versions[library]}".strip(), said, apart])
        lines = [line.rstrip() for line in table_lines(rows)]
        missing = [f"{library}: {why}" for library, why in self.reasons.items()]
        width = max(map(len, self.code))
        code = [f"{library.ljust(width)}  {said}" for library, said in self.code.items()]
        return "\n".join([self.name, "", *lines, *missing, "", *code])

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON."""
        gradients = {library: [np.asarray(g).tolist() for g in found] for library, found in self.gradients.items()}
        return {**vars(self), "gradients": gradients}

    @property
    def inches(self) -> tuple[float, float]:  # type: ignore[override]
        return 6.4, 1.4 + 0.45 * len(self.code)

    def draw(self, ax: "Axes") -> None:
        """How far each library is from dualrev, on a logarithmic axis."""
        names = list(self.code)
        for row, library in enumerate(names):
            if library in self.reasons:
                ax.text(2e-17, row, self.reasons[library].split(":")[0][:60], va="center", color=OTHER, size=9)
            elif library != "dualrev":
                apart = self.difference(library)
                ax.plot([LEAST, max(apart, LEAST)], [row, row], color=REVERSE, lw=2.0)
                ax.plot(max(apart, LEAST), row, "o", color=REVERSE, ms=7)
                said = "the same to the last bit" if apart == 0 else f"{apart:.1e}"
                ax.annotate(said, (max(apart, LEAST), row), (8, 0), textcoords="offset points", va="center", color=INK)
            else:
                ax.text(2e-17, row, "what the others are compared with", va="center", color=FORWARD, size=9)
        ax.axvline(2.0**-52, color=INK, lw=0.8, ls=":")
        ax.set(xscale="log", xlim=(LEAST, 1.0), ylim=(len(names) - 0.4, -0.6), xlabel="largest difference from dualrev")
        ax.set_yticks(range(len(names)), [f"{name} {self.versions.get(name, '')}".strip() for name in names])
        ax.set_title(plain_title(f"The gradient of {self.name} by other libraries"))


def beside(f: Callable[..., Any], *x: Any) -> Beside:
    """The gradient of f by dualrev and by autograd, JAX and PyTorch, as far as they are installed.

    f stays as it is: for the others, the name of NumPy in it, ``np`` say, is made to mean ``autograd.numpy``,
    ``jax.numpy`` or ``torch``; in functions that f calls by name, too. At kinks libraries differ by convention.

    Parameters
    ----------
    f : callable
        A scalar-valued Python function of ``len(x)`` arguments, numbers or float arrays.
    *x
        The point.

    Returns
    -------
    Beside
        `gradients`, `difference(library)`, `reasons`; printed, it is a table; a notebook shows the picture.

    Raises
    ------
    InputError
        If f is no function written in Python, or an argument is no number or array.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev.teach
    >>> found = dualrev.teach.beside(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0)
    >>> [round(float(g), 4) for g in found.gradients["dualrev"]]
    [5.5, 1.7163]
    >>> sorted([*found.gradients, *found.reasons])
    ['autograd', 'dualrev', 'jax', 'torch']
    """
    check_function(f, "teach.beside", at="dr.teach.beside(f, x)")
    if not isinstance(f, FunctionType):
        raise InputError("beside changes what np means in f, so f is a function written in Python: write lambda x: ...")
    if not x or any(isinstance(v, (dict, list, tuple)) for v in x):
        raise InputError("beside takes numbers and arrays as arguments: write beside(f, 2.0, np.ones(3))")
    point = tuple(np.asarray(v, float) if np.shape(v) else float(v) for v in x)
    every = tuple(range(len(point)))
    gradients, reasons = {"dualrev": tuple(map(np.asarray, grad(f, argnums=every)(*point)))}, {}
    versions = {"dualrev": ""}
    for library, (_, of) in LIBRARIES.items():
        try:
            import_module(library)
            versions[library] = version(library)
            gradients[library] = tuple(np.asarray(g, float) for g in of(f, point))
        except (ModuleNotFoundError, PackageNotFoundError):
            reasons[library] = f"not installed: pip install {library}"
        except Exception as error:  # what it cannot do, or cannot be loaded for, is what one wants to know
            reasons[library] = f"{type(error).__name__}: {shorten(str(error), 120)}"
    places = ", ".join(map(str, every)) + "," * (len(every) == 1)
    code = {"dualrev": f"dr.grad(f, argnums=({places}))(*x)"}
    code |= {library: said.format(places=places) for library, (said, _) in LIBRARIES.items()}
    return Beside(spoken_name(f), gradients, versions, reasons, code)


# ---- the same f with another NumPy -----------------------------------------------------------------------------------


def with_numpy(f: FunctionType, module: Any, seen: dict[int, Any] | None = None) -> FunctionType:
    """f, and the functions that it calls by name, with `module` wherever they say np."""
    seen = {} if seen is None else seen
    if id(f) in seen:
        found: FunctionType = seen[id(f)]
        return found
    names = dict(f.__globals__)
    made = FunctionType(f.__code__, names, f.__name__, f.__defaults__, None if f.__closure__ is None else cells_of(f))
    made.__kwdefaults__ = f.__kwdefaults__
    seen[id(f)] = made
    for name in f.__code__.co_names:
        if name in names and not hasattr(builtins, name):
            names[name] = instead(names[name], module, seen)
    for cell, old in zip(made.__closure__ or (), f.__closure__ or ()):
        cell.cell_contents = instead(old.cell_contents, module, seen)
    return made


def cells_of(f: FunctionType) -> tuple[CellType, ...]:
    return tuple(CellType() for _ in f.__closure__ or ())


def instead(value: Any, module: Any, seen: dict[int, Any]) -> Any:
    """`module` for NumPy, a function of the user's with it for a function, and all else as it is."""
    if value is np:
        return module
    ours = isinstance(value, FunctionType) and not (value.__module__ or "").startswith(("numpy", "scipy", "dualrev"))
    return with_numpy(value, module, seen) if ours else value


def by_autograd(f: Any, x: tuple[Any, ...]) -> Any:
    autograd = import_module("autograd")
    g = autograd.grad(with_numpy(f, import_module("autograd.numpy")), tuple(range(len(x))))
    return g(*x)


def by_jax(f: Any, x: tuple[Any, ...]) -> Any:
    jax = import_module("jax")
    jax.config.update("jax_enable_x64", True)
    return jax.grad(with_numpy(f, import_module("jax.numpy")), tuple(range(len(x))))(*x)


def by_torch(f: Any, x: tuple[Any, ...]) -> Any:
    torch = import_module("torch")
    leaves = [torch.tensor(v, dtype=torch.float64, requires_grad=True) for v in x]
    with_numpy(f, Torch(torch))(*leaves).backward()
    return [np.zeros(v.shape) if v.grad is None else v.grad.numpy() for v in leaves]


SPELLED = {"concatenate": "cat", "power": "pow"}


class Torch:
    """torch under NumPy's names; floats and arrays that come in become tensors."""

    def __init__(self, torch: ModuleType):
        self.torch = torch
        self.linalg = torch.linalg

    def __getattr__(self, name: str) -> Any:
        found = getattr(self.torch, SPELLED.get(name, name))
        if not callable(found):
            return found
        return lambda *args, **options: found(*map(self.tensor, args), **options)

    def tensor(self, x: Any) -> Any:
        if isinstance(x, (float, np.ndarray, np.floating)):
            return self.torch.as_tensor(x, dtype=self.torch.float64)
        return x

    def array(self, items: Any) -> Any:
        """Of numbers and tensors."""
        return self.torch.stack([self.tensor(x) for x in items])

    def maximum(self, a: Any, b: Any) -> Any:
        return self.torch.maximum(self.both(a, b), self.both(b, a))

    def minimum(self, a: Any, b: Any) -> Any:
        return self.torch.minimum(self.both(a, b), self.both(b, a))

    def both(self, x: Any, like: Any) -> Any:
        """A number as a tensor of the other one's kind."""
        return x if self.torch.is_tensor(x) else self.torch.as_tensor(float(x), dtype=like.dtype)


LIBRARIES: dict[str, tuple[str, Callable[..., Any]]] = {
    "autograd": ("autograd.grad(f, ({places}))(*x)                    with autograd.numpy as np", by_autograd),
    "jax": ("jax.grad(f, ({places}))(*x)                         with jax.numpy as np", by_jax),
    "torch": ("f(*x).backward(); [v.grad for v in x]           x with requires_grad=True, torch as np", by_torch),
}
