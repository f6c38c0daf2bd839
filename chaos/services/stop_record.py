"""Writing down that a stop is wanted: beside what is done in the clusters, never before it."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import Error, connection, transaction

from chaos.domain import codec
from chaos.domain import verdict as verdicts
from chaos.domain.errors import StoreUnavailable
from chaos.domain.record import Event
from chaos.domain.run import Marks, Stop
from chaos.domain.states import RunState
from chaos.journal.checkpoints import sign_an_end
from chaos.journal.record import append, storable
from chaos.models import Run
from chaos.models.run import LIVE
from chaos.services import words


def want_stop(runs: Sequence[str], stop: Stop) -> int:
    """Latch the intent on those of `runs` that are live; how many were not stopped before.

    A run that no driver ever had is over with that. Raises StoreUnavailable.
    """
    count = 0
    try:
        with transaction.atomic():
            for row in Run.objects.filter(pk__in=runs, state__in=LIVE, stop_wanted_at=None).order_by("pk"):
                if _end_untouched(row, stop):
                    _say(row, stop, *words.untouched(stop))
                    transaction.on_commit(lambda: sign_an_end(stop.at), robust=True)
                elif _latch(row, stop):
                    _say(row, stop, *words.stopping(stop, None))
                else:
                    continue
                count += 1
    except Error as error:
        connection.close()
        raise StoreUnavailable(f"The stop could not be written down: {error}") from error
    return count


def _end_untouched(row: Run, stop: Stop) -> bool:
    """End a run that waits for its first driver: nobody else would, and it keeps its cluster from others.

    Whoever takes a lease raises the fence, so fence 0 is a run that nobody ever had: nothing was sent
    anywhere for it. A driver that claims it at this moment either came first, and then this changes nothing,
    or finds a run that is over.
    """
    untouched = Run.objects.filter(pk=row.pk, state=RunState.PENDING.value, fence=0, stop_wanted_at=None)
    return bool(
        untouched.update(
            state=RunState.ABORTED.value,
            state_since=stop.at,
            verdict=verdicts.overall(()).value,
            marks=codec.to_plain(Marks(decided_at=stop.at)),
            **_columns(stop),
        )
    )


def _latch(row: Run, stop: Stop) -> bool:
    live = Run.objects.filter(pk=row.pk, state__in=LIVE, stop_wanted_at=None)
    return bool(live.update(**_columns(stop)))


def _columns(stop: Stop) -> dict[str, object]:
    return {
        "stop_wanted_at": stop.at,
        "stop_kind": stop.kind.value,
        "stop_reason": storable(stop.reason),
        "stopped_by": stop.by,
    }


def _say(row: Run, stop: Stop, *events: Event) -> None:
    for event in events:
        append(
            row.stream,
            event.kind,
            event.text,
            at=event.at,
            actor=stop.by,
            actor_name=stop.by,
            scenario=row.scenario,
            run=str(row.pk),
            body=event.body,
        )
