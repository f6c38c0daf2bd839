"""What the practice platform answers beside the Kubernetes API."""

import json
import math
from collections.abc import Callable
from typing import Any

import pytest

from deploy.rehearsal.api import Effect, Mishap, Mishaps
from deploy.rehearsal.api.http import Answer, Request
from deploy.rehearsal.platform.api_switch import ApiSwitch
from deploy.rehearsal.platform.metrics import Metrics
from deploy.rehearsal.platform.site import Site
from deploy.rehearsal.platform.switches import Switches
from deploy.rehearsal.platform.troubles import Effect as PlatformEffect
from tests.rehearsal.platform.bench import Bench


class Visitor:
    """Asks the site as HTTP clients do."""

    def __init__(self, bench: Bench) -> None:
        self.mishaps = Mishaps()
        metrics = Metrics(bench.world)
        self._site = Site(bench.world, Switches(bench.world, metrics, ApiSwitch(self.mishaps)), metrics)

    def get(self, path: str) -> Answer:
        return self._site.answer(Request("GET", path, {}, {}, b""))

    def post(self, body: Any, path: str = "/rehearsal/switches") -> Answer:
        return self._site.answer(Request("POST", path, {}, {}, json.dumps(body).encode()))

    def series(self) -> dict[str, float]:
        """The samples of a scrape, by name and labels."""
        lines = [line for line in self.get("/metrics").body.splitlines() if not line.startswith("#")]
        return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


@pytest.fixture
def visitor(bench: Bench) -> Visitor:
    bench.wait(3, traffic=True)
    return Visitor(bench)


REQUESTS = 'http_requests_total{service="payments-api",code="200"}'
READY = 'kube_deployment_status_replicas_ready{namespace="payments",deployment="payments-api"}'
EXPIRY = 'certificate_expiry_timestamp_seconds{service="ledger"}'


def test_a_scrape_shows_requests_latencies_and_the_state_of_the_cluster(visitor):
    series = visitor.series()
    count = series['http_request_duration_seconds_count{service="payments-api"}']
    assert series[REQUESTS] == count > 1000
    assert series['http_request_duration_seconds_bucket{service="payments-api",le="+Inf"}'] == count
    assert series[READY] == 6
    assert series['kube_pod_status_ready{namespace="kafka",pod="kafka-1",condition="true"}'] == 1


def test_there_are_buckets_at_the_objective_and_at_the_abort_condition(visitor):
    for bound in ("0.2", "0.5"):
        assert (
            f'http_request_duration_seconds_bucket{{service="payments-api",le="{bound}"}}' in visitor.series()
        )


def test_error_counters_are_there_at_zero_before_the_first_error(visitor):
    assert visitor.series()['http_requests_total{service="payments-api",code="502"}'] == 0


def test_health_is_503_once_no_pod_serves(bench, visitor):
    assert visitor.get("/services/payments/payments-api/health").code == 200
    for name in bench.names():
        bench.delete(name)
    assert visitor.get("/services/payments/payments-api/health").code == 503


def test_the_health_of_payments_includes_the_handshake_with_the_ledger(visitor):
    visitor.post({"certificate": "expired"})
    assert visitor.get("/services/payments/payments-api/health").code == 503
    assert visitor.get("/services/payments/fraud-detector/health").code == 200
    assert visitor.series()[EXPIRY] < 4_000_000_000
    visitor.post({"certificate": "valid"})
    assert visitor.get("/services/payments/payments-api/health").code == 200


def test_an_unknown_service_is_404_with_a_sentence(visitor):
    answer = visitor.get("/services/payments/nothing/health")
    assert answer.code == 404
    assert "nothing" in answer.body["error"]


def test_metrics_can_go_missing_empty_down_frozen_or_nan(bench, visitor):
    visitor.post({"metrics": "missing"})
    assert REQUESTS not in visitor.series()
    assert READY in visitor.series()
    visitor.post({"metrics": "empty"})
    assert (visitor.get("/metrics").code, visitor.series()) == (200, {})
    visitor.post({"metrics": "down"})
    assert visitor.get("/metrics").code == 503
    visitor.post({"metrics": "nan"})
    buckets = [name for name in visitor.series() if "_bucket{" in name]
    assert all(math.isnan(value) for name, value in visitor.series().items() if name not in buckets)
    held = visitor.series()[buckets[-1]]
    bench.wait(2, traffic=True)
    assert visitor.series()[buckets[-1]] == held > 0
    visitor.post({"metrics": "ok"})
    visitor.post({"metrics": "frozen"})
    before = visitor.series()
    bench.wait(2, traffic=True)
    assert visitor.series() == before
    visitor.post({"metrics": "ok"})
    assert visitor.series()[REQUESTS] > before[REQUESTS]


