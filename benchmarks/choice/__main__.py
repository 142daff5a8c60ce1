"""python -m benchmarks.choice: is the mode that "auto" picks the fastest, or within 1.3x of it?"""

import argparse
import os
from fnmatch import fnmatch
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[variable] = "1"  # read when numpy is imported

SECONDS = 0.4  # per function, all its modes together


def options():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.choice", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a quarter of the time, and more noise")
    parser.add_argument("--functions", metavar="GLOB", default="*", help='only those with such a name, as in "waist*"')
    parser.add_argument("--heap", choices=("kept", "default", "both"), default="both", help="see benchmarks/README.md")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the numbers there")
    return parser.parse_args()


def main():
    from ..report import machine, write
    from ..suite import keep_heap
    from ..timing import pin

    chosen = options()
    pin()
    chosen_sets = selected(chosen.functions)
    results = {"machine": machine(), "heaps": {}}
    print(*results["machine"].values(), sep=", ")
    for heap in ("default", "kept"):  # in this order: what keeps the heap stays in the environment
        if heap == "kept":
            keep_heap()
        if chosen.heap in (heap, "both"):
            results["heaps"][heap] = of_heap(heap, chosen_sets, SECONDS * (0.25 if chosen.quick else 1.0))
    if chosen.json:
        write(chosen.json, results)
        print(f"wrote {os.path.relpath(chosen.json)}")


def selected(pattern):
    """The functions whose names fit, by the set that they belong to."""
    from .functions import FUNCTIONS
    from .held_out import EXAMPLES, HELD_OUT

    sets = {"calibrated": FUNCTIONS, "held out": HELD_OUT, "examples": EXAMPLES}
    found = {which: [one for one in functions if fnmatch(one.name, pattern)] for which, functions in sets.items()}
    if not any(found.values()):
        names = "\n  ".join(one.name for functions in sets.values() for one in functions)
        raise SystemExit(f"no function is called {pattern!r}; there are:\n  {names}")
    return found


def of_heap(heap, sets, seconds):
    """Measure and print all sets with one kind of heap; the numbers as plain data."""
    from dualrev.progress import progress_of

    from . import report
    from .measure import run

    results = {}
    for which, functions in sets.items():
        with progress_of(len(functions), f"{which}, heap {heap}") as step:
            found = []
            for one in run(functions, seconds):
                found.append(one)
                step()
        results[which] = report.data(found)
        if found:
            print(f"\n{which}, heap {heap}:", *report.described(which, found), sep="\n", flush=True)
    return results


if __name__ == "__main__":
    main()
