"""`dualrev fit`: models, columns and options on the command line."""

import json

import numpy as np
import pytest

import dualrev as dr
from dualrev.cli import main

T = np.linspace(0, 4, 30)
Y = 3 * np.exp(-1.3 * T) + 0.02 * np.cos(np.arange(30.0) ** 2)
ERR = 0.02 + 0.001 * np.arange(30)
WANTED = dr.fit(lambda t, a, b: a * np.exp(-b * t), T, Y, a=1.0, b=1.0)
WEIGHTED = dr.fit(lambda t, a, b: a * np.exp(-b * t), T, Y, a=1.0, b=1.0, sigma=ERR, absolute_sigma=True)


@pytest.fixture
def data(tmp_path):
    path = tmp_path / "decay.csv"
    rows = [f"{t!r},{y!r},{e!r},ok" for t, y, e in zip(T.tolist(), Y.tolist(), ERR.tolist(), strict=True)]
    path.write_text("\n".join(["# measured", "t,signal,err,note", *rows]))
    (tmp_path / "model.py").write_text("import numpy as np\ndef curve(x, a, b):\n    return a * np.exp(-b * x)\n")
    return path


def run(capsys, *words, code=0):
    assert main(["fit", *map(str, words)]) == code
    return capsys.readouterr().out


def params(out):
    return json.loads(out)["params"]


def test_a_formula_and_the_first_two_columns(capsys, data):
    for formula in ("a * exp(-b * t)", "a * exp(-b * x)"):
        found = params(run(capsys, formula, data, "a=1", "b=1", "--json"))
        assert found == pytest.approx(WANTED.params, rel=1e-9)
    text = run(capsys, "a * exp(-b * t)", data, "a=1", "b=1")
    assert "a = 3.00" in text and "chi2/dof" in text


def test_a_function_and_columns_by_name(capsys, data):
    model = f"{data.parent / 'model.py'}:curve"
    options = ["--x", "t", "--y", "signal", "--sigma", "err", "--absolute-sigma", "--json"]
    found = json.loads(run(capsys, model, data, "a=1", "b=1", *options))
    assert found["params"] == pytest.approx(WEIGHTED.params, rel=1e-9)
    assert found["stderr"] == pytest.approx(WEIGHTED.stderr, rel=1e-9)
    held = json.loads(run(capsys, model, data, "a=1", "b=1.3", "--fix", "b", "--json"))
    assert held["params"]["b"] == 1.3 and held["stderr"]["b"] == 0


@pytest.mark.parametrize("ending", [".html", ".json", ".txt", ".svg", ".png"])
def test_what_is_saved(capsys, data, ending):
    path = data.with_suffix(ending)
    run(capsys, "a * exp(-b * t)", data, "a=1", "b=1", "--save", path)
    if ending == ".html":
        page = path.read_text()
        assert "<table>" in page and "<svg" in page and "chi2/dof" in page
    assert path.stat().st_size > 100


def test_other_files(capsys, tmp_path):
    rows = [f"{t} {y}" for t, y in zip(T, Y, strict=True)]
    blanks = tmp_path / "blanks.dat"
    blanks.write_text("\n".join(rows))
    assert params(run(capsys, "a * exp(-b * x)", blanks, "a=1", "b=1", "--json")) == pytest.approx(WANTED.params)
    semi = tmp_path / "semi.csv"
    semi.write_text(
        "t;y\n" + "\n".join(f"{t};{'' if k == 3 else y}" for k, (t, y) in enumerate(zip(T, Y, strict=True)))
    )
    out = run(capsys, "a * exp(-b * t)", semi, "a=1", "b=1")
    assert "1 of 30 points left out (missing)" in out
    two = tmp_path / "two.csv"
    two.write_text("u,v,z\n" + "\n".join(f"{t},{t**2},{2 * t + 3 * t**2}" for t in T))
    found = params(run(capsys, "a*u + b*v", two, "a=1", "b=1", "--x", "u,v", "--y", "z", "--json"))
    assert found == pytest.approx({"a": 2.0, "b": 3.0})


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--x", "time"], "--x time: there is no such column, there are t, signal, err, note"),
        (["--y", "note"], "--y note: that column holds the word 'ok', and numbers are needed"),
        (["--sigma", "e"], "--sigma e: there is no such column"),
        (["--save", "fit.docx"], "cannot save this as fit.docx"),
    ],
)
def test_what_does_not_fit_is_one_line(capsys, data, words, message):
    with pytest.raises(SystemExit) as exit_:
        main(["fit", "a * exp(-b * t)", str(data), "a=1", "b=1", *words])
    error = capsys.readouterr().err
    assert exit_.value.code == 2 and message in error and error.count("\n") == 1


def test_starts_and_variables_that_are_missing(capsys, data):
    for words, message in (
        (["a * exp(-b * t)", str(data)], "give a start for each parameter, as a=1 b=1"),
        (["a * exp(-b * t) + c", str(data), "a=1", "b=1"], "c in the formula is no parameter and no column of x"),
        (["a * t", str(data.parent / "none.csv"), "a=1"], "No such file"),
    ):
        with pytest.raises(SystemExit):
            main(["fit", *words])
        assert message in capsys.readouterr().err


def test_a_fit_that_has_not_converged_exits_with_1(capsys, data):
    out = run(capsys, "a * exp(-b * t) + 0 * c * t", data, "a=1", "b=1", "c=1")
    assert "c is undetermined" in out
    run(capsys, "a * exp(-b * t)", data, "a=1", "b=1", "--loss", "cauchy", "--f-scale", "0.05")
