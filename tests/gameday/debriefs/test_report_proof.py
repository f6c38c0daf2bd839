"""What the report says of one injection: what was done, on which rung, and what its proof was made of."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.injection import InverseKind, Postcondition
from chaos.domain.proof import expected
from chaos.domain.spec import FaultSpec, Stage
from gameday.debriefs.report_proof import injection_report
from gameday.debriefs.sources import DaySource
from tests.support.builders import a_manual_spec, a_node, a_spec, injections_of

OURS = "no engine, job or pod of this run is left in the cluster"
NODES = (a_node("node-1"),)


@pytest.mark.parametrize(
    ("post", "said"),
    [
        (
            Postcondition(freed=(("api-0", "uid-0"),)),
            "each target was taken back by its helper, or was replaced",
        ),
        (Postcondition(nodes=NODES, cordons=True), "node-1 takes pods as it did before; node-1 is ready"),
        (
            Postcondition(nodes=NODES, taint_keys=("a", "b")),
            "node-1 has no taint a, b, as before; node-1 is ready",
        ),
        (
            Postcondition(nodes=(a_node("node-1", taints=("a=x:NoSchedule", "c:y")),), taint_keys=("a",)),
            "node-1 has the taints a=x:NoSchedule again, and no other a; node-1 is ready",
        ),
        (
            Postcondition(nodes=NODES, pressures=("DiskPressure",)),
            "node-1 is under no pressure that it was not under before; node-1 is ready",
        ),
        (Postcondition(uncut=True), "no network policy of the fault is left"),
        (Postcondition(probe="p99"), "p99 is back in its tolerance, by readings taken after that"),
    ],
)
def test_gone_means_each_part_of_the_postcondition_in_words(post: Postcondition, said: str) -> None:
    injection = replace(injections_of(a_spec())[0], inverse=InverseKind.DELETE_ENGINE, postcondition=post)
    assert "; ".join(expected(injection).values()) == f"{said}; {OURS}"


@pytest.mark.django_db
def test_on_a_ladder_each_injection_says_its_rung_and_what_was_chosen_for_it(day: DaySource) -> None:
    run = day.runs[0].run
    stages = (Stage(parameters={"latency": "300ms"}), Stage(parameters={"latency": "500ms"}))
    fault = FaultSpec("pod-network-latency", timedelta(seconds=9), None, {"jitter": "0s"}, stages)
    run = replace(run, spec=replace(run.spec, faults=(fault,)))
    run = replace(run, injections=(replace(run.injections[0], rung=1), *run.injections[1:]))
    said = injection_report(run, 0)
    assert (said.rung, said.chosen) == ("Rung 2 of 2: ", "latency 500ms")


@pytest.mark.django_db
def test_without_a_ladder_no_rung_is_spoken_of(day: DaySource) -> None:
    said = injection_report(day.runs[0].run, 0)
    assert (said.rung, said.share) == ("", " (50 %)")


@pytest.mark.django_db
def test_of_what_a_person_did_the_report_has_their_word_and_no_measurement(day: DaySource) -> None:
    run = day.runs[0].run
    (by_hand,) = injections_of(a_manual_spec())
    (progress,) = run.progress
    run = replace(run, injections=(by_hand,))
    assert progress.injected_at
    assert injection_report(run, 0, str.capitalize).injected == (
        f"Said by Ravi to be there at {progress.injected_at:%Y-%m-%d %H:%M:%S} UTC, 3.0 s after it was asked "
        "for; since when it was there was not measured."
    )
    unsaid = replace(run, progress=(replace(progress, injected_at=None),))
    assert injection_report(unsaid, 0).injected == "Never said to be there."


@pytest.mark.django_db
@pytest.mark.parametrize(("zone", "said"), [("eu-1c", ", in the zone eu-1c"), ("", "")])
def test_the_zone_that_was_chosen_stands_beside_the_targets(day: DaySource, zone: str, said: str) -> None:
    run = day.runs[0].run
    (fault,) = run.spec.faults
    assert fault.targets
    spec = replace(run.spec, faults=(replace(fault, targets=replace(fault.targets, zone=zone)),))
    assert injection_report(replace(run, spec=spec), 0, str.capitalize).zone == said
