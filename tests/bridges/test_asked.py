"""Without the other packages: what one is told. These run everywhere."""

import subprocess
import sys

import pytest

import dualrev as dr

ASKED = {
    "jax": lambda: dr.to_jax(lambda x: x),
    "torch": lambda: dr.to_torch(lambda x: x),
    "sympy": lambda: dr.trace(lambda x: x * x, 2.0).sympy(),
}


@pytest.mark.parametrize("package", ASKED)
def test_a_missing_package_is_named_with_what_installs_it(package, monkeypatch):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(ImportError, match=rf"needs {package}.*pip install 'dualrev\[{package}\]'"):
        ASKED[package]()


def test_the_names_and_the_program_load_none_of_them():
    code = (
        "import sys, dualrev as dr; dr.to_jax, dr.to_torch, dr.trace; print({'jax', 'torch', 'sympy'} & {*sys.modules})"
    )
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "set()\n"
