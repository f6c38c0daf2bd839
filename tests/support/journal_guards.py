"""Emptying a database between tests: the journal's guards would refuse it, so they step aside for it."""

from __future__ import annotations

from collections.abc import Iterator
from unittest import mock

import pytest
from django.db import connection
from django.test import TransactionTestCase

from chaos.journal import triggers


@pytest.fixture(autouse=True, scope="session")
def journal_guards_step_aside_for_flush() -> Iterator[None]:
    flush = TransactionTestCase._fixture_teardown  # type: ignore[attr-defined]

    def empty(self: TransactionTestCase) -> None:
        triggers.remove(connection)
        try:
            flush(self)
        finally:
            triggers.install(connection)

    with mock.patch.object(TransactionTestCase, "_fixture_teardown", empty):
        yield
