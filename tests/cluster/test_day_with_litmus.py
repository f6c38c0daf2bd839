"""Game days on a real Kubernetes with Litmus' own operator and experiments; of helpers the part is played."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from deploy.cluster.handle import Cluster
from deploy.cluster.litmus import LitmusForReal
from tests.cluster.planes import own_plane
from tests.journeys import plans
from tests.journeys.house import House, until
from tests.journeys.opening import opened

# The journeys of the rehearsal cluster, which pass here as they are.
from tests.journeys.test_bad_cluster import (  # noqa: F401
    test_with_the_operator_down_our_own_deletes_end_the_fault,
)
from tests.journeys.test_thresholds import (  # noqa: F401
    test_another_abort_threshold_in_the_file_makes_another_outcome,
)

pytestmark = pytest.mark.cluster

SERVICES = "10.96.0.0/16"


@pytest.fixture(scope="module")
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with own_plane(tmp_path_factory.mktemp("plane")) as cluster:
        if cluster.folder is None:
            pytest.skip("Litmus for real is put on a control plane of ours, and KUBECONFIG names another")
        litmus = LitmusForReal(cluster)
        litmus.start()
        try:
            yield cluster
        finally:
            litmus.stop()


@pytest.fixture(scope="module")
def desk(plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with opened(tmp_path_factory.mktemp("house"), plane.kubeconfig) as house:
        yield house


@pytest.fixture
def house(desk: House, request: pytest.FixtureRequest) -> Iterator[House]:
    yield from desk.at_ease(request.session)


def test_latency_by_a_helper_is_felt_by_the_traffic_and_gone_after_the_stop(house: House) -> None:
    slow = plans.abort_at(plans.scenario("fraud-latency", fault="60s"), "p99", "> 400")
    # The experiment looks hosts up by itself, and here is no DNS of a cluster: Services by their addresses.
    del slow["faults"][0]["parameters"]["to_hosts"]
    slow["faults"][0]["parameters"]["to_networks"] = SERVICES
    back = {"probe": "p99", "recovers_within": {"is": "< 200", "within": "15s"}}
    slow["expectations"].append(back)  # by which it is proven gone
    slug = house.approved(plans.plan("slow-fraud-day", slow))
    conducting = house.conduct(slug)
    conducting.until("run.breach", within=90.0)
    assert any(pod["effects"] for pod in house.platform()["pods"].values()), "it comes from the helpers"
    assert conducting.ends() == 0, conducting.told
    assert conducting.states[-2:] == ["reverting", "aborted"], conducting.told
    assert "every fault is proven gone" in conducting.text("run.state")
    until(lambda: not any(pod["effects"] for pod in house.platform()["pods"].values()), "no effect is left")
    house.nothing_is_left()
