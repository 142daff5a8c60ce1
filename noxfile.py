"""The tests on every supported Python that is present: `nox`, or `nox -s tests-3.12` for one of them."""

import shutil
import subprocess

import nox

SUPPORTED = ("3.11", "3.12", "3.13")


def runs(version):
    """Is there a Python of this version that starts? (A shim may bear the name of one that is not installed.)"""
    python = shutil.which(f"python{version}")
    return bool(python) and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


@nox.session(python=[version for version in SUPPORTED if runs(version)])
def tests(session):
    """Run the tests and every example of the docs."""
    session.install("--editable", ".[test]")
    session.run("python", "-m", "pytest", "--numprocesses", "auto", "-m", "not fuzz", *session.posargs)
