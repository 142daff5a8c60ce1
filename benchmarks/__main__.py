"""python -m benchmarks: time every workload, print the table, write JSON and a picture."""

import argparse
import os
from importlib.util import find_spec
from pathlib import Path

for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "VECLIB_MAXIMUM_THREADS"):
    os.environ[variable] = "1"  # read when numpy is imported

RESULTS = Path(__file__).parent / "results"


def options():
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="a sixth of the time, and more noise")
    parser.add_argument(
        "--only", metavar="PATTERN", help="workloads whose name contains PATTERN, without the footprint"
    )
    parser.add_argument("--repeat", type=float, default=1.0, metavar="FACTOR", help="time so many times longer")
    parser.add_argument("--no-autograd", action="store_true", help="do not compare with autograd")
    parser.add_argument("--default-heap", action="store_true", help="let the C library give memory back while timing")
    parser.add_argument("--against", type=Path, metavar="OLD.json", help="print older ratios beside the new ones")
    parser.add_argument("--json", type=Path, metavar="PATH", help="where to write (default, without --only: results/)")
    parser.add_argument("--plot", type=Path, metavar="PATH", help="where to draw (default, without --only: results/)")
    chosen = parser.parse_args()
    if not chosen.only:
        chosen.json, chosen.plot = chosen.json or RESULTS / "results.json", chosen.plot or RESULTS / "ratios.png"
    return chosen


def main():
    from . import report, suite
    from .footprint import import_milliseconds, tape_bytes
    from .timing import pin
    from .workloads import ALL

    chosen = options()
    pin()
    if not chosen.default_heap:
        suite.keep_heap()
    rivals = ["autograd"] if find_spec("autograd") and not chosen.no_autograd else []
    workloads = [w for w in ALL if not chosen.only or chosen.only.lower() in w.name.lower()]
    if not workloads:
        raise SystemExit(f"no workload is called {chosen.only!r}; there are:\n  " + "\n  ".join(w.name for w in ALL))
    old = report.read(chosen.against) if chosen.against else {}
    heap = "default" if chosen.default_heap else "kept"
    results = {"machine": report.machine(), "heap": heap, "workloads": []}
    print(*results["machine"].values(), f"heap {heap}", sep=", ")
    print(report.HEADER)
    for workload, timings in suite.run(workloads, rivals, chosen.repeat * (0.3 if chosen.quick else 1.8)):
        results["workloads"].append(report.row(workload, timings))
        print(report.line(results["workloads"][-1], old.get(workload.name)), flush=True)
    if not chosen.only:
        results.update(tape_bytes=tape_bytes(), import_ms=import_milliseconds())
        print(*report.footprint_lines(results), sep="\n")
    keep(results, chosen)


def keep(results, chosen):
    """Write the files and say where they are."""
    from . import report

    if chosen.json:
        report.write(chosen.json, results)
        print(f"wrote {os.path.relpath(chosen.json)}")
    if chosen.plot and find_spec("matplotlib"):
        from .plot import save

        about = results["machine"]
        save(results["workloads"], f"{about['cpu']}, {about['python']}, {about['numpy']}", chosen.plot)
        print(f"wrote {os.path.relpath(chosen.plot)}")


if __name__ == "__main__":
    main()
