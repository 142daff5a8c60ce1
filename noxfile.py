"""The tests on other Pythons and versions: `nox`, or `nox -s` with tests-3.12, minimum, bridges, release."""

import shutil
import subprocess
import tarfile
from pathlib import Path

import nox

PROJECT = nox.project.load_toml("pyproject.toml")["project"]
SUPPORTED = nox.project.python_versions({"project": PROJECT})
PYTEST = ("python", "-m", "pytest", "--numprocesses", "auto", "-m", "not fuzz")


def runs(version):
    """Is there a Python of this version that starts? (A shim may bear the name of one that is not installed.)"""
    python = shutil.which(f"python{version}")
    return bool(python) and subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


PRESENT = [version for version in SUPPORTED if runs(version)]


@nox.session(python=PRESENT)
def tests(session):
    """The tests and every example of the docs, with the newest that pip finds for each Python."""
    session.install("--upgrade", "--upgrade-strategy", "eager", "--editable", ".[test]")
    session.run(*PYTEST, *session.posargs)


@nox.session(python=PRESENT[:1])
def minimum(session):
    """The same on the oldest Python, with the least versions that pyproject.toml states."""
    session.install("--editable", ".[test]", *(d.replace(">=", "==") for d in PROJECT["dependencies"]))
    session.run(*PYTEST, *session.posargs)


@nox.session(python=PRESENT[:1])
def bridges(session):
    """The bridges, with what is on their other side: JAX, PyTorch, SymPy."""
    session.install("--editable", ".[test,jax,torch,sympy]")
    session.run("python", "-m", "pytest", "tests/bridges", *session.posargs)


@nox.session(python=PRESENT[-1:])
def release(session):
    """The archive that is published: built, unpacked elsewhere and installed, it passes its own tests."""
    work = Path(session.create_tmp()).resolve()
    shutil.rmtree(work)
    session.install("build")
    session.run("python", "-m", "build", "--outdir", str(work))
    (archive,), (wheel,) = work.glob("*.tar.gz"), work.glob("*.whl")
    with tarfile.open(archive) as packed:
        packed.extractall(work, filter="data")
    session.install("--force-reinstall", f"{wheel}[test]")
    session.chdir(work)
    session.run("python", "-m", "dualrev", "--version")
    session.chdir(archive.name.removesuffix(".tar.gz"))
    session.run(*PYTEST, *session.posargs)
