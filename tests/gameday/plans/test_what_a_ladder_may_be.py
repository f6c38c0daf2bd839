"""A ladder's rungs, each held to what the fault itself is held to."""

from __future__ import annotations

from typing import Any

import pytest

from gameday.plans.compile import check
from gameday.plans.problems import dotted
from tests.gameday.plans.documents import edited_at, small

FAULT = "scenarios[0].faults[0]"


def said(fault: dict[str, Any]) -> dict[str, str]:
    """What is wrong with a small plan that has this fault."""
    document = edited_at(small(), FAULT, fault)
    return {dotted(problem.path): problem.sentence for problem in check(document)[1]}


def latency(*stages: dict[str, Any]) -> dict[str, Any]:
    return {
        "fault": "pod-network-latency",
        "duration": "10s",
        "targets": small()["scenarios"][0]["faults"][0]["targets"],
        "parameters": {"latency": "100ms", "proven_by": "p99"},
        "stages": list(stages),
    }


def test_a_rung_of_its_own_strength_is_fine():
    assert said(latency({"count": 1}, {"parameters": {"latency": "300ms"}})) == {}


def test_a_size_that_is_written_as_1_0_is_the_whole_number_that_the_schema_takes_it_for():
    for size, whole in (({"count": 1.0}, 1), ({"percent": 20.0}, 20)):
        document = edited_at(small(), FAULT, rungs("pod-delete", size))
        compiled, problems = check(document)
        assert compiled and not problems
        (stage,) = compiled.scenarios[0].run.fault.stages
        assert (stage.count or stage.percent, type(stage.count or stage.percent)) == (whole, int)


def test_a_rung_that_nothing_would_prove_gone_is_refused():
    sentences = said(latency({"count": 1}, {"parameters": {"latency": "300ms", "proven_by": "nosuch"}}))
    assert set(sentences) == {f"{FAULT}.stages[1].parameters.proven_by"}
    assert "an expectation must say where it is back" in sentences.popitem()[1]


def test_a_proof_that_all_rungs_share_is_missed_once():
    fault = latency({"count": 1}, {"parameters": {"latency": "300ms"}})
    fault["parameters"]["proven_by"] = "nosuch"
    assert set(said(fault)) == {f"{FAULT}.parameters.proven_by"}


def test_no_ladder_by_hand_since_a_persons_word_says_not_of_which_rung():
    given = {"inject": "Pull the cable.", "revert": "Plug it in.", "proven_by": "p99"}
    fault = {"fault": "manual", "duration": "10s", "parameters": given}
    assert said(fault) == {}
    rungs = [{"parameters": {"inject": "Pull one."}}, {"parameters": {"inject": "Pull two."}}]
    assert said(fault | {"stages": rungs}) == {
        f"{FAULT}.stages": "manual has no ladder: its words, injected and reverted, are said once in a run. "
        "Plan a scenario for each rung."
    }


def rungs(fault: str, *stages: dict[str, Any], **parameters: str) -> dict[str, Any]:
    base = {"fault": fault, "duration": "10s", "targets": small()["scenarios"][0]["faults"][0]["targets"]}
    proof = {"proven_by": "p99"} if fault.startswith("pod-network") else {}
    return base | {"parameters": {**parameters, **proof}, "stages": list(stages)}


def by(count: int, much: str) -> dict[str, Any]:
    return {"count": count, "parameters": {"latency": much}}


SLOWER = {"parameters": {"rate": "100kbit"}}


@pytest.mark.parametrize(
    "fault",
    [
        rungs("pod-delete", {"count": 1}, {"count": 2}, {"count": 3}),
        rungs("pod-delete", {"percent": 20}, {"percent": 40}),
        latency({"count": 1}, by(2, "1.5s"), by(3, "2s")),
        rungs("pod-network-rate-limit", {"count": 1}, SLOWER, rate="1mbit"),
        rungs("container-kill", {"count": 1}, {"parameters": {"signal": "SIGKILL"}}, signal="SIGTERM"),
    ],
)  # fmt: skip
def test_each_rung_of_a_ladder_goes_further(fault: dict[str, Any]):
    assert said(fault) == {}


@pytest.mark.parametrize(
    ("fault", "place", "words"),
    [
        (rungs("pod-delete", {"count": 2}, {"count": 2}), "stages[1]", "is the same as the one before"),
        (rungs("pod-delete", {"count": 3}, {"count": 1}), "stages[1].count", "count is 1, after 3"),
        (rungs("pod-delete", {"percent": 40}, {"percent": 20}), "stages[1].percent", "is 20, after 40"),
        (rungs("pod-delete", {"count": 1}, {"percent": 40}), "stages[1]", "write percent for all of them"),
        (rungs("pod-delete", {"count": 1, "percent": 40}), "stages[0]", "at most one of count and percent"),
        (
            latency({"parameters": {"latency": "500ms"}}, {"parameters": {"latency": "300ms"}}),
            "stages[1].parameters.latency",
            "latency is 300ms, after 500ms",
        ),
        (
            latency(by(1, "1m"), by(2, "59s")),
            "stages[1].parameters.latency",
            "latency is 59s, after 1m",
        ),
        (
            rungs("pod-network-rate-limit", SLOWER, {"count": 2}, rate="1mbit"),
            "stages[1].parameters.rate",
            "rate is 1mbit, after 100kbit",
        ),
    ],
)  # fmt: skip
def test_a_rung_that_goes_less_far_or_nowhere_is_refused(fault: dict[str, Any], place: str, words: str):
    sentences = said(fault)
    assert set(sentences) == {f"{FAULT}.{place}"}
    assert words in sentences.popitem()[1]


@pytest.mark.parametrize(
    ("fault", "parameters", "words"),
    [
        ("pod-network-partition", {}, "Only one pod at a time can be cut off"),
        ("pod-autoscaler", {"replicas": "9"}, "It is done to one workload as a whole"),
    ],
)
def test_a_rung_is_held_to_what_the_fault_can_be_done_to(fault: str, parameters: dict[str, str], words: str):
    targets = small()["scenarios"][0]["faults"][0]["targets"] | {"kind": "statefulset"}
    planned = rungs(fault, {"count": 1}, {"count": 3}, **parameters) | {"targets": targets}
    sentences = said(planned)
    assert set(sentences) == {f"{FAULT}.stages[1].count"}
    assert words in sentences.popitem()[1]


def test_a_time_that_counts_from_each_rung_is_no_longer_than_the_last_one_is_watched():
    document = edited_at(small(), FAULT, latency({"count": 1}, {"parameters": {"latency": "300ms"}}))
    where = f"{FAULT.partition('.faults')[0]}.expectations[0]"
    late = {"probe": "p99", "recovers_within": {"is": "< 200", "within": "4h"}}
    (sentence,) = (problem.sentence for problem in check(edited_at(document, where, late))[1])
    assert sentence.startswith("A rung's time counts from its own injection, and the last is watched for ")
