"""Pages are asked over plain HTTP here; that production insists on TLS has tests of its own."""

import pytest


@pytest.fixture(autouse=True)
def plain_http(settings):
    settings.SECURE_SSL_REDIRECT = False