def test_switches_change_what_the_traffic_sees(bench, visitor):
    before = visitor.series()[REQUESTS]
    visitor.post({"load": 0})
    bench.wait(3, traffic=True)
    assert visitor.series()[REQUESTS] - before < 100
    visitor.post({"load": 1, "latency": {"fraud-detector": 1500}})
    bench.wait(5, traffic=True)
    assert visitor.get("/rehearsal/state").body["traffic"]["breaker"] == "open"


def test_the_operator_switch_takes_the_operators_pod_away(bench, visitor):
    assert visitor.post({"operator": "down"}).body["operator"] == "down"
    bench.seconds_until(lambda: not bench.names("chaos-operator", "litmus"), at_most=5)
    visitor.post({"operator": "up"})
    bench.seconds_until(lambda: bench.serving("chaos-operator", "litmus") == 1)


def test_the_api_switch_puts_mishaps_in_force_and_an_empty_list_ends_them(visitor):
    visitor.post({"api": [{"effect": "lose-answer", "verbs": ["create"], "times": 1}]})
    (mishap,) = visitor.mishaps.active()
    assert mishap == Mishap("rule-1", Effect.LOSE_ANSWER, frozenset({"create"}), times=1)
    assert visitor.get("/rehearsal/switches").body["api"][0]["verbs"] == ["create"]
    visitor.post({"api": []})
    assert visitor.mishaps.active() == []


@pytest.mark.parametrize(
    "wanted",
    [
        {"weather": "rain"},
        {"metrics": "odd"},
        {"operator": "sideways"},
        {"revert": True},
        {"load": "ten"},
        {"helper": "gone"},
        {"kubelet": "down"},
        {"load": -1},
        {"load": True},
        {"latency": 100},
        {"latency": {"kafka": 100}},
        {"cpu": {"payments-api": 0}},
        {"api": {"effect": "refuse"}},
        {"api": [{"effect": "explode"}]},
        {"api": [{"effect": "refuse", "share": "half"}]},
        {"api": [{"effect": "refuse", "resource": "("}]},
        {},
        [],
        None,
    ],
)
def test_a_switch_or_position_that_does_not_exist_is_refused_with_those_that_do(visitor, wanted):
    answer = visitor.post(wanted)
    assert answer.code == 400
    assert "api" in answer.body["error"]
    assert answer.body["error"].endswith(".")


def test_one_bad_switch_among_good_ones_turns_none(visitor):
    before = visitor.get("/rehearsal/switches").body
    assert visitor.post({"load": 5, "weather": "rain"}).code == 400
    assert visitor.post({"load": 5, "metrics": "odd"}).code == 400
    assert visitor.get("/rehearsal/switches").body == before


def test_a_body_that_is_no_json_is_refused_in_the_same_way(bench, visitor):
    site: Callable[[Request], Answer] = visitor._site.answer
    assert site(Request("POST", "/rehearsal/switches", {}, {}, b"load=10")).code == 400


def test_the_state_names_pods_nodes_and_engines(visitor):
    state = visitor.get("/rehearsal/state").body
    untouched = {"ready": True, "cordoned": False, "taints": [], "faults": [], "effects": []}
    assert state["nodes"]["worker-node-01"] == untouched
    assert state["pods"]["kafka/kafka-1"]["serving"] is True
    assert state["engines"] == {}


def test_anything_else_is_404_with_a_list_of_what_there_is(visitor):
    answer = visitor.get("/rehearsal/nothing")
    assert answer.code == 404
    assert "/rehearsal/state" in answer.body["error"]


def test_the_switch_that_kills_helpers_can_be_turned_and_read(bench, visitor):
    assert visitor.post({"helper": "killed"}).body["helper"] == "killed"
    assert bench.world.troubles.helpers_killed
    assert visitor.post({"helper": "ok"}).body["helper"] == "ok"


def test_stopped_kubelets_show_and_are_started_by_a_switch(bench, visitor):
    stopped = PlatformEffect(is_down=True)
    bench.world.troubles.node_effects["worker-node-05"]["kubelet-service-kill/some-helper"] = stopped
    assert visitor.get("/rehearsal/switches").body["kubelet"] == "down"
    assert visitor.post({"kubelet": "up"}).body["kubelet"] == "up"
    assert bench.world.troubles.downed() == []


def test_the_garbage_collector_can_be_sent_away_and_called_back(visitor):
    assert visitor.post({"collector": "down"}).body["collector"] == "down"
    assert visitor.mishaps.collector_is_away
    assert visitor.post({"collector": "up"}).body["collector"] == "up"
    assert not visitor.mishaps.collector_is_away
