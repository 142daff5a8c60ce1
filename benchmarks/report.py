"""Results: as a table, as JSON, and beside older ones."""

import json
import os
import platform
from dataclasses import asdict

import numpy as np

GOALS = {"tape_bytes": 500.0, "import_ms": 60.0}


def machine():
    """What the numbers depend on. No names of people, machines or folders."""
    return {
        "cpu": cpu(), "cores": f"{os.cpu_count()} cores", "system": f"{platform.system()} {platform.machine()}",
        "python": f"Python {platform.python_version()}", "numpy": f"NumPy {np.__version__}",
    }  # fmt: skip


def cpu():
    try:
        with open("/proc/cpuinfo") as lines:
            return next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        return platform.processor() or "unknown"


def row(workload, timings):
    """One workload's results as plain data."""
    row = {"name": workload.name, "goal": workload.goal, **asdict(timings["dualrev"])}
    if "autograd" in timings:
        row["autograd"] = timings["autograd"].ratio
    return row


# ---- the table -------------------------------------------------------------------------------------------------------

HEADER = f"{'workload':<33}{'by hand':>10}{'dualrev':>9}  {'quartiles':<15}{'goal':>6}  {'':<6}{'autograd':>9}"


def line(row, old=None):
    """One line of the table; with old results also the old ratio and what became of it."""
    quartiles = f"[{row['lower']:.2f}, {row['upper']:.2f}]"
    text = f"{row['name']:<33}{duration(row['hand']):>10}{row['ratio']:>9.2f}  {quartiles:<15}"
    text += f"{row['goal']:>6g}  {verdict(row['ratio'], row['goal']):<6}"
    text += f"{row['autograd']:>9.{0 if row['autograd'] > 100 else 1}f}" if "autograd" in row else f"{'-':>9}"
    return text + ("" if old is None else was(row, old))


def verdict(measured, goal):
    return "met" if measured <= goal else "MISSED"


def was(row, old):
    """The ratio of an older run, and whether it changed: medians 5 percent apart and quartiles that do not overlap."""
    if row["ratio"] > 1.05 * old["ratio"] and row["lower"] > old["upper"]:
        return f"   was {old['ratio']:7.2f}  SLOWER"
    if old["ratio"] > 1.05 * row["ratio"] and old["lower"] > row["upper"]:
        return f"   was {old['ratio']:7.2f}  faster"
    return f"   was {old['ratio']:7.2f}"


def duration(seconds):
    size, unit = (1e-6, "us") if seconds < 1e-3 else (1e-3, "ms")
    return f"{seconds / size:.3g} {unit}"


def footprint_lines(results):
    """The two lines under the table."""
    said = {"tape_bytes": ("tape, per scalar operation", "bytes"), "import_ms": ("import dualrev, above numpy", "ms")}
    return [
        f"{what:<33}{results[key]:>7.0f} {unit:<5}  goal {GOALS[key]:.0f}, {verdict(results[key], GOALS[key])}"
        for key, (what, unit) in said.items()
        if key in results
    ]


# ---- files -----------------------------------------------------------------------------------------------------------


def write(path, results):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(results, indent=1) + "\n")


def read(path):
    """Old results, {name: row}."""
    return {row["name"]: row for row in json.loads(path.read_text())["workloads"]}
