"""What the tests of the console share."""

import pytest

from tests.console.browsing import launched


@pytest.fixture(scope="module")
def chromium():
    """The browser. No longer than a module: while it is open, no event loop can be run beside its own."""
    with launched() as browser:
        yield browser
