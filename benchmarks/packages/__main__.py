"""python -m benchmarks.packages: public packages, as pip installs them, differentiated without an edit.

They are installed into an environment of their own (build/packages), with this copy of dualrev on the path. Every
public function of numbers or vectors whose differences can be trusted is judged as it is (plain=False), as users meet
it (plain="auto"), and by autograd.
"""

import argparse
import collections
import json
import os
import subprocess
import sys
import venv
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
PLACE = REPOSITORY / "build" / "packages"
# The module, and what pip calls it.
PACKAGES = {
    "astropy": "astropy", "chemicals": "chemicals", "cma": "cma", "colour": "colour-science",
    "deap.benchmarks": "deap", "filterpy": "filterpy", "fluids": "fluids", "ht": "ht",
    "lmfit.lineshapes": "lmfit", "pvlib": "pvlib", "seawater": "seawater", "statsmodels": "statsmodels",
}  # fmt: skip
WAYS = ("as it is", "dualrev", "autograd")
VERDICTS = ("right", "refused", "unclear", "value differs", "wrong", "nan")


def options():
    parser = argparse.ArgumentParser(prog="python -m benchmarks.packages", description=__doc__)
    parser.add_argument("--only", nargs="+", metavar="MODULE", default=list(PACKAGES), help="of these modules alone")
    parser.add_argument("--python", type=Path, help="of an environment that has the packages already")
    parser.add_argument("--minutes", type=float, default=30.0, help="for one package, what is done by then counts")
    parser.add_argument("--json", type=Path, metavar="PATH", help="write every verdict there")
    return parser.parse_args()


def installed(module, python):
    """The reason why a package cannot be had, or None."""
    pip = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PACKAGES[module]]
    done = subprocess.run(pip, capture_output=True, text=True, check=False)
    return None if done.returncode == 0 else (done.stderr.strip().splitlines() or ["pip failed"])[-1]


def environment():
    """The Python of the environment, made at the first call."""
    python = PLACE / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        venv.create(PLACE, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "scipy", "matplotlib", "autograd"], check=True)
    return python


def rows_of(module, python, minutes):
    """A dict for each function that was judged."""
    command = [python, "-W", "ignore", "-m", "benchmarks.packages.judge", module, *WAYS]
    more = {"PYTHONPATH": str(REPOSITORY), "MPLBACKEND": "Agg", "OPENBLAS_NUM_THREADS": "1"}
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, env=os.environ | more, timeout=60 * minutes, check=False
        )
        said = done.stdout
    except subprocess.TimeoutExpired as over:
        said = (over.stdout or b"").decode()
    return [json.loads(line[1:]) for line in said.splitlines() if line.startswith("@")]


def line(name, rows, way):
    counts = collections.Counter(row[way][0] for row in rows)
    return f"{name:18} {way:9} {len(rows):6d}" + "".join(
        f"{counts[verdict]:{len(verdict) + 2}d}" for verdict in VERDICTS
    )


def reasons(rows):
    """Why functions are not right as users meet them, the most frequent first."""
    left = collections.defaultdict(list)
    for row in rows:
        verdict, reason = row["dualrev"]
        if verdict != "right":
            left[f"{verdict}: {reason[:90]}"].append(row["function"])
    ordered = sorted(left.items(), key=lambda item: -len(item[1]))
    return [f"{len(names):4d}  {reason}  ({names[0]})" for reason, names in ordered]


def main():
    chosen = options()
    python, judged = chosen.python or environment(), []
    print(f"{'package':18} {'way':9} judged" + "".join(f"  {verdict}" for verdict in VERDICTS))
    for module in chosen.only:
        missing = None if chosen.python else installed(module, python)
        if missing:
            print(f"{module:18} skipped: {missing}")
            continue
        rows = rows_of(module, python, chosen.minutes)
        judged += rows
        print(*[line(module, rows, way) for way in WAYS], sep="\n", flush=True)
    print(*[line("all", judged, way) for way in WAYS], "", "what remains:", *reasons(judged), sep="\n")
    if chosen.json:
        chosen.json.write_text(json.dumps(judged, indent=1))


if __name__ == "__main__":
    sys.exit(main())
