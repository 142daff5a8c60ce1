"""Worksheets: the table of a program with blanks, answers that are checked, and hints that give nothing away."""

import html
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ..brief import brief, few
from ..errors import InputError
from ..program.notation import array_text, latex_name, latex_text
from ..program.program import Program, trace
from ..program.table import heading, latex_number
from ..shapes import size
from .misconceptions import Known, equal, hint
from .session import note, titled

Column = Literal["value", "tangent", "adjoint", "partials"]
COLUMNS: tuple[Column, ...] = ("value", "tangent", "adjoint", "partials")
BLANK, RULE = "____", r"\rule{4em}{0.4pt}"
MOST_BLANKS = 400
FITS = 120  # characters of one line


@dataclass(frozen=True)
class Blank:
    """One gap: how the answer is called, whose it is, and in which column."""

    key: str
    index: int
    column: Column
    argument: int = 0


Cell = tuple["str | Blank", ...]  # what stands in a cell, with the gaps in it


@brief
class Exercise:
    """A worksheet: a table with blanks. Print it, ``check(a=180, b=120)`` answers, ``to_latex()`` for paper.

    title: what it is about. blanks: the gaps, by the names that `check` takes. answers: the right ones so far.
    """

    def __init__(self, program: Program, known: Known, column: Column, blanks: list[Blank], needed: list[str]):
        self.program, self.known, self.column = program, known, column
        self.blanks = {blank.key: blank for blank in blanks}
        self.needed = needed
        self.answers: dict[str, Any] = {}
        point = ", ".join(f"{program[k].name}={array_text(program[k].primal)}" for k in program.inputs)
        about = f"{program.name}({point}): {column if len(needed) != 1 else f'{column} of {needed[0]}'}"
        self.title = titled(about, [[v.expression for v in program.values], sorted(self.blanks)])
        note(self.title, passed=False)

    # ---- checking ----------------------------------------------------------------------------------------------------

    def check(self, answers: Mapping[str, Any] | None = None, /, **more: Any) -> str:
        """What is right, and a hint for what is not yet.

        Parameters
        ----------
        answers, **more
            Numbers or arrays by the name of the blank: ``check(a=180, b=np.e / 2)``, ``check({"x[0]": 3.0})``. None,
            ... or "" is a blank that is still empty. Without any, all blanks are empty.

        Returns
        -------
        str
            One sentence for each answer; it never contains the right one.

        Raises
        ------
        InputError
            If there is no blank of that name.
        """
        given = {**(answers or {}), **more} or dict.fromkeys(self.blanks)
        for key in given:
            if key not in self.blanks:
                names = ", ".join(few(list(self.blanks), "see .blanks", 20))
                raise InputError(f"there is no blank named {key!r}; there are {names}")
        said = [f"{key}: {self.judged(self.blanks[key], answer)}" for key, answer in given.items()]
        note(self.title, self.solved)
        together = "   ".join(said)
        return together if len(together) <= FITS else "\n".join(said)

    def judged(self, blank: Blank, answer: Any) -> str:
        number = as_number(answer)
        self.answers.pop(blank.key, None)
        if number is None:
            return "not yet: write a number." if is_empty(answer) else "not yet: that is no number."
        right = self.known.right(blank.column, blank.index, blank.argument)
        if equal(number, right):
            self.answers[blank.key] = number
            return "right."
        said = hint(self.known, blank.column, blank.index, blank.argument, number)
        for safe in (said, in_words(said), plain_hint(blank.column)):
            if not gives_away(safe, right):
                break
        return f"not yet: {safe}"

    @property
    def solved(self) -> bool:
        """Is what was asked for right: adjoints of the inputs, tangents or values of the outputs, or all the names?"""
        return all(key in self.answers for key in self.needed)

    # ---- showing -----------------------------------------------------------------------------------------------------

    def heads(self) -> list[str]:
        shown = {"value": [], "tangent": ["tangent"], "adjoint": ["adjoint"], "partials": ["partials"]}
        return ["line", "name", "expression", "value", *shown[self.column]]

    def rows(self) -> list[list[Cell]]:
        """The cells of every row, with the gaps that are in them."""
        gaps: dict[int, list[Blank]] = {}
        for blank in self.blanks.values():
            gaps.setdefault(blank.index, []).append(blank)
        found = []
        for v in self.program.values:
            own = gaps.get(v.index, [])
            start: list[Cell] = [(str(v.line or ""),), (v.name,), ("" if v.call is None else v.expression,)]
            if self.column == "value":
                found.append([*start, tuple(own) or (array_text(v.primal),)])
            else:
                found.append([*start, (array_text(v.primal),), self.last_cell(v.index, own)])
        return found

    def last_cell(self, index: int, own: list[Blank]) -> Cell:
        if self.column == "partials":
            by = [self.program[self.program[index].parents[blank.argument]].name for blank in own]
            texts = [f"{', ' * (k > 0)}by {name} " for k, name in enumerate(by)]
            return tuple(part for pair in zip(texts, own, strict=True) for part in pair)
        return tuple(own) or (array_text(self.known.right(self.column, index)),)

    def filled(self, blank: Blank) -> str:
        """What stands in a gap: the answer, once it is right."""
        return array_text(self.answers[blank.key]) if blank.key in self.answers else BLANK

    def cells(self, gap: Callable[[Blank], str], text: Callable[[str], str] = str) -> list[list[str]]:
        def written(cell: Cell) -> str:
            return "".join(gap(part) if isinstance(part, Blank) else text(part) for part in cell)

        return [[written(cell) for cell in row] for row in self.rows()]

    def __str__(self) -> str:
        rows = [self.heads(), *self.cells(self.filled)]
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([heading(self.program), "", lines[0], "  ".join("-" * w for w in widths), *lines[1:]])

    def to_latex(self) -> str:
        r"""A ``tabular`` with rules to write on; it needs no package."""
        heads = self.heads()[3:]
        lines = [" & ".join(["evaluation trace", *heads]) + r" \\ \hline"]

        def text(part: str) -> str:
            return latex_text(part) if part.startswith(("by ", ", by ")) else latex_number(part)

        def gap(blank: Blank) -> str:
            return latex_number(self.filled(blank)) if blank.key in self.answers else RULE

        for v, row in zip(self.program.values, self.cells(gap, text), strict=True):
            equation = f"${latex_name(v.name)}" + ("" if v.call is None else f" = {v.latex}") + "$"
            lines.append(" & ".join([equation, *row[3:]]) + r" \\")
        return "\n".join([rf"\begin{{tabular}}{{l{'r' * len(heads)}}}", *lines, r"\end{tabular}"])

    def _repr_html_(self) -> str:
        """The table with fields to write in; below it the line of code that checks what was written."""

        def field(blank: Blank) -> str:
            if blank.key in self.answers:
                return f"<b>{html.escape(self.filled(blank))}</b>"
            key = html.escape(blank.key)
            return f'<input data-key="{key}" aria-label="{blank.column} of {key}" size="10" style="width:7em">'

        side = 'style="text-align:left"'
        head = "".join(f"<th {side}>{h}</th>" for h in self.heads())
        body = "".join(
            f"<tr>{''.join(f'<td {side}>{cell}</td>' for cell in row)}</tr>" for row in self.cells(field, html.escape)
        )
        return (
            f'<div class="dualrev-exercise" oninput="{html.escape(COLLECT)}"><table>'
            f"<caption>{html.escape(heading(self.program))}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody>"
            "</table><p>Check it in the next cell: <code>print(ex.check())</code></p></div>"
        )


