"""Timing two functions side by side: interleaved rounds, several call depths, ratios of neighbours in time."""

import gc
import os
from dataclasses import dataclass
from statistics import median, quantiles
from time import perf_counter, process_time

DEPTHS = (0, 97, 31, 128, 62, 14, 111, 45, 142, 76)  # Python 3.11 runs some call depths far slower than others
SHORTEST = 2e-3  # seconds per slot: far above the clock's resolution
FEWEST = 7  # rounds


@dataclass(frozen=True)
class Timing:
    """Seconds per call by hand (processor time), and the quartiles of (time / time by hand) over the rounds."""

    hand: float
    lower: float
    ratio: float
    upper: float


def pin():
    """Keep this process, and those it starts, on one core."""
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})


def compare(hand, other, args, seconds):
    """Time `other(*args)` against `hand(*args)` for about so many seconds."""
    calls = calls_per_slot(hand, args), calls_per_slot(other, args)
    hands, ratios, end = [], [], perf_counter() + seconds
    while len(ratios) < FEWEST or perf_counter() < end:
        a, b = one_round(hand, other, args, calls, len(ratios))
        hands.append(a)
        ratios.append(b / a)
    lower, ratio, upper = quantiles(ratios, n=4, method="inclusive")
    return Timing(median(hands), lower, ratio, upper)


def one_round(hand, other, args, calls, k):
    """Seconds per call of both in round k; the order alternates, the depth walks through DEPTHS."""
    depth, slots = DEPTHS[k // 2 % len(DEPTHS)], ((hand, calls[0]), (other, calls[1]))
    gc.collect()
    gc.disable()
    try:
        times = [at_depth(depth, f, args, n) for f, n in slots[:: 1 if k % 2 else -1]]
    finally:
        gc.enable()
    return times[:: 1 if k % 2 else -1]


def calls_per_slot(f, args):
    """How often to call f in one slot; finding out is the warm-up too."""
    n = 1
    while (seconds := slot(f, args, n)) * n < SHORTEST:
        n = max(2 * n, int(1.2 * SHORTEST / seconds)) if n > 8 else 2 * n
    return n


def at_depth(depth, f, args, n):
    return at_depth(depth - 1, f, args, n) if depth else slot(f, args, n)


def slot(f, args, n):
    """Processor seconds per call, over n calls after one that finds caches and heap as the other function left them."""
    f(*args)
    start = process_time()  # others may have the core meanwhile
    for _ in range(n):
        f(*args)
    return (process_time() - start) / n
