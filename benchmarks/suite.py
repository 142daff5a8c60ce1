"""Running workloads: each pair of workload and library in a fresh process, so that no heap remembers another."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

from . import agreement, libraries
from .timing import compare
from .workloads import BY_NAME


def measure(name, library, seconds):
    """Check, then time, one workload through one library against the derivative by hand."""
    workload = BY_NAME[name]
    hand = libraries.by_hand(workload)
    other = libraries.installed()[library](workload.derivative, workload.f)
    args = workload.arguments()
    agreement.check(f"{name} through {library}", hand(*args), other(*args))
    return compare(hand, other, args, seconds)


def keep_heap():
    """Have glibc keep freed memory in the processes started from now on.

    By default it gives big temporaries back to the system, and how often depends on what happens to lie at the top of
    the heap: the page faults are a lottery that can triple the time of either side on arrays of a million elements.
    """
    for threshold in ("MALLOC_TRIM_THRESHOLD_", "MALLOC_MMAP_THRESHOLD_"):
        os.environ[threshold] = str(2**32)


def run(workloads, rivals, seconds):
    """Yield (workload, {library: Timing}) for each workload, through dualrev and the rivals."""
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(1, mp_context=context, max_tasks_per_child=1) as fresh_process:
        for w in workloads:
            jobs = {name: fresh_process.submit(measure, w.name, name, seconds) for name in ("dualrev", *rivals)}
            yield w, {name: job.result() for name, job in jobs.items()}
