"""Views, sights and readings for tests of the pure domain; NOW is when `decide()` is asked."""

from datetime import UTC, datetime, timedelta

from chaos.domain.injection import Progress
from chaos.domain.run import Marks, RunView, Stop, Word
from chaos.domain.sight import ClusterSight, EngineSeen, Reading, Residue, ResidueKind
from chaos.domain.states import RunState, StopKind
from chaos.domain.tally import tallies_of
from chaos.domain.targets import Limits
from tests.support.builders import a_spec, injections_of, pods

NOW = datetime(2026, 7, 1, 10, 0, 30, tzinfo=UTC)
ENGINE = "gd-0f0e0d0c-0"
A_STOP = Stop(NOW, StopKind.PERSON, "Smoke in the room.", "otto")


def ago(seconds):
    return NOW - timedelta(seconds=seconds)


def reading(value, seconds_ago=0.0, probe="p99"):
    at = ago(seconds_ago)
    return Reading(
        probe, at - timedelta(milliseconds=50), at, value, "" if value is not None else "no answer"
    )


def readings(*values, last=0.0):
    """One a second, the last one `last` seconds ago."""
    return [reading(value, last + len(values) - 1 - index) for index, value in enumerate(values)]


def tallies(spec=None, values=(120.0, 120.0, 120.0), last=0.0):
    return tallies_of(spec or a_spec(), readings(*values, last=last))


def engine(detail=""):
    return Residue(ResidueKind.ENGINE, "chaos", ENGINE, "uid-e", "run", detail=detail)


def residue(kind):
    return Residue(kind, "chaos", f"some-{kind.value.lower()}", "uid-r", "run")


def a_sight(began=0.3, **changes):
    values = {
        "pods": pods(),
        "engines": (EngineSeen(ENGINE, "uid-e", "active", "initialized"),),
        "has_grant": True,
    }
    return ClusterSight(ago(began), ago(began - 0.1), **(values | changes))


def replaced_pods(ready=True):
    """The six pods after the three targets were deleted and replaced."""
    new = tuple(
        type(pod)(pod.namespace, f"new-{pod.name}", f"new-{pod.uid}", pod.node, ready, False, pod.labels)
        for pod in pods()[:3]
    )
    return pods()[3:] + new


_SINCE = {
    RunState.PENDING: 0.5,
    RunState.BASELINING: 6,
    RunState.INJECTING: 4,
    RunState.OBSERVING: 5,
    RunState.REVERTING: 3,
}


def a_view(state=RunState.INJECTING, spec=None, **changes):
    """A run in good order in `state`: its probe green, its cluster seen, nothing wrong."""
    spec = spec or a_spec()
    injections = injections_of(spec)
    requested = state in (RunState.INJECTING, RunState.OBSERVING, RunState.REVERTING)
    injected = state in (RunState.OBSERVING, RunState.REVERTING)
    progress = Progress(
        0,
        requested_at=ago(16 if injected else 4) if requested else None,
        answered_at=ago(15.9 if injected else 3.9) if requested else None,
        injected_at=ago(15) if injected else None,
    )
    sight = a_sight()
    values = {
        "state": state,
        "state_since": ago(_SINCE.get(state, 1)),
        "not_after": NOW + timedelta(minutes=5),
        "watching_since": ago(20),
        "injections": injections,
        "progress": (progress,),
        "marks": Marks(granted_at=ago(20)),
        "tallies": tallies(spec),
        "sight": sight,
        "seen": sight,
        "limits": Limits(max_percent=50),
        "limits_at": ago(0.1),
    }
    return RunView(spec=spec, **(values | changes))


def said(word, seconds_ago=1.0):
    return Word(word, ago(seconds_ago), "ravi")
