"""The address book is kept true by whoever could need it: a process elsewhere has a book of its own."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from chaos import wiring
from chaos.models import Cluster
from chaos.services import address_book
from tests.support.launching import a_cluster

pytestmark = pytest.mark.django_db


def names() -> list[str]:
    return [item.name for item in address_book.read()]


def test_a_process_that_registered_nothing_has_the_book_too():
    a_cluster()
    assert names() == []
    address_book.keep()
    assert names() == ["practice"] and address_book.path().stat().st_mode & 0o077 == 0


def test_what_another_process_changed_is_taken_over():
    a_cluster()
    address_book.keep()
    Cluster.objects.update(server="https://elsewhere")
    address_book.keep()
    assert [item.server for item in address_book.read()] == ["https://elsewhere"]


def test_its_age_is_since_the_database_last_said_so_also_where_nothing_changed():
    a_cluster()
    address_book.keep()
    os.utime(address_book.path(), (0, 0))
    assert "as known at 1970-01-01 00:00:00 UTC" in address_book.as_known()
    address_book.keep()
    at = address_book.known_at()
    assert at and datetime.now(UTC) - at < timedelta(minutes=1)


def test_a_book_without_a_cluster_has_no_age_and_says_so():
    assert "has no cluster" in address_book.as_known()
    address_book.write([])
    assert "has no cluster" in address_book.as_known()


def test_a_database_that_is_away_leaves_the_book_as_it_is_and_is_said(monkeypatch):
    a_cluster()
    address_book.keep()

    def refuse() -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(address_book, "registered", refuse)
    assert "connection refused" in address_book.missed() and "as known at" in address_book.missed()
    assert names() == ["practice"]


def test_a_disk_that_does_not_take_it_is_said_and_holds_nobody_up(monkeypatch, caplog):
    def full(*_: object) -> None:
        raise OSError("No space left on device")

    monkeypatch.setattr(address_book, "write", full)
    a_cluster()
    address_book.keep()
    assert "could not be written: No space left on device" in caplog.text


def test_whoever_asks_after_the_clusters_keeps_it():
    a_cluster()
    wiring.contact_all()
    assert names() == ["practice"]


def test_it_is_kept_from_when_a_process_begins_to_beside_all_else(monkeypatch):
    monkeypatch.setattr(address_book, "KEEP_EVERY", 3600.0)
    monkeypatch.setattr(address_book, "registered", lambda: [address_book.Address("a", *[""] * 5)])
    address_book.begin_keeping()
    until = time.monotonic() + 10
    while names() != ["a"]:
        assert time.monotonic() < until, "nobody kept the book"
        time.sleep(0.01)
