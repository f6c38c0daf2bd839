"""What the bench says of what it measured."""

from __future__ import annotations

import pytest

from deploy.local.bench.figures import lines, percentile
from deploy.local.bench.viewers import Room, Viewer, missed


def test_a_percentile_is_the_smallest_value_that_so_many_are_not_above():
    counts = {10: 90, 20: 5, 30: 5}
    assert [percentile(counts, share) for share in (0.5, 0.9, 0.91, 0.95, 0.96, 1.0)] == [
        10,
        10,
        20,
        20,
        30,
        30,
    ]


def test_a_percentile_of_nothing_is_refused():
    with pytest.raises(ValueError, match="nothing was counted"):
        percentile({}, 0.5)


def test_the_figures_name_delay_losses_and_how_the_probes_kept_their_interval():
    probe = {"probe": "p99", "interval": 1.0, "readings": 33, "due": 36, "widest": 3.5}
    measured = {
        "viewers": 2, "seconds": 36.0, "cpu": 3.6, "memory": 150, "processors": 2, "load": 1.25,
        "notes": 180, "probes": [probe],
        "delays": {"100": 300, "240": 60}, "missed": 1, "doubled": 0, "lost": 0,
    }  # fmt: skip
    text = "\n".join(lines(measured))
    assert "2 viewers of one run, 5.0 notes a second for 36 s" in text
    assert "p50 100 ms   p95 240 ms   p99 240 ms   longest 240 ms" in text
    assert "360 notes told; 1 missed, 0 told twice, 0 streams lost" in text
    assert "10% of one processor, 150 MB" in text
    assert "33 of 36 readings due (91.7%), every 1 s; 3.50 s between two at the most" in text


def test_nobody_who_was_told_nothing_counts_as_fast():
    assert lines({"delays": {}}) == ["No note reached any viewer."]


def test_a_viewer_notices_a_note_that_comes_twice_and_the_room_one_that_does_not_come():
    def told(seq: int) -> bytes:
        data = f'{{"seq":{seq},"at":"2026-06-01T12:00:00.000Z","kind":"note","text":"x"}}'
        return f"id: {seq}.0\nevent: entry\ndata: {data}\n\n".encode()

    room = Room()
    first, second = Viewer(room), Viewer(room)
    first.on_body(told(7) + told(7)[:20])
    first.on_body(told(7)[20:] + told(8))
    second.on_body(told(8))
    assert room.doubled == 1
    assert missed(room, [second]) == 1
    assert sum(room.delays.values()) == 4