COLLECT = """
const filled = [...this.querySelectorAll('input')].filter((e) => e.value.trim());
const named = filled.every((e) => /^[A-Za-z_]\\w*$/.test(e.dataset.key));
const pairs = filled.map((e) => named ? e.dataset.key + '=' + e.value : JSON.stringify(e.dataset.key) + ': ' + e.value);
const said = pairs.join(', ');
this.querySelector('code').textContent = 'print(ex.check(' + (named ? said : '{' + said + '}') + '))';
""".replace("\n", " ").strip()


def exercise(
    f: Callable[..., Any],
    *x: Any,
    blanks: Column | list[str] = "adjoint",
    seed: Any = None,
    output: Any = None,
) -> Exercise:
    """A worksheet of f at x: the table of what f computes, with blanks to fill in, which are checked.

    Parameters
    ----------
    f : callable
        Plain NumPy code.
    *x
        The point.
    blanks : "adjoint", "tangent", "value", "partials" or list of str
        The column to fill in; or the names of the values whose adjoints are asked for. A partial is called
        ``v2_x1``: that of v2 by x1.
    seed, output : optional
        The direction of the tangents, and which output the adjoints are of, as in `Program.table`.

    Returns
    -------
    Exercise
        Prints with ``____``; ``check(...)`` returns what is right, and hints from common mistakes, never the answer;
        ``solved``; ``to_latex()``; fields to write in in a notebook. Answers count to a relative 1e-6.

    Raises
    ------
    InputError
        If there is no such column or name, or there are more than 400 blanks.

    Examples
    --------
    >>> import dualrev as dr
    >>> ex = dr.teach.exercise(lambda a, b: (b * b * a + 1) ** 2, 1.0, 3.0, blanks=["a", "b"])
    >>> print(ex)
    <lambda>: 4 operations
    <BLANKLINE>
    line  name  expression  value  adjoint
    ----  ----  ----------  -----  -------
          a                 1      ____
          b                 3      ____
    1     v1    b * b       9      20
    1     v2    v1 * a      9      20
    1     v3    v2 + 1      10     20
    1     v4    v3 ** 2     100    1
    >>> print(ex.check(a=180, b=60))
    a: right.   b: not yet: b is used by 1 operation, which has 2 equal operands (b*b): count both.
    >>> ex.solved, ex.check(b=120), ex.solved
    (False, 'b: right.', True)
    """
    program = trace(f, *x)
    known = Known.of(program, seed, output)
    column: Column = "adjoint"
    if isinstance(blanks, str):
        if blanks not in COLUMNS:
            raise InputError(f"blanks={blanks!r}: write one of {', '.join(COLUMNS)}, or a list of names")
        column, asked = blanks, all_blanks(program, known, blanks)
        inputs = [program[k].name for k in program.inputs]
        outputs = [program[k].name for k in program.outputs if k is not None]
        wanted = {"adjoint": inputs, "tangent": outputs, "value": outputs, "partials": [b.key for b in asked]}[blanks]
        needed = [b.key for b in asked if b.key in wanted] or [b.key for b in asked]
    else:
        asked = [Blank(program[name].name, program.index_of(name), "adjoint") for name in blanks]
        needed = [b.key for b in asked]
    if not asked:
        raise InputError(f"{program.name} has nothing to fill in: it has no operation, or no name was given")
    if len(asked) > MOST_BLANKS:
        raise InputError(f"{len(asked)} blanks are too many: trace a smaller example, or name some, blanks=['x']")
    return Exercise(program, known, column, asked, needed)


