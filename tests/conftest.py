"""Randomness is seeded: hypothesis draws the same examples in every run, and stores none. The demo is measured once.

Functions are differentiated as they are: what is refused is not rebuilt, so that no rule that is broken goes unnoticed.
"""

import pytest
from hypothesis import settings

from dualrev import demo, restart

settings.register_profile("seeded", derandomize=True, database=None, deadline=None)
settings.load_profile("seeded")


@pytest.fixture(scope="session")
def measured_demo():
    return demo.run()


@pytest.fixture(scope="module", autouse=True)
def as_it_is():
    """No second start; tests/rebuild/ has another fixture of this name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(restart, "instead", lambda *_: None)
        yield
