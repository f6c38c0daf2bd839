"""Nothing starts where a stop could not be kept, or where nobody can say what time it is."""

from __future__ import annotations

import shutil
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from chaos.domain.errors import Refused
from chaos.models import Run
from chaos.services import arm
from chaos.services import launch_checks as checks
from tests.support.launching import an_order, launched

Disk = namedtuple("Disk", "total used free")


@pytest.fixture
def spool_dir(settings, tmp_path) -> Path:
    settings.SPOOL_DIR = tmp_path / "spool"
    return settings.SPOOL_DIR


def set_the_clock(monkeypatch, seconds):
    monkeypatch.setattr(checks, "utc_now", lambda: datetime.now(UTC) + timedelta(seconds=seconds))


@pytest.mark.parametrize(("seconds", "said"), [(3, "ahead of"), (-3, "behind"), (-86_400, "behind")])
def test_clocks_that_are_two_seconds_apart_or_more_refuse_a_start(port, monkeypatch, seconds, said):
    set_the_clock(monkeypatch, seconds)
    with pytest.raises(Refused, match=f"s {said} the database's; 2 s are allowed"):
        launched(port)
    assert not Run.objects.exists()


@pytest.mark.parametrize("seconds", [0, 1, -1])
def test_clocks_that_are_a_little_apart_refuse_nothing(port, monkeypatch, seconds):
    set_the_clock(monkeypatch, seconds)
    assert launched(port)


def test_a_disk_without_room_for_the_spool_refuses_a_start(port, spool_dir, monkeypatch):
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(10**9, 10**9, 5 * 2**20))
    with pytest.raises(Refused, match="has 5 MB left, 64 are needed"):
        launched(port)
    assert not Run.objects.exists()


def test_a_spool_that_cannot_be_written_refuses_a_start(port, spool_dir):
    spool_dir.write_text("a file in its place")
    with pytest.raises(Refused, match="cannot be written"):
        launched(port)


def test_a_spool_that_can_be_written_holds_nothing_after_the_trial(port, spool_dir):
    launched(port)
    assert [*spool_dir.iterdir()] == []


def test_whoever_arms_is_told_of_both_before_anything_is_injected(port, spool_dir, monkeypatch):
    set_the_clock(monkeypatch, 60)
    spool_dir.write_text("a file in its place")
    clock, spool = arm.look(an_order(), port).missing
    assert "The clock of this machine is 60" in clock and "A stop could not be kept" in spool
