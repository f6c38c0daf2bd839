"""A ladder's rungs, each held to what the fault itself is held to."""

from __future__ import annotations

from typing import Any

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
