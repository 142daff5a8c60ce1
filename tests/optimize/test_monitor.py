"""The line of progress."""

import sys

import numpy as np

import dualrev as dr
from dualrev.optimize.monitor import monitored
from dualrev.optimize.objectives import Objective
from dualrev.optimize.parameters import Parameters


def objective():
    return Objective(lambda x: np.sum(x**2), Parameters(np.array([3.0])))


def test_the_line_has_method_count_and_value(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    obj = objective()
    with monitored(obj, "BFGS", True):
        obj.fun([2.0])
    err = capsys.readouterr().err
    assert err.startswith("\rBFGS: 1 evaluations, value 4") and err.endswith("\r") and "\n" not in err
    assert obj.watch is None


def test_it_is_not_written_more_than_ten_times_a_second(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    obj = objective()
    now = [100.0]
    monkeypatch.setattr("dualrev.optimize.monitor.monotonic", lambda: now[0])
    with monitored(obj, "BFGS", True):
        for k in range(50):
            now[0] += 0.01
            obj.fun([float(k)])
    assert 4 <= capsys.readouterr().err.count("evaluations") <= 6


def test_nothing_is_shown_unless_asked_or_on_a_terminal(capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "tqdm", None)
    for shown in (False, None):
        obj = objective()
        with monitored(obj, "BFGS", shown):
            obj.fun([2.0])
    assert capsys.readouterr().err == ""
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True, raising=False)
    obj = objective()
    with monitored(obj, "BFGS", None):
        obj.fun([2.0])
    assert "BFGS: 1 evaluations" in capsys.readouterr().err


def test_the_watch_ends_with_an_error(capsys):
    obj = objective()
    try:
        with monitored(obj, "BFGS", True):
            raise RuntimeError
    except RuntimeError:
        assert obj.watch is None


def test_tqdm_is_used_where_it_is_installed(monkeypatch):
    bars = []

    class Bar:
        def __init__(self, **given):
            self.given, self.steps, self.text, self.closed = given, 0, "", False
            bars.append(self)

        def set_postfix_str(self, text, refresh):
            self.text = text

        def update(self):
            self.steps += 1

        def close(self):
            self.closed = True

    module = type(sys)("tqdm")
    module.tqdm = Bar
    monkeypatch.setitem(sys.modules, "tqdm", module)
    result = dr.minimize(lambda x: np.sum((x - 1) ** 2), [3.0, 4.0], progress=True)
    (bar,) = bars
    assert bar.given["desc"] == "BFGS" and bar.closed
    assert bar.steps == result.nfev - 1 - int(result.message.split("; ")[1].split()[0])  # the start was met before
    assert bar.text.startswith("value ")
