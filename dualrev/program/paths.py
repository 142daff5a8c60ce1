"""Every path from an input to an output, with the product of its local partials: the chain rule, written out."""

import html
from dataclasses import dataclass
from itertools import islice
from math import log10
from typing import Any

import numpy as np

from ..brief import brief
from ..errors import InputError
from ..shapes import shape, size
from .network import Network, Step, of_numbers, of_values
from .notation import array_text, element_text, latex_name, number
from .program import Program
from .sensitivity import adjoints, cotangents, element_named, listed, number_of_output, output_names
from .table import latex_number

MOST_STEPS = 20_000  # of all paths listed, together


@brief
@dataclass(frozen=True, eq=False)
class Path:
    """One path.

    values: the names along it, input first. partials: the local partial of each step, "JT(name)" where it is no number.
    cotangent: that of the output it ends in. product: of the partials and the cotangent.
    """

    values: tuple[str, ...]
    partials: tuple[Any, ...]
    cotangent: Any
    product: Any

    def factors(self) -> list[str]:
        """The factors as text; the cotangent of the output last, where it is not 1."""
        texts = [p if isinstance(p, str) else number(p) for p in self.partials]
        if not texts or shape(self.cotangent) or self.cotangent != 1:
            texts.append(array_text(self.cotangent))
        return [f"({t})" if t[0] == "-" and len(texts) > 1 else t for t in texts]

    def __str__(self) -> str:
        factors = " * ".join(shortened(self.factors()))
        product = array_text(self.product)
        return f"{' -> '.join(shortened(self.values))}: {factors}{f' = {product}' if factors != product else ''}"


@brief
@dataclass(frozen=True, eq=False)
class Paths:
    """All paths from an input to an output; prints one per line, with their sum, the derivative.

    paths: those listed, in the order of the program. sum: the derivative of the output in the input; an array for an
    array. complete: is every path listed? Then `sum` is the sum of their products, else it comes from reverse mode.
    count: the number of all paths, exact. edges: the number of edges they lead over.
    """

    title: str
    input: str
    output: str
    paths: list[Path]
    sum: Any
    count: int
    edges: int

    @property
    def complete(self) -> bool:
        return len(self.paths) == self.count

    def notes(self) -> list[str]:
        """How many paths there are over how many edges, and where the sum comes from."""
        total = f"{counted(self.count, 'path')} over {counted(self.edges, 'edge')}"
        if not self.count:
            return [f"{self.input} does not reach {self.output}: no path, the derivative is {array_text(self.sum)}"]
        if self.complete:
            return [f"{total}; the sum of the products is the derivative, {array_text(self.sum)}"]
        return [
            f"{total}; {len(self.paths)} listed, {integer_text(self.count - len(self.paths))} more",
            f"the derivative, {array_text(self.sum)}, is that of reverse mode, which takes each edge once",
        ]

    def __str__(self) -> str:
        return "\n".join([self.title, "", *map(str, self.paths), *([""] if self.paths else []), *self.notes()])

    def cells(self) -> list[list[str]]:
        """The text of every cell, the headings first."""
        rows = [
            [" -> ".join(shortened(p.values)), " * ".join(shortened(p.factors())), array_text(p.product)]
            for p in self.paths
        ]
        return [["path", "local partials", "product"], *rows]

    def to_dict(self) -> dict[str, Any]:
        """Plain data, ready for JSON; a count of more than 4,000 digits as text."""
        paths = [{name: plain(x) for name, x in vars(path).items()} for path in self.paths]
        count = self.count if self.count.bit_length() < 13_000 else integer_text(self.count)
        return {**vars(self), "paths": paths, "sum": plain(self.sum), "count": count, "complete": self.complete}

    def _repr_html_(self) -> str:
        side = ' style="text-align:left;padding-right:1em"'
        head, *body = ([f"{side}>{html.escape(c)}" for c in row] for row in self.cells())
        heads = "".join(f"<th{c}</th>" for c in head)
        rows = "".join(f"<tr>{''.join(f'<td{c}</td>' for c in row)}</tr>" for row in body)
        notes = "".join(f"<p>{html.escape(note)}</p>" for note in self.notes())
        caption = f"<caption>{html.escape(self.title)}</caption>"
        return f"<table>{caption}<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table>{notes}"

    def to_latex(self) -> str:
        r"""A ``tabular`` that needs no package; the last row is the sum."""
        lines = [r"path & local partials & product \\ \hline"]
        for p in self.paths:
            names = r" \to ".join(shortened(map(latex_name, p.values), r"\cdots"))
            factors = r" \cdot ".join(shortened(map(latex_factor, p.factors()), r"\cdots"))
            lines.append(f"${names}$ & ${factors}$ & {latex_number(array_text(p.product))} " + r"\\")
        lines[-1] += r" \hline"
        said = f"sum of {'the' if self.complete else 'all'} {integer_text(self.count)} path{'s' * (self.count != 1)}"
        lines.append(rf"{said} & & {latex_number(array_text(self.sum))} \\")
        return "\n".join([r"\begin{tabular}{llr}", *lines, r"\end{tabular}"])


