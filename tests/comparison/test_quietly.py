"""Measuring in a process of its own, and noticing that a machine is busy."""

import os
import sys
import threading
from time import perf_counter

import numpy as np
import pytest

import dualrev as dr
from dualrev.comparison import crossing, quietly
from dualrev.comparison.crossing import crossover, measurements, tanh_network
from dualrev.errors import InputError


@pytest.fixture
def many_threads(monkeypatch):
    """As if the user had not asked for one thread."""
    monkeypatch.delenv("OPENBLAS_NUM_THREADS", raising=False)


def test_the_child_has_one_thread_and_is_another_process(many_threads):
    seen = quietly.in_child(map, os.getenv, ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS"))
    assert list(seen) == ["1", "1"]
    assert next(quietly.in_child(map, os.path.basename, ["/a/b"])) == "b"


def test_an_error_of_the_child_is_raised_here(many_threads):
    with pytest.raises(ZeroDivisionError):
        list(quietly.in_child(map, divmod, (1, 1), (1, 0)))
    with pytest.raises(InputError, match="is no function of 2 numbers"):
        list(quietly.in_child(measurements, np.eye, np.array([2]), np.array([1]), np.zeros(0, int), 0.0))


@pytest.mark.parametrize("what", [lambda n, m: None, threading.Lock()])
def test_what_cannot_be_handed_over_is_measured_here(many_threads, what):
    assert quietly.in_child(map, what, (1,)) is None


def test_no_child_where_it_is_not_needed_or_cannot_be(many_threads, monkeypatch):
    monkeypatch.setenv("OPENBLAS_NUM_THREADS", "1")
    assert quietly.in_child(map, abs, (1,)) is None
    monkeypatch.delenv("OPENBLAS_NUM_THREADS")
    monkeypatch.setattr(sys, "platform", "emscripten")
    assert quietly.in_child(map, abs, (1,)) is None


def test_crossover_measures_there(many_threads, monkeypatch):
    asked, real = [], crossing.in_child
    monkeypatch.setattr(crossing, "in_child", lambda *job: asked.append(job) or real(*job))
    found = crossover(n=(1, 4), m=(1, 2), depth=(1, 2), seconds=0.0, progress=False)
    assert asked[0][:2] == (measurements, tanh_network)
    assert found.measured.all() and found.complete and (found.reverse_peak > 0).all()
    np.testing.assert_array_equal(found.forward_flops > 0, True)


def test_the_share_of_a_processor_is_a_share():
    start = perf_counter()
    share = quietly.share_of_processor(0.05)
    assert 0.0 < share <= 1.0 and perf_counter() - start >= 0.05
    assert quietly.times_too_slow() > 0.0


def test_what_disturbs_is_said():
    assert quietly.disturbance([1.0, 0.95], 0.3) == ""
    assert quietly.disturbance([1.0, 0.4], 0.3).startswith("busy machine: this process got 40% of a processor")
    said = quietly.disturbance([1.0], 85.0)
    assert said == "products of matrices wait for their threads, 85 times: set OPENBLAS_NUM_THREADS=1"


def test_a_busy_machine_is_said_in_text_data_and_picture(monkeypatch):
    monkeypatch.setattr(crossing, "share_of_processor", lambda: 0.33)
    found = crossover(lambda n, m: lambda x: x[:1] * np.ones(m), (2,), (1, 2), seconds=0.0, progress=False)
    assert found.busy.startswith("busy machine: this process got 33%")
    assert found.busy in str(found) and found.to_dict()["busy"] == found.busy
    assert found.busy in found.plot().get_suptitle()


def test_a_quiet_machine_is_not_spoken_of(monkeypatch):
    monkeypatch.setattr(crossing, "share_of_processor", lambda: 1.0)
    monkeypatch.setattr(crossing, "times_too_slow", lambda: 0.2)
    found = crossover(lambda n, m: lambda x: x[:1] * np.ones(m), (2,), (1, 2), seconds=0.0, progress=False)
    assert found.busy == "" and "busy" not in str(found) and "busy" not in found.plot().get_suptitle()
    assert dr.Crossover is crossing.Crossover
