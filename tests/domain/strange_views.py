"""Thousands of views, mostly ones that no run would come to, and what decide() says to each."""

import random
from dataclasses import replace
from datetime import timedelta
from functools import cache

from chaos.domain.decide import decide
from chaos.domain.injection import Progress
from chaos.domain.run import Marks
from chaos.domain.sight import ClusterSight, ResidueKind, ResultSeen
from chaos.domain.spec import Stage
from chaos.domain.states import RunState
from chaos.domain.targets import Limits
from tests.domain.views import (
    A_STOP,
    ENGINE,
    NOW,
    a_sight,
    a_view,
    ago,
    engine,
    replaced_pods,
    residue,
    said,
    tallies,
)
from tests.support.builders import a_drain_spec, a_latency_spec, a_manual_spec, a_node, a_spec, pods

AGES = [ago(seconds) for seconds in (0.05, 0.5, 3, 20, 100, 300)]
MAYBE = [None, *AGES]
PODS = [pods(), pods(), pods()[1:], replaced_pods(), replaced_pods(ready=False), ()]
RESIDUE = [(), (), (engine(),), *((residue(kind),) for kind in ResidueKind)]
RESULTS = [(), *((ResultSeen("r", ENGINE, targets={f"pod/api-{n}": said for n in range(3)}),)
                 for said in ("targeted", "injected", "reverted"))]  # fmt: skip
NODES = [(), (a_node(),), (a_node(is_schedulable=False),)]
WORDS = [(), (said("injected", 5),), (said("injected", 5), said("reverted", 1))]
UNSEEN = ClusterSight(ago(0.2), ago(0.1), unseen="refused")
ACTS = ["grant", "inject", "revert", "read", "clear", "recreate", "restore"]
LIMITS = [None, Limits(max_percent=20), *[Limits(max_percent=50)] * 4]
A_LADDER = a_spec(faults=(replace(a_spec().fault, stages=(Stage(count=3), Stage(count=1))),))
SPECS = [a_spec(), a_manual_spec(), a_latency_spec(), a_drain_spec(), A_LADDER, A_LADDER]
STEPS = ("granted_at", "baseline_at", "accepted_at", "pods_gone_at", "clean_at", "steady_at", "cleared_at")
COUNT = 16_000


def any_view(chance):
    pick, maybe = chance.choice, lambda odds: chance.random() < odds
    began = pick([0.05, 0.3, 0.3, 0.3, 3, 20])
    sight = a_sight(
        began,
        pods=pick(PODS),
        nodes=pick(NODES),
        results=pick(RESULTS),
        residue=pick(RESIDUE),
        has_grant=maybe(0.6),
    )
    seen = pick([sight, sight, sight, sight, None, replace(sight, lever_reason="an incident")])
    requested, values = pick(MAYBE), chance.choices([120.0, 120.0, 120.0, 300.0, 600.0, None], k=5)
    view = pick(EXAMPLES)
    return replace(
        view,
        state=pick([*RunState, RunState.REVERTING, RunState.REVERTING]),
        state_since=pick(AGES),
        watching_since=pick(AGES),
        not_after=NOW + timedelta(seconds=-1 if maybe(0.1) else 300),
        stop=A_STOP if maybe(0.2) else None,
        lever="an incident" if maybe(0.1) else "",
        limits=pick(LIMITS),
        limits_at=pick([None, ago(0.05), ago(0.05), ago(0.4), ago(100)]),
        refusal="Not allowed." if maybe(0.1) else "",
        marks=Marks(stranded_at=pick(MAYBE), **{name: pick([None, *AGES[2:]]) for name in STEPS}),
        progress=(
            Progress(
                0,
                requested_at=requested,
                answered_at=requested if maybe(0.7) else None,
                injected_at=pick(MAYBE) if requested else None,
                recreated_at=pick([None, None, None, ago(3)]),
                restored_at=pick([None, None, ago(0.5), ago(20)]),
                reverted_at=pick([None, None, ago(3), ago(100)]),
            ),
        ),
        tallies=tallies(view.spec, pick([values, [120.0] * 3]), last=pick([0.0, 0.0, 1.0, 30.0])),
        seen=seen,
        rung_ended_at=pick([None, ago(3), ago(5), ago(300)]),
        rung_gone_at=pick([None, ago(2), ago(4)]),
        sight=UNSEEN if maybe(0.2) else seen,
        words=pick(WORDS),
        record_lost_since=pick(AGES) if maybe(0.2) else None,
        uncertain_until=pick([None, None, None, ago(2), NOW + timedelta(seconds=60)]),
        acting=frozenset() if maybe(0.6) else frozenset(chance.choices(ACTS, k=2)),
        last_act_at=pick(MAYBE),
        failed_acts=pick([0, 0, 0, 1, 4]),
    )


EXAMPLES = [a_view(spec=spec) for spec in SPECS]


@cache
def walked():
    """Many views, mostly strange ones, the same each time, with what decide() says to each."""
    chance = random.Random(20260701)
    views = [any_view(chance) for _ in range(COUNT)]
    return [(view, decide(view, NOW)) for view in views]
