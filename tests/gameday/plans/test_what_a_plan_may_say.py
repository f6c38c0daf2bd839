from __future__ import annotations

from datetime import datetime

import pytest

from gameday.plans.compile import check
from gameday.plans.problems import dotted
from gameday.plans.yaml_reader import read
from tests.gameday.plans.documents import FULL, SMALL, edited, edited_at, full, small

SCENARIO = "scenarios[0]"


def said(document: object) -> dict[str, str]:
    return {dotted(problem.path): problem.sentence for problem in check(document)[1]}


def test_the_small_and_the_full_plan_are_valid():
    assert said(small()) == {}
    assert said(full()) == {}


@pytest.mark.parametrize(
    ("where", "value", "words"),
    [
        ("titel", "x", "did you mean title?"),
        ("title", None, "title is missing. What people call this game day."),
        ("title", 5, "This should be text, and it is a whole number; quote it."),
        ("title", "two\nlines", "one line"),
        ("title", "", "one line"),
        ("purpose", "  ", "A few words are needed"),
        ("plan", "Big Day", "'Big Day' is not a short name"),
        ("plan", "day\n", "not a short name"),
        ("format", "2", 'This should be "1"'),
        ("environment", "prod", "did you mean production?"),
        ("environment", "moon", "it is one of: rehearsal, staging, production."),
        ("window.opens", "2026-01-01T00:00:00", "not an instant with a zone"),
        ("window.opens", "2026-02-30T00:00:00Z", "no such day"),
        ("window.closes", "2025-01-01T00:00:00Z", "closes before it opens"),
        ("people", {}, "At least 1"),
        ("people", {"ravi": ["responder"]}, "Nobody is facilitator"),
        ("people.ravi", ["resonder"], "did you mean responder?"),
        ("people.ravi", ["responder", "responder"], "twice"),
        ("must_be_told", [{"party": "a", "acknowledged_by": ["b"]}] * 2, "a stands here again"),
        ("scenarios", [], "At least 1"),
        ("scenarios", "none", "a list"),
        (f"{SCENARIO}.key", "Ünï", "not a short name"),
        (f"{SCENARIO}.faults[0].fault", "pod-dlete", "Did you mean pod-delete"),
        (f"{SCENARIO}.faults[0].duration", "30", "write a number with ms, s, m or h"),
        (f"{SCENARIO}.faults[0].duration", 30, "quote it"),
        (f"{SCENARIO}.faults[0].duration", "0s", "outside 1s"),
        (f"{SCENARIO}.faults[0].duration", "2500ms", "not a whole number of seconds"),
        (f"{SCENARIO}.probes[0].timeout", "100.5ms", "not a whole number of milliseconds"),
        (f"{SCENARIO}.faults[0].stages", [{"parameters": {"forse": True}}], "no parameter forse"),
        (
            f"{SCENARIO}.faults[0]",
            {
                "fault": "node-drain",
                "targets": {"kind": "node", "labels": {"a": "b"}, "count": 1},
                "duration": "5s",
                "stages": [{"count": 1}],
            },
            "A ladder on nodes is not supported",
        ),
        (f"{SCENARIO}.faults[0].parameters", {"forse": True}, "no parameter forse"),
        (f"{SCENARIO}.faults[0].parameters", {"force": "yes"}, "neither true nor false"),
        (f"{SCENARIO}.faults[0].targets", None, "targets is missing"),
        (f"{SCENARIO}.faults[0].targets.percent", 30, "exactly one of count and percent"),
        (f"{SCENARIO}.faults[0].targets.count", None, "exactly one of count and percent"),
        (f"{SCENARIO}.faults[0].targets.count", 0, "0 is less than 1"),
        (f"{SCENARIO}.faults[0].targets.labels", {}, "At least 1"),
        (f"{SCENARIO}.faults[0].targets.labels", {"a b": "c"}, "not the name of a label"),
        (f"{SCENARIO}.faults[0].targets.labels", {"app": "a,b=c"}, "not the value of a label"),
        (f"{SCENARIO}.probes[0].interval", "500ms", "outside 1s"),
        (f"{SCENARIO}.probes[1].interval", "200ms", "outside 250ms"),
        (f"{SCENARIO}.probes[0].timeout", "11s", "outside 100ms to 10s"),
        (f"{SCENARIO}.probes[0].query", None, "query is missing"),
        (f"{SCENARIO}.probes[0].url", "http://a.test", "has no url"),
        (f"{SCENARIO}.probes[1].url", "ftp://a.test", "not an http or https address"),
        (f"{SCENARIO}.probes[1].url", "http://me:pw@a.test/", "Leave user and password out"),
        (f"{SCENARIO}.probes[1].url", None, "exactly one of url and service"),
        (f"{SCENARIO}.probes[1].query", "up", "has no query"),
        (f"{SCENARIO}.probes[1].name", "p99", "p99 stands here again"),
        (f"{SCENARIO}.probes[0].freshness.series", "rate(a[5s])", "not a raw series"),
        (f"{SCENARIO}.expectations[0].probe", "p95", "There is no probe p95; this scenario has p99"),
        (f"{SCENARIO}.abort_conditions[0].probe", "p95", "There is no probe p95"),
        (f"{SCENARIO}.abort_conditions[0].when", "500", "not a comparison"),
        (f"{SCENARIO}.abort_conditions[0].when", "> 5e3", "not a comparison"),
        (f"{SCENARIO}.abort_conditions[0].consecutive", True, "it is true or false"),
        (f"{SCENARIO}.abort_conditions", None, "at least one abort condition"),
        (f"{SCENARIO}.expectations", [], "At least 1"),
        (f"{SCENARIO}.expectations[0].holds", "< 1", "exactly one of holds"),
        (f"{SCENARIO}.expectations[0].recovers_within.within", "31s", "watched for 30 s"),
        (f"{SCENARIO}.expected_alerts[0].within", "5m", "watched for 30 s"),
        (f"{SCENARIO}.durations.baseline", "1s", "outside 3s"),
        (f"{SCENARIO}.rollback", None, "rollback is missing"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_in_a_sentence(where: str, value: object, words: str):
    sentences = said(edited_at(full(), where, value)).values()
    assert any(words in sentence for sentence in sentences), sentences
    assert all(sentence.endswith((".", "?")) for sentence in sentences)


def test_the_full_plan_expects_recovery_first():
    """What the cases above rely on."""
    assert full()["scenarios"][0]["expectations"][0]["probe"] == "health"


def test_a_duration_that_cannot_be_is_said_once_and_not_through_what_follows_from_it():
    sentences = said(edited_at(full(), f"{SCENARIO}.faults[0].duration", "0s"))
    assert set(sentences) == {f"{SCENARIO}.faults[0].duration"}
    sentences = said(edited_at(full(), f"{SCENARIO}.durations.observe", "5"))
    assert set(sentences) == {f"{SCENARIO}.durations.observe"}


def test_no_kind_is_suggested_for_one_that_is_not_meant():
    sentences = said(edited_at(small(), f"{SCENARIO}.faults[0].targets.kind", "pod"))
    assert sentences[f"{SCENARIO}.faults[0].targets.kind"] == (
        "'pod' is not known here; it is one of: deployment, statefulset, daemonset, node, node-of."
    )
    sentences = said(edited_at(small(), f"{SCENARIO}.faults[0].targets.kind", "deploymnet"))
    assert "did you mean deployment?" in sentences.popitem()[1]


@pytest.mark.parametrize("value", [datetime(2026, 1, 1), b"text", (1, 2)], ids=repr)
def test_a_value_that_no_yaml_of_ours_makes_is_refused_with_its_name(value: object):
    sentence = said(edited_at(small(), "window.opens", value))["window.opens"]
    assert sentence == f"This should be text, and it is a {type(value).__name__}; quote it."


def test_several_faults_are_refused_until_they_are_enforced():
    fault = small()["scenarios"][0]["faults"][0]
    sentences = said(edited_at(small(), "scenarios[0].faults", [fault, fault, fault]))
    assert sentences == {
        "scenarios[0].faults[1]": "A scenario has one fault today; give the others scenarios of their own."
    }


def test_two_scenarios_with_one_key_are_refused():
    scenario = small()["scenarios"][0]
    assert (
        "pod-kill stands here again"
        in said(edited(small(), scenarios=[scenario, scenario]))["scenarios[1].key"]
    )


def manual(**parameters: str) -> dict[str, object]:
    given = {"inject": "Pull the cable.", "revert": "Plug it in.", "proven_by": "p99", **parameters}
    return {"fault": "manual", "duration": "10s", "parameters": given}


def test_a_manual_fault_needs_no_abort_condition_but_a_proof():
    document = edited_at(small(), "scenarios[0].faults", [manual()])
    assert said(edited_at(document, "scenarios[0].abort_conditions", None)) == {}


def test_a_manual_fault_is_proven_gone_by_a_probe_with_a_tolerance():
    sentences = said(edited_at(small(), "scenarios[0].faults", [manual(proven_by="p95")]))
    assert "an expectation must say" in sentences["scenarios[0].faults[0].parameters.proven_by"]


def test_a_manual_fault_has_no_targets():
    fault = {**manual(), "targets": small()["scenarios"][0]["faults"][0]["targets"]}
    assert (
        "manual has no targets"
        in said(edited_at(small(), "scenarios[0].faults", [fault]))["scenarios[0].faults[0].targets"]
    )


def test_problems_of_schema_and_meaning_are_found_in_one_pass():
    document = edited_at(full(), "titel", "x")
    document = edited_at(document, "scenarios[0].expectations[0].probe", "p95")
    document = edited_at(document, "window.closes", "2025-01-01T00:00:00Z")
    assert set(said(document)) == {"titel", "scenarios[0].expectations[0].probe", "window.closes"}


def test_a_document_that_is_no_mapping_is_refused():
    assert said(["plan"]) == {"": "This should be a mapping of keys to values, and it is a list."}


def test_a_refusal_names_file_line_and_column_in_the_order_of_the_file():
    text = SMALL.replace("title: A small", "titel: A small", 1).replace(
        "interval: 1s", "interval: 1s, urll: x"
    )
    source = read(text.encode(), "day.yaml")
    lines = source.refusal(check(source.document)[1]).lines
    assert lines[0] == ("day.yaml:1:1: title: title is missing. What people call this game day.")
    assert lines[1] == "day.yaml:3:1: titel: There is no key titel here; did you mean title?"
    assert lines[2].startswith(
        "day.yaml:30:78: scenarios[0].probes[0].urll: There is no key urll here; did you mean url?"
    )


def test_the_full_plan_is_yaml_as_well():
    assert read(FULL.encode()).document["scenarios"][0]["probes"][0]["blind_budget"] == 4
