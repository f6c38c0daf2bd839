from __future__ import annotations

from datetime import timedelta

from chaos.domain.spec import ExpectationKind, RunSpec
from gameday.plans.compile import compile_plan
from gameday.plans.yaml_reader import read
from tests.gameday.plans.documents import SAMPLE, sample

PLAN = compile_plan(sample())


def scenario(key: str) -> RunSpec:
    return PLAN.scenario(key).run


def held(run: RunSpec) -> dict[str, str]:
    return {item.probe: str(item.comparison) for item in run.expectations if item.within is None}


def aborts(run: RunSpec) -> dict[str, str]:
    return {item.probe: str(item.comparison) for item in run.abort_conditions}


def test_the_service_level_objectives_stand_in_it_literally():
    for key in ("pod-failure", "pod-kill"):
        objectives = {"p99": "< 200", "error-rate": "< 0.1", "throughput": "> 500"}
        assert objectives.items() <= held(scenario(key)).items()


def test_the_pod_failure_takes_three_pods_and_is_stopped_past_half_a_second():
    run = scenario("pod-failure")
    assert run.fault.targets and run.fault.targets.count == 3
    assert aborts(run)["p99"] == "> 500"


def test_the_pod_kill_takes_thirty_percent_which_is_one_of_six_for_thirty_seconds():
    run = scenario("pod-kill")
    assert "one of the six" in run.hypothesis
    assert run.fault.targets and run.fault.targets.percent == 30
    assert run.fault.duration == timedelta(seconds=30)
    assert held(run)["health"] == "== 200"
    assert aborts(run)["error-rate"] == "> 1"


def test_the_brokers_node_is_found_by_the_broker_and_losing_a_message_is_a_deviation():
    run = scenario("kafka-broker")
    assert run.fault.fault == "node-drain"
    assert run.fault.targets and run.fault.targets.kind == "node-of"
    assert held(run) == {"dead-letters": "== 0"}


def expected(run: RunSpec, kind: ExpectationKind) -> dict[str, str]:
    return {item.probe: str(item.comparison) for item in run.expectations if item.kind is kind}


def test_on_both_sides_of_the_second_after_which_a_call_is_given_up_the_breaker_is_claimed_to_open():
    for key, latency in (("fraud-latency", "500ms"), ("fraud-timeout", "1100ms")):
        run = scenario(key)
        assert run.fault.parameters["latency"] == latency
        assert expected(run, ExpectationKind.HAPPENS_WITHIN)["breaker"] == "== 1"


def test_what_an_open_breaker_hides_is_proven_gone_by_the_breaker_that_closes():
    run = scenario("fraud-timeout")
    assert run.fault.parameters["proven_by"] == "breaker"
    assert expected(run, ExpectationKind.RECOVERS_WITHIN)["breaker"] == "== 0"


def test_a_zone_fails_with_all_its_nodes_and_its_broker_is_expected_back():
    run = scenario("zone-failure")
    targets = run.fault.targets
    assert targets and (targets.kind, targets.percent, targets.zone) == ("node", 100, "eu-1c")
    assert expected(run, ExpectationKind.RECOVERS_WITHIN)["kafka-2-ready"] == "== 1"


def test_what_no_program_injects_is_injected_and_undone_by_a_person():
    for key in ("traffic-spike", "database-failover", "certificate-expiry"):
        assert scenario(key).fault.fault == "manual"


def test_the_whole_day_takes_less_than_ten_minutes_with_two_to_spare_for_the_set_up():
    by_litmus = timedelta(seconds=8)  # its two pods, and proving that the fault is gone
    length = sum(
        (
            scenario.run.durations.baseline
            + scenario.run.fault.duration
            + scenario.run.durations.observe
            + by_litmus
            for scenario in PLAN.scenarios
        ),
        timedelta(0),
    )
    assert length < timedelta(minutes=8)


def test_queries_look_back_fifteen_seconds_at_the_most():
    for scenario in PLAN.scenarios:
        for probe in scenario.run.probes:
            assert "[5s]" in probe.ask or "[" not in probe.ask


def test_the_ladder_beside_it_climbs_from_one_pod_to_half_of_them():
    document = read((SAMPLE.parent / "ladder.yaml").read_bytes()).document
    (only,) = compile_plan(document).scenarios
    assert [rung.targets and rung.targets.count for rung in only.run.fault.rungs] == [1, 2, 3]
