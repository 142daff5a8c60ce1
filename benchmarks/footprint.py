"""What dualrev costs besides time per call: bytes of tape per operation, and milliseconds of import."""

import gc
import re
import subprocess
import sys
import tracemalloc
from statistics import median

OPERATIONS = 200_000
IMPORTS = 9


def tape_bytes():
    """Bytes that a recorded tape holds per scalar operation."""
    import dualrev as dr

    def chain(x):
        for _ in range(OPERATIONS // 4):
            x = x * 0.5
            x = x + 0.5
            x = 1.0 / x
            x = x * x
        return x

    dr.vjp(chain, 0.3)  # whatever is made once
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        recording = dr.vjp(chain, 0.3)
        held = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    del recording
    return held / OPERATIONS


def import_milliseconds():
    """Milliseconds that importing dualrev takes in a process that has imported numpy."""
    command = [sys.executable, "-X", "importtime", "-c", "import numpy; import dualrev"]
    return median(cumulative(command) for _ in range(IMPORTS))


def cumulative(command):
    report = subprocess.run(command, capture_output=True, text=True, check=True).stderr
    return int(re.search(r"\|\s*(\d+) \| dualrev$", report, re.MULTILINE).group(1)) / 1e3
