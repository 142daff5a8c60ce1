"""The cells of a lesson: read from its .py file in percent format, blanks filled in, and run as a notebook would."""

import ast
import io
import linecache
import re
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[2] / "notebooks"
LESSONS = sorted(FOLDER.glob("[0-9][0-9]_*.py"))
MARK = re.compile(r"# %%(?P<kind> \[markdown\])?\s*$")


@dataclass(frozen=True)
class Cell:
    """One cell: its source, the line of the file that it begins on (from 0), and whether it is text."""

    source: str
    line: int
    is_text: bool

    @property
    def blanks(self):
        """The names that are to be filled in, each with where its ``...`` stand."""
        return {} if self.is_text else blanks_of(self.source)


def cells_of(path):
    """Every cell of a .py file in percent format; what stands above the first mark belongs to no cell."""
    lines = path.read_text(encoding="utf-8").splitlines()
    starts = [k for k, line in enumerate(lines) if MARK.match(line)]
    found = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        text = bool(MARK.match(lines[start])["kind"])
        body = lines[start + 1 : end]
        while body and not body[-1].strip():
            body.pop()
        found.append(Cell("\n".join(map(uncommented, body) if text else body), start + 1, text))
    return found


def uncommented(line):
    return line.removeprefix("#").removeprefix(" ")


def blanks_of(source):
    """name -> the ``...`` of ``name = ...``, or those in the body of ``def name``."""
    found = {name: dots_in(node) for tree in ast.parse(source).body for name, node in bound(tree)}
    return {name: dots for name, dots in found.items() if dots}


def bound(node):
    """The names that a statement gives to something, each with what it is given to."""
    match node:
        case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
            return [(name, node)]
        case ast.Assign(targets=[ast.Name(id=name)], value=value):
            return [(name, value)]
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            return [(name.id, value) for name, value in zip(names, values, strict=True)]
    return []


def dots_in(node):
    return [n for n in ast.walk(node) if isinstance(n, ast.Constant) and n.value is ...]


def filled(source, answers):
    """The source with the ``...`` of each answered name replaced: by one text, or by one of a list for each."""
    lines = source.split("\n")
    places = []
    for name, dots in blanks_of(source).items():
        if name in answers:
            given = answers[name]
            places += zip(dots, [given] if isinstance(given, str) else given, strict=True)
    for node, text in sorted(places, key=lambda place: (-place[0].lineno, -place[0].col_offset)):
        row, column = node.lineno - 1, node.col_offset
        text = text.replace("\n", "\n" + " " * column)
        lines[row] = lines[row][:column] + text + lines[row][node.end_col_offset :]
    return "\n".join(lines)


def run(cell, source, path, names):
    """Run a cell, and return what a notebook would show of it as text: what it printed, and its last value."""
    tree = ast.parse(source)
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    if source == cell.source:  # the lines of the file itself, so that its names and lines are those of the lesson
        file = str(path)
        for node in [tree, *([last] if last else [])]:
            ast.increment_lineno(node, cell.line)
    else:
        file = f"{path.stem}_{cell.line}.py"
        linecache.cache[file] = len(source), None, source.splitlines(keepends=True), file
    with redirect_stdout(io.StringIO()) as printed:
        exec(compile(tree, file, "exec"), names)
        if last:
            shown = eval(compile(ast.Expression(last.value), file, "eval"), names)
            if shown is not None:
                print(repr(shown))
    return printed.getvalue()