def paths_of(program: Program, input: str, output: Any = None, most: int = 20) -> Paths:
    """Every path from an input to an output, with the product of its local partials; their sum is the derivative.

    There can be exponentially many paths over few edges: k values ``y = y * y`` make 2**k paths over 2k edges. Reverse
    mode (and forward mode) takes every edge once, and that is why it is cheap.

    Parameters
    ----------
    input : str
        The name of an input: "x1", or "x" of an array; or of one element, "x[3]". Between arrays the factors along a
        path are the vector-Jacobian products of the ops, JT(name), applied from the output back. The paths of one
        element lead through numbers only.
    output : optional
        The name of an output that is a number, or of an element, "y[1]"; the number of an output element, counted over
        all; or one cotangent per output. By default the first element. The paths of one element of the input need one
        element of the output.
    most : int
        How many paths to list, fewer where they are long: of MOST_STEPS steps together. They are counted in any case.

    Returns
    -------
    Paths
        Its `paths` have ``values, partials, product``; beside them ``sum``, ``count``, ``edges``.

    Raises
    ------
    InputError
        If there is no such input or output.

    Source: Bauer (1974), Computational graphs and rounding error; Griewank & Walther (2008), chapter 9.

    Examples
    --------
    >>> import numpy as np
    >>> import dualrev as dr
    >>> program = dr.trace(lambda x1, x2: np.log(x1) + x1 * x2 - np.sin(x2), 2.0, 5.0)
    >>> print(paths_of(program, "x1"))
    <lambda>: from x1 to v5
    <BLANKLINE>
    x1 -> v1 -> v3 -> v5: 0.5 * 1 * 1 = 0.5
    x1 -> v2 -> v3 -> v5: 5 * 1 * 1 = 5
    <BLANKLINE>
    2 paths over 5 edges; the sum of the products is the derivative, 5.5
    """
    if most < 0:
        raise InputError(f"most={most}: the number of paths to list is 0 or more")
    seed, ending = chosen_output(program, output)
    start, element = chosen_input(program, input)
    network = of_values(program, start, seed) if element is None else of_numbers(program, start, element, seed)
    onward = network.onward()
    count, edges = network.count(onward)
    paths: list[Path] = []
    room = MOST_STEPS
    for steps in islice(network.walk(onward), most):
        room -= len(steps)
        if paths and room < 0:
            break
        paths.append(path_along(network, steps))
    total = sum(path.product for path in paths) if 0 < count == len(paths) else None
    if total is None:
        total = adjoints(program, seed)[0][start]
        total = np.zeros(shape(program[start].primal))[()] if total is None else total
        total = total if element is None else np.ravel(total)[element]
    return Paths(f"{program.name}: from {input} to {ending}", input, ending, paths, total, count, edges)


def path_along(network: Network, steps: list[Step]) -> Path:
    """The path of these steps: the cotangent of its end, pulled back step by step."""
    ends = [network.start, *[step.child for step in steps]]
    product = cotangent = network.ends[ends[-1]]
    for step in reversed(steps):
        product = network.pull(step, product)
    return Path(tuple(network.names[k] for k in ends), tuple(map(network.partial, steps)), cotangent, product)


# ---- what is asked for -----------------------------------------------------------------------------------------------


def chosen_input(program: Program, name: str) -> tuple[int, int | None]:
    """The index of the input, and the element of it, if the name is that of one."""
    inputs = [program[k] for k in program.inputs]
    for v in inputs:
        if v.name == name:
            return v.index, None
        found = element_named(name, v.name, v.primal)
        if found is not None:
            return v.index, found
    raise InputError(f"{program.name} has no input named {name!r}; its inputs are {listed(inputs)}")


def chosen_output(program: Program, output: Any) -> tuple[Any, str]:
    """The seed of `cotangents` for the output, and how to call it."""
    names = output_names(program)
    if isinstance(output, str):
        output = number_of_output(program, output)
    if not (output is None or isinstance(output, (int, np.integer))):
        return output, " and ".join(names)
    seeds = cotangents(program, output)
    chosen = next(k for k, ct in enumerate(seeds) if ct is not None)
    before = sum(map(size, program.recording.values[:chosen]))
    element = int(np.argmax(seeds[chosen]))
    return before + element, names[chosen] + element_text(shape(seeds[chosen]), element)


# ---- text ------------------------------------------------------------------------------------------------------------


def shortened(texts: Any, dots: str = "...", most: int = 10) -> list[str]:
    """The texts along a path, of many the first and the last."""
    texts = list(texts)
    return texts if len(texts) <= most else [*texts[: most - 3], dots, *texts[-2:]]


def counted(count: int, noun: str) -> str:
    return f"{integer_text(count)} {noun}{'s' * (count != 1)}"


def integer_text(count: int) -> str:
    """A count with commas; of more than 15 digits the size.

    >>> integer_text(1_048_576), integer_text(2**50), integer_text(2**100_000)
    ('1,048,576', 'about 1.1e15', 'about 9.9e30102')
    """
    if count < 10**15:
        return f"{count:,}"
    shift = max(count.bit_length() - 64, 0)
    exponent, digits = divmod(log10(count >> shift) + shift * log10(2), 1)
    return f"about {int(10 ** (digits + 1)) / 10}e{int(exponent)}"


def latex_factor(text: str) -> str:
    return latex_number(text).strip("$") if text[:2] != "JT" else rf"J_{{{latex_name(text[3:-1])}}}^T"


def plain(x: Any) -> Any:
    """Numbers and arrays as Python's own."""
    if isinstance(x, tuple):
        return [plain(v) for v in x]
    return x.tolist() if isinstance(x, (np.ndarray, np.generic)) else x