def all_blanks(program: Program, known: Known, column: Column) -> list[Blank]:
    if column == "adjoint":
        seeded = {
            k for k in program.outputs if k is not None and known.adjoint[k] is not None and not known.arrivals[k]
        }
        return [Blank(v.name, v.index, column) for v in program.values if v.index not in seeded]
    if column != "partials":
        return [Blank(v.name, v.index, column) for v in program.operations]
    found, taken = [], dict[str, int]()
    for v in program.operations:
        for k, p in enumerate(v.parents):
            if p >= 0 and known.right("partials", v.index, k) is not None:
                key = f"{v.name}_{program[p].name}"
                taken[key] = taken.get(key, 0) + 1
                found.append(Blank(key if taken[key] == 1 else f"{key}_{taken[key]}", v.index, column, k))
    return found


def as_number(answer: Any) -> Any:
    """An answer as a number or an array; None if it is none."""
    if is_empty(answer):
        return None
    try:
        found = np.asarray(answer, float)[()]
    except (TypeError, ValueError):
        return None
    return found if np.all(np.isfinite(found)) else None


def is_empty(answer: Any) -> bool:
    return answer is None or answer is Ellipsis or (isinstance(answer, str) and not answer.strip("_ "))


def gives_away(said: str, right: Any) -> bool:
    """Does the right number stand in the sentence, by chance?"""
    if size(right) != 1:
        return False
    number = float(np.reshape(right, ()))
    return any(equal(float(text), number) for text in re.findall(r"(?<![\w.])-?\d+\.?\d*(?:e-?\d+)?(?![\w.])", said))


def in_words(said: str) -> str:
    """The sentence with its counts in words."""
    words = ["no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    return re.sub(r"(?<![\w.])(\d)(?= [a-z])", lambda found: words[int(found[1])], said)


def plain_hint(column: Column) -> str:
    """A hint without any number in it."""
    return {
        "adjoint": "add up, over all uses, the adjoint of what uses it times the local partial.",
        "tangent": "add up, over all arguments, the local partial times their tangent.",
        "value": "compute the expression from the values above it.",
        "partials": "how does the operation change with this argument, if all others stay?",
    }[column]
