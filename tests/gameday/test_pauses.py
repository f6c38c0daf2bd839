"""What no stop is to fall into."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from celery.signals import worker_process_init, worker_ready
from celery.utils.dispatch import Signal

from gameday import celery


@pytest.fixture
def thawed() -> Iterator[None]:
    gc.unfreeze()
    yield
    gc.unfreeze()


@pytest.mark.parametrize("started", [worker_ready, worker_process_init])
def test_a_worker_that_has_started_looks_no_more_through_what_it_started_with(
    thawed: None, started: Signal
) -> None:
    assert not gc.get_freeze_count()
    started.send(sender=celery.app)
    assert gc.get_freeze_count() > 10_000
