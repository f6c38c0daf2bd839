"""A write whose answer was lost is sent once more, and may have been written the first time."""

from dataclasses import replace

import pytest

from chaos.domain.injection import Progress
from chaos.domain.record import Change
from chaos.domain.run import Marks, Stop
from chaos.domain.sight import Reading
from chaos.domain.states import StopKind
from tests.support.launching import AT

BREACH = Stop(AT, StopKind.BREACH, "p99 was 600 ms.")


@pytest.mark.parametrize(
    "parts",
    [
        {"marks": Marks(granted_at=AT)},
        {"stop": BREACH},
        {"progress": (Progress(0, requested_at=AT),)},
        {"manifests": {0: {"kind": "ChaosEngine"}}},
        {"readings": (Reading("p99", AT, AT, 100.0),)},
    ],
    ids=lambda parts: next(iter(parts)),
)
def test_what_is_written_twice_is_as_if_it_were_written_once(kept, parts):
    fence = kept.store.claim(kept.run, "first", AT)
    found = []
    for _ in range(2):
        assert kept.store.record(kept.run, fence, Change(AT, **parts))
        found.append(kept.store.load(kept.run))
    assert found[0].marks == found[1].marks and found[0].progress == found[1].progress
    assert found[0].signals.stop == found[1].signals.stop
    assert found[1].readings == found[0].readings == parts.get("readings", ())


def test_the_next_rung_that_is_written_twice_is_planned_once_and_what_follows_is_written(kept):
    """In hostile schedules a driver could not write down anything more."""
    fence = kept.store.claim(kept.run, "first", AT)
    (first,) = kept.store.load(kept.run).injections
    second = replace(first, index=1, name="gd-1", rung=1)
    for _ in range(2):
        assert kept.store.record(kept.run, fence, Change(AT, planned=(second,)))
    assert kept.store.record(kept.run, fence, Change(AT, progress=(Progress(1, requested_at=AT),)))
    assert kept.store.record(kept.run, fence, Change(AT, planned=(second,))), "once more, and late"
    found = kept.store.load(kept.run)
    assert found.injections == (first, second)
    assert [item.requested_at for item in found.progress] == [None, AT]
