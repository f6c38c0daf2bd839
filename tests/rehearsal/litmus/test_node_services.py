"""kubelet-service-kill and node-restart, as litmus-go does them: nothing shortens what they do to a node."""

from collections.abc import Callable

import pytest

from deploy.rehearsal.litmus.faults.node_services import BEFORE, BOOT
from deploy.rehearsal.platform.absences import NOTICED
from deploy.rehearsal.platform.facts import is_ready, phase, restarts
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import CHAOS_ENGINES, NODES, PODS
from deploy.rehearsal.store.objects import dig, is_going, name_of
from tests.rehearsal.litmus import engines
from tests.rehearsal.litmus.engines import NODE, found, gone, helpers, outcome, start, states
from tests.rehearsal.platform.bench import Bench

AWAY_FROM_IT = {"nodeSelector": {"kubernetes.io/hostname": "worker-node-02"}}


def launched(bench: Bench, fault: str, duration: int = 60) -> None:
    """An engine whose helper is there and has not done anything yet."""
    env = {"TOTAL_CHAOS_DURATION": str(duration), "TARGET_NODE": NODE}
    start(bench, fault=fault, env=env, appinfo=None, place=AWAY_FROM_IT)
    bench.seconds_until(lambda: helpers(bench))


def is_up(bench: Bench) -> bool:
    return is_ready(bench.store.get(NODES, NODE))


def away(bench: Bench) -> Callable[[], bool]:
    return lambda: not is_up(bench)


def test_the_helper_on_the_node_stops_its_kubelet_and_starts_it_after_the_duration(bench):
    launched(bench, "kubelet-service-kill")
    (helper,) = helpers(bench)
    assert dig(helper, "spec", "nodeName") == NODE
    took = bench.seconds_until(away(bench))
    assert BEFORE + NOTICED <= took <= BEFORE + NOTICED + 3
    assert 60 - NOTICED - 1 <= bench.seconds_until(lambda: is_up(bench)) <= 60 - NOTICED + 1
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    assert outcome(bench) == ("Completed", "Pass")
    assert states(bench) == {f"node/{NODE}": "targeted"}


def test_a_stop_shortens_nothing_and_the_engine_waits_for_its_helper(bench):
    launched(bench, "kubelet-service-kill")
    bench.seconds_until(away(bench))
    bench.store.delete(CHAOS_ENGINES, engines.NAME, "chaos")
    bench.wait(40)
    assert not is_up(bench)
    assert found(bench) is not None and [is_going(one) for one in helpers(bench)] == [True]
    bench.seconds_until(lambda: is_up(bench), at_most=20)
    bench.seconds_until(lambda: found(bench) is None, at_most=5)
    assert helpers(bench) == []


def test_a_helper_that_is_stopped_while_it_still_sleeps_stops_the_kubelet_all_the_same(bench):
    launched(bench, "kubelet-service-kill", duration=20)
    bench.wait(4)
    bench.store.delete(CHAOS_ENGINES, engines.NAME, "chaos")
    bench.seconds_until(away(bench), at_most=BEFORE + NOTICED)
    bench.seconds_until(lambda: is_up(bench), at_most=21)
    bench.seconds_until(lambda: found(bench) is None)


def test_its_object_deleted_by_force_the_helper_runs_on_and_starts_the_kubelet(bench):
    launched(bench, "kubelet-service-kill", duration=30)
    bench.seconds_until(away(bench))
    (helper,) = helpers(bench)
    bench.delete(name_of(helper), "chaos", grace=0)
    assert helpers(bench) == []
    assert 20 <= bench.seconds_until(lambda: is_up(bench)) <= 30


def test_killed_it_leaves_the_kubelet_stopped_until_somebody_starts_it(bench):
    bench.world.troubles.helpers_killed = True
    launched(bench, "kubelet-service-kill", duration=20)
    bench.seconds_until(away(bench))
    bench.wait(120)
    assert not is_up(bench)
    bench.world.troubles.start_kubelet(NODE)
    bench.seconds_until(lambda: is_up(bench), at_most=1)
    bench.seconds_until(lambda: engines.status(bench) == "completed")
    assert outcome(bench)[0] == "Error"


def test_where_time_jumps_a_kubelet_that_is_stopped_meanwhile_tells_nothing_of_its_helper_s_end(bench):
    launched(bench, "kubelet-service-kill")
    bench.seconds_until(lambda: phase(helpers(bench)[0]) == "Running")
    bench.world.troubles.helpers_killed = True
    bench.world.tick(bench.world.now + BEFORE + 5)
    bench.wait(NOTICED + 0.5)
    assert not is_up(bench)
    assert [phase(one) for one in helpers(bench)] == ["Running"]


def test_a_machine_restarts_by_a_helper_elsewhere_and_is_back_after_its_time(bench):
    before = {name_of(pod): restarts(pod) for pod in bench.store.view(PODS)}
    launched(bench, "node-restart")
    (helper,) = helpers(bench)
    assert dig(helper, "spec", "nodeName") != NODE
    bench.seconds_until(away(bench))
    assert BOOT - NOTICED - 1 <= bench.seconds_until(lambda: is_up(bench)) <= BOOT - NOTICED + 1
    bench.wait(13)
    restarted = {
        name_of(pod) for pod in bench.store.view(PODS) if restarts(pod) > before.get(name_of(pod), 0)
    }
    there = {name_of(pod) for pod in bench.store.view(PODS, fields=f"spec.nodeName={NODE}")}
    assert restarted == there != set()
    assert bench.serving() == 6 and bench.serving("kafka", "kafka") == 3
    assert states(bench) == {f"node/{NODE}": "targeted"}


def test_a_stop_does_not_bring_a_machine_back(bench):
    launched(bench, "node-restart")
    bench.seconds_until(away(bench))
    gone(bench)
    assert not is_up(bench)
    bench.seconds_until(lambda: is_up(bench), at_most=BOOT)


def test_a_stressor_dies_with_the_machine_that_restarts(bench):
    engines.busy(bench, "node-cpu-hog")
    bench.world.troubles.node_effects[NODE]["by hand"] = Effect(is_down=True, boots_for=BOOT)
    bench.wait(0.3)
    assert list(bench.world.troubles.node_effects[NODE]) == ["by hand"]


@pytest.mark.parametrize("fault", ["kubelet-service-kill", "node-restart"])
def test_a_node_that_does_not_exist_is_an_error_and_gets_no_helper(bench, fault):
    env = {"TOTAL_CHAOS_DURATION": "60", "TARGET_NODE": "worker-node-99"}
    start(bench, fault=fault, env=env, appinfo=None)
    bench.seconds_until(lambda: engines.result(bench) and outcome(bench)[0] == "Error")
    assert helpers(bench) == []


@pytest.mark.parametrize("fault", ["kubelet-service-kill", "node-restart"])
def test_a_target_without_a_label_panics_before_any_result(bench, fault):
    env = {"TOTAL_CHAOS_DURATION": "60", "TARGET_NODE": NODE}
    start(bench, fault=fault, env=env, appinfo={"appns": "payments"})
    bench.wait(20)
    assert engines.result(bench) is None
