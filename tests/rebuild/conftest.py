"""Here a function that is refused starts again, rebuilt, as it does for users."""

import pytest


@pytest.fixture(scope="module", autouse=True)
def as_it_is():
    return None
