"""Randomness is seeded: hypothesis draws the same examples in every run, and stores none. The demo is measured once."""

import pytest
from hypothesis import settings

from dualrev import demo

settings.register_profile("seeded", derandomize=True, database=None, deadline=None)
settings.load_profile("seeded")


@pytest.fixture(scope="session")
def measured_demo():
    return demo.run()
