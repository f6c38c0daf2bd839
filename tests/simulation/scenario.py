"""What one schedule is about, drawn from its seed: the fault, its targets, when it must be over."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from chaos.domain.injection import Injection, Progress
from chaos.domain.record import RunRecord, Signals
from chaos.domain.run import Marks
from chaos.domain.sight import Node
from chaos.domain.spec import Durations, ProbeKind, ProbeSpec, RunSpec
from chaos.domain.states import RunState
from chaos.services.launch import longest
from tests.simulation.kernel import START
from tests.support.builders import a_drain_spec, a_latency_spec, a_node, a_spec, injections_of

RUN, INSTALLATION = "0f0e0d0c-0000-4000-8000-000000000000", "installation"
SECOND = timedelta(seconds=1)
SHORT, LONG = 6 * SECOND, 90 * SECOND
"""Most faults are over by themselves soon; the others are there for whoever must end them."""
PROBE = ProbeSpec("p99", ProbeKind.PROMETHEUS, "q", "ms", 2 * SECOND, SECOND, blind_budget=2)
DURATIONS = Durations(6 * SECOND, 4 * SECOND, 60 * SECOND)


def made(make: Callable[..., RunSpec], duration: timedelta) -> tuple[RunSpec, Injection]:
    spec = make(probes=(PROBE,), durations=DURATIONS)
    spec = replace(spec, faults=(replace(spec.fault, duration=duration),))
    return spec, injections_of(spec)[0]


Asked = Mapping[timedelta, Sequence[tuple[RunSpec, Injection]]]
"""What is asked for, by how long it lasts."""

MAKES = (a_spec, a_latency_spec, a_latency_spec, a_drain_spec)
ASKED: Asked = {each: [made(make, each) for make in MAKES] for each in (SHORT, LONG)}


def nodes(cordoned: bool) -> dict[str, Node]:
    """Six, one of which is the one that is drained; somebody may have cordoned it before."""
    found = {f"node-{n}": a_node(f"node-{n}") for n in range(6)}
    return found | {"node-0": a_node(is_schedulable=not cordoned)}


def a_record(draw: random.Random, pre: Node, asked: Asked = ASKED) -> RunRecord:
    """A run as it was launched at the beginning of the schedule."""
    spec, injection = draw.choice(asked[draw.choice((SHORT, SHORT, SHORT, LONG))])
    if injection.nodes:
        post = replace(injection.postcondition, nodes=(pre,))
        injection = replace(injection, nodes=(pre,), postcondition=post)
    window = draw.choice((longest(spec), longest(spec), timedelta(seconds=draw.uniform(5, 60))))
    return RunRecord(
        run=RUN,
        installation=INSTALLATION,
        spec=spec,
        spec_digest=spec.digest,
        state=RunState.PENDING,
        state_since=START,
        not_after=START + min(window, longest(spec)),
        marks=Marks(),
        signals=Signals(START),
        injections=(injection,),
        progress=(Progress(0),),
    )
