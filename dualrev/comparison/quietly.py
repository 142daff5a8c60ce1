"""Measuring where nothing else runs: in a process of its own, with one thread of BLAS; and is the machine quiet?"""

import os
import pickle
import subprocess
import sys
from collections.abc import Callable, Iterator
from time import perf_counter, process_time
from typing import Any

import numpy as np

THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS")
QUIET = 0.85  # of a processor's time that a process gets on a machine that is not busy
SLOW = 20.0  # times as long as its flops allow: a product that waits for its own threads
WORK = "import sys; from dualrev.comparison import quietly; quietly.serve(sys.stdin.buffer, sys.stdout.buffer)"


# ---- the process of its own ------------------------------------------------------------------------------------------


def in_child(generator: Callable[..., Iterator[Any]], *args: Any) -> Iterator[Any] | None:
    """What ``generator(*args)`` yields, made by a new process of Python with one thread; None where that cannot be.

    It can not where the processor is that of a browser, or something cannot be handed over: a lambda, or a function of
    a notebook. Nor need it where one thread has been asked for already.
    """
    if sys.platform == "emscripten" or os.environ.get("OPENBLAS_NUM_THREADS") == "1":
        return None
    try:
        job = pickle.dumps((generator, args))
    except Exception:  # pickle fails in many ways
        return None
    if b"__main__" in job:
        return None
    found = answers(job)
    try:
        next(found)  # the child has understood
    except EOFError:  # what it was to run is in a file that it does not find
        return None
    return found


def answers(job: bytes) -> Iterator[Any]:
    """The objects that the child writes, as they come, after a first one; an error of its own is raised here."""
    environment = {**os.environ, **dict.fromkeys(THREADS, "1"), "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    child = subprocess.Popen(
        [sys.executable, "-c", WORK],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=environment,
    )
    assert child.stdin and child.stdout
    try:
        child.stdin.write(job)
        child.stdin.close()
        while True:
            kind, found = pickle.load(child.stdout)
            if kind == "error":
                raise found
            if kind == "end":
                return
            yield found
    finally:
        child.kill()
        child.stdout.close()
        child.wait()


def serve(asked: Any, answer: Any) -> None:
    """The child's side: read a job, write what it yields, one pickle each."""
    generator, args = pickle.load(asked)
    answer.write(pickle.dumps(("found", None)))
    answer.flush()
    try:
        for found in generator(*args):
            answer.write(pickle.dumps(("found", found)))
            answer.flush()
        last: tuple[str, Any] = ("end", None)
    except Exception as error:
        last = ("error", error)
    answer.write(pickle.dumps(last))
    answer.flush()


# ---- is the machine quiet? -------------------------------------------------------------------------------------------


def share_of_processor(seconds: float = 0.04) -> float:
    """How much of the time of one processor this process gets while it could use all of it."""
    start, used = perf_counter(), process_time()
    while perf_counter() - start < seconds:
        sum(range(100))
    return min((process_time() - used) / (perf_counter() - start), 1.0)


def times_too_slow() -> float:
    """How many times as long a 64 x 64 product takes as its flops, by the time of 16 x 16 products, allow."""
    small, large = (best_product(n) for n in (16, 64))
    return large / max(small * 64.0, 1e-9)


def best_product(n: int, runs: int = 7) -> float:
    A = np.ones((n, n))
    found = []
    for _ in range(runs):
        start = perf_counter()
        A @ A
        found.append(perf_counter() - start)
    return float(np.median(found))


def disturbance(shares: list[float], slow: float) -> str:
    """What disturbs measuring here, as a sentence; nothing on a quiet machine."""
    said = []
    least = min(shares)
    if least < QUIET:
        said.append(f"busy machine: this process got {least:.0%} of a processor, so the times are too long and scatter")
    if slow > SLOW:
        said.append(f"products of matrices wait for their threads, {slow:,.0f} times: set OPENBLAS_NUM_THREADS=1")
    return "; ".join(said)
