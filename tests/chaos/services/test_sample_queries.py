"""Readings for charts: bounded, however long a run was, and never without its extremes and gaps."""

from datetime import timedelta

import pytest

from chaos.domain.sight import Reading
from chaos.models import Run, SampleChunk
from chaos.services.rows import chunks_of
from chaos.services.sample_queries import thin, thinned
from tests.support.launching import AT, a_run

SECOND = timedelta(seconds=1)


def readings(count, probe="p99", **values):
    special = {int(name.removeprefix("at_")): value for name, value in values.items()}
    return [
        Reading(
            probe,
            AT + n * SECOND,
            AT + n * SECOND,
            special.get(n, 100.0),
            "" if special.get(n, 1.0) is not None else "?",
        )
        for n in range(count)
    ]


def written(run, found):
    row = Run.objects.get(pk=run)
    SampleChunk.objects.bulk_create(chunk for reading in found for chunk in chunks_of(row, [reading], []))


@pytest.mark.django_db
def test_a_short_run_is_shown_as_it_was_measured_each_probe_for_itself(django_assert_num_queries):
    run = a_run()
    written(run, readings(5) + readings(3, "errors"))
    with django_assert_num_queries(2):
        shown = thinned(run, 600)
    assert {probe: len(found) for probe, found in shown.items()} == {"p99": 5, "errors": 3}


@pytest.mark.django_db
def test_a_run_without_readings_has_no_chart():
    assert thinned(a_run(), 600) == {}


@pytest.mark.django_db
def test_a_long_run_takes_a_few_bounded_queries_and_keeps_its_newest_minutes(
    django_assert_num_queries,
):
    run = a_run()
    written(run, readings(2400, at_2300=900.0))
    with django_assert_num_queries(4):
        (shown,) = thinned(run, 600).values()
    assert len(shown) <= 600
    assert max(item.value for item in shown) == 900.0
    assert (shown[-1].at - shown[0].at) > 2300 * SECOND


@pytest.mark.parametrize("count", [601, 1000, 7200])
def test_thinning_keeps_every_peak_and_every_gap(count):
    found = readings(count, at_37=950.0, at_77=3.0, at_222=None)
    shown = thin(found, 600)
    assert len(shown) <= 610
    assert {950.0, 3.0, None} <= {item.value for item in shown}
    assert [item.at for item in shown] == sorted(item.at for item in shown)


def test_few_readings_are_left_as_they_are():
    assert thin(readings(600), 600) == tuple(readings(600))
