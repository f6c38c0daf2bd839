"""Part of the crash tests on a real Kubernetes: workers killed and frozen, its API server out of reach."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.cluster.planes import own_plane
from tests.crash.house import Wrecked
from tests.crash.opening import opened

# As they pass on the rehearsal cluster.
from tests.crash.test_frozen_and_cut_off import (  # noqa: F401
    test_a_cluster_that_cannot_be_reached_is_unknown_and_never_clean,
    test_a_stop_whose_every_answer_is_lost_acts_and_claims_nothing,
    test_a_worker_that_is_frozen_past_its_lease_does_nothing_more_when_it_wakes,
)
from tests.journeys import plans

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Wrecked]:
    plane = own_plane(tmp_path_factory.mktemp("plane"))
    with plane as cluster, opened(tmp_path_factory.mktemp("house"), cluster.kubeconfig) as house:
        yield house


@pytest.fixture
def house(desk: Wrecked, request: pytest.FixtureRequest) -> Iterator[Wrecked]:
    for _ in desk.at_ease(request.session):
        yield desk


def test_a_worker_is_killed_before_it_has_written_down_what_it_made(house: Wrecked) -> None:
    slug = house.approved(plans.plan("created-day", plans.scenario(fault="60s", revert_within="90s")))
    house.mine("created")
    with house.watch() as watch:
        conducting = house.conduct(slug)
        house.blows_up()
        house.ended_truly(conducting, watch)
    assert conducting.states[-1] == "aborted" and house.verdict_of(slug) == "inconclusive"
