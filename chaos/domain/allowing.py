"""May what comes next still be injected? By the cluster's limits as they are now: an administrator may have
lowered them since the launch, and no run that was launched before is an exception."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from chaos.domain.decisions import Decision, Wait, WantStop
from chaos.domain.errors import OverLimits
from chaos.domain.run import RunView, Stop
from chaos.domain.states import StopKind
from chaos.domain.targets import Limits, check_limits, check_nodes, check_share

READ_WITHIN = timedelta(seconds=10)
"""How long an injection waits for the limits to be read again."""


def held_back(view: RunView, rung: int, since: datetime, now: datetime) -> Decision | None:
    """What comes instead of injecting this rung; None when it may be. Limits that were read before `since`,
    when its targets were named or the baseline ended, are not those of now."""
    if view.limits_at is None or view.limits_at <= since:
        if now <= since + READ_WITHIN:
            return Wait()
        reason = f"The limits of this cluster have not been read since {since:%H:%M:%S} UTC."
        return WantStop(Stop(now, StopKind.RECORD, reason))
    return over_limits(view, rung, now)


def over_limits(view: RunView, rung: int, now: datetime) -> WantStop | None:
    """The stop that says which limit keeps this rung from being injected; None when none does. What is not
    named yet is held against what can be told without a look at the cluster."""
    try:
        _check(view, rung, limits_of(view))
    except OverLimits as error:
        return WantStop(Stop(now, StopKind.LIMITS, in_context(view, rung, error)))
    return None


def limits_of(view: RunView) -> Limits:
    """What the cluster allows now. Raises OverLimits when that could not be read: then it allows nothing."""
    if view.limits is None:
        raise OverLimits(
            "The limits of this cluster cannot be read; an administrator must set them anew "
            "(`manage.py cluster add`)."
        )
    return view.limits


def in_context(view: RunView, rung: int, error: OverLimits) -> str:
    """The error, with what does not happen because of it."""
    rungs = len(view.spec.fault.rungs)
    if rungs == 1:
        return f"Nothing is injected: {error}"
    return f"Rung {rung + 1} of {rungs} is not {'climbed' if rung else 'injected'}: {error}"


def _check(view: RunView, rung: int, limits: Limits) -> None:
    fault = view.spec.fault.rungs[rung]
    unprovable = (fault.fault,) if view.is_unprovable else ()
    check_limits(replace(view.spec, faults=(fault,)), limits, unprovable)
    mine = [injection for injection in view.injections if injection.rung == rung]
    pods = sum(len(injection.targets) for injection in mine)
    if pods:
        pre = mine[0].pre_image
        check_share(pods, pre.matched, pre.ready, limits)
    check_nodes(sum(len(injection.nodes) for injection in mine), limits)
