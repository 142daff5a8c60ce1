"""The floors: a file imports only from floors below it. The test reads the imports, those inside functions too."""

import ast
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import dualrev
from dualrev.registry import find

PACKAGE = Path(dualrev.__file__).parent

# From the ground up. A name with a slash is a package whose files share a floor; within one package files may import
# each other in one direction, without a cycle.
FLOORS = [
    [
        *("errors", "shapes", "tree", "datasets/", "source", "timing", "progress", "units", "palette", "kin"),
        *("freezing", "brief"),
    ],
    ["expressions/", "constants", "labels", "picture", "theme", "argnames", "restart"],
    ["cotangents"],
    ["kinds"],
    ["registry"],
    ["traced"],
    ["dispatch", "handover", "likeness", "objects"],
    ["tracer", "foreign"],
    ["splitting"],
    ["boundary", "ops/", "custom"],
    ["forward/", "reverse/", "writing/", "sides"],
    ["arguments", "costs/", "waist", "numpy/", "math"],
    ["estimates", "scouting", "derived", "cmath", "solving/"],
    ["modes"],
    ["rescue"],
    ["transforms", "checkpointing", "pointwise"],
    ["scipy/", "curvature/", "series/"],
    ["jacobians", "rebuild/", "bridges/"],
    ["program/"],
    ["by_hand/"],
    ["checking/"],
    ["comparison/", "optimize/"],
    ["teach/", "propagation/"],
    ["__init__"],
    ["demo", "fit_command", "check_commands"],
    ["cli"],
    ["__main__"],
]
LEVEL = {room: level for level, rooms in enumerate(FLOORS) for room in rooms}
FILES = sorted(path.relative_to(PACKAGE).as_posix() for path in PACKAGE.rglob("*.py"))


def room(file):
    """The name in FLOORS of a file: "ops/" for "ops/index.py", "tree" for "tree.py"."""
    return file.split("/")[0] + "/" if "/" in file else file.removesuffix(".py")


def parsed(file):
    return ast.parse((PACKAGE / file).read_text(encoding="utf-8"), file)


def file_of(module):
    """The file that a dotted name means, "ops/index.py" for "ops.index" and "__init__.py" for "", or None."""
    path = module.replace(".", "/")
    candidates = [f"{path}.py", f"{path}/__init__.py"] if path else ["__init__.py"]
    return next((c for c in candidates if (PACKAGE / c).is_file()), None)


def imports(file):
    """The files of the package that a file imports, by relative or absolute name, anywhere in it."""
    found = set()
    here = file.split("/")[:-1]
    for statement in ast.walk(parsed(file)):
        if isinstance(statement, ast.Import):
            names = [alias.name for alias in statement.names if alias.name.split(".")[0] == "dualrev"]
            found |= {file_of(name.partition(".")[2]) for name in names}
        elif isinstance(statement, ast.ImportFrom):
            base = origin(statement, here)
            names = [".".join([*base, alias.name]) for alias in statement.names] if base is not None else []
            found |= {file_of(name) or file_of(".".join(base)) for name in names}
    assert None not in found, f"{file} imports something that is no file of the package"
    return found


def origin(statement, here):
    """The path inside the package that `from ... import` names, or None if it is outside."""
    named = statement.module.split(".") if statement.module else []
    if statement.level:
        return here[: len(here) + 1 - statement.level] + named
    return named[1:] if named[0] == "dualrev" else None


def test_every_file_has_a_floor():
    assert {room(file) for file in FILES} == set(LEVEL)


@pytest.mark.parametrize("file", FILES)
def test_a_file_imports_only_from_floors_below(file):
    above = {other for other in imports(file) if LEVEL[room(other)] >= LEVEL[room(file)] and room(other) != room(file)}
    assert not above, f"{file}, on floor {LEVEL[room(file)]}, imports {sorted(above)}"


@pytest.mark.parametrize("package", [name for name in LEVEL if name.endswith("/")])
def test_files_of_one_package_import_each_other_without_a_cycle(package):
    waiting = {file: {o for o in imports(file) if room(o) == package} for file in FILES if room(file) == package}
    while waiting:
        ready = {file for file, needs in waiting.items() if not needs & waiting.keys()}
        assert ready, f"{sorted(waiting)} import each other in a circle"
        waiting = {file: needs for file, needs in waiting.items() if file not in ready}


def test_the_reader_of_imports_sees_what_is_there():
    assert imports("ops/index.py") >= {"registry.py", "shapes.py", "tracer.py"}
    assert imports("reverse/pullback.py") == {"shapes.py", "reverse/node.py"}
    assert "__init__.py" in imports("cli.py")
    assert "demo.py" in imports("cli.py")  # inside a function


MODES = [file for file in FILES if file.startswith(("forward/", "reverse/"))]


@pytest.mark.parametrize("file", MODES)
def test_forward_and_reverse_know_nothing_of_each_other(file):
    other = "reverse/" if file.startswith("forward/") else "forward/"
    assert not {name for name in imports(file) if name.startswith(other)}


@pytest.mark.parametrize("file", MODES)
def test_forward_and_reverse_name_no_op(file):
    """No np.sin, np.linalg.inv or import from ops/: a mode knows rules, not functions."""
    spelled = {ast.unparse(node) for node in ast.walk(parsed(file)) if isinstance(node, ast.Attribute)}
    named = {name for name in spelled if name.startswith("np.") and is_op(name)}
    assert not named
    assert not {name for name in imports(file) if name.startswith("ops/")}


def is_op(spelled):
    """Is "np.linalg.inv" a function that has a rule with a derivative, or a composite?"""
    found = np
    for part in spelled.split(".")[1:]:
        found = getattr(found, part, None)
    op = find(found) if callable(found) else None
    return op is not None and (op.rule is not None or op.composite is not None)


def test_is_op_knows_ops():
    assert is_op("np.sin") and is_op("np.linalg.inv") and is_op("np.trace")
    assert not is_op("np.zeros") and not is_op("np.result_type")


def test_import_loads_neither_optimizers_nor_plots():
    heavy = ("scipy.optimize", "scipy.special", "scipy.sparse", "matplotlib")
    code = f"import sys, dualrev; print([name for name in {heavy} if name in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "[]\n"
