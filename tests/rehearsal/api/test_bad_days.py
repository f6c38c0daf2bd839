"""Mishaps: each as a client meets it, and what it has done to the cluster meanwhile."""

import random
import time
from typing import Any

import pytest
import urllib3
from kubernetes import client

from deploy.rehearsal.api import Effect, Mishap, Mishaps
from deploy.rehearsal.api.routes import Target
from deploy.rehearsal.store import CONFIG_MAPS
from tests.rehearsal.api.things import config, refused
from tests.support.rehearsal_api import ADMIN, RunningApi


@pytest.fixture
def core(api: RunningApi) -> client.CoreV1Api:
    """Without urllib3's own retries, which would hide what happens once."""
    return client.CoreV1Api(api.client(retries=0))


def _happen(api: RunningApi, effect: Effect, **more: Any) -> None:
    api.do(lambda: api.mishaps.add(Mishap("today", effect, **more)))


def _there(api: RunningApi, name: str = "a") -> bool:
    return api.do(lambda: api.store.find(CONFIG_MAPS, name, "payments")) is not None


def _create(core: client.CoreV1Api, name: str = "a") -> Any:
    return core.create_namespaced_config_map("payments", config(name), _request_timeout=5)


@pytest.mark.parametrize(
    ("code", "reason"),
    [(429, "TooManyRequests"), (500, "InternalError"), (503, "ServiceUnavailable"), (504, "Timeout")],
)
def test_a_refused_request_changes_nothing(api: RunningApi, core: client.CoreV1Api, code: int, reason: str):
    _happen(api, Effect.REFUSE, code=code, retry_after=2)
    refusal = refused(lambda: _create(core))
    assert (refusal.status, refusal.headers["Retry-After"]) == (code, "2")
    assert f'"reason":"{reason}"' in refusal.body
    assert not _there(api)


def test_a_mishap_hits_only_the_requests_it_names(api: RunningApi, core: client.CoreV1Api):
    _happen(api, Effect.REFUSE, verbs=frozenset({"create"}), resource="configmaps", path="/payments/")
    assert refused(lambda: _create(core)).status == 503
    core.list_namespaced_config_map("payments")
    core.create_namespaced_config_map("chaos", {"metadata": {"name": "a"}})
    core.create_namespaced_secret("payments", {"metadata": {"name": "a"}})


def test_a_mishap_wears_off_after_its_times(api: RunningApi, core: client.CoreV1Api):
    _happen(api, Effect.REFUSE, times=2)
    assert [refused(lambda: _create(core)).status for _ in range(2)] == [503, 503]
    _create(core)
    assert api.mishaps.active() == []


def test_a_share_of_requests_is_hit(api: RunningApi, core: client.CoreV1Api):
    api.do(lambda: setattr(api.mishaps, "_chance", random.Random(7)))
    _happen(api, Effect.REFUSE, share=0.5)
    hit = 0
    for number in range(40):
        try:
            _create(core, f"c{number}")
        except client.ApiException:
            hit += 1
    assert 10 <= hit <= 30


def test_a_lost_answer_leaves_the_change_applied(api: RunningApi, core: client.CoreV1Api):
    _happen(api, Effect.LOSE_ANSWER)
    with pytest.raises(urllib3.exceptions.HTTPError):
        _create(core)
    assert _there(api)


def test_a_lost_refusal_is_lost_like_any_answer(api: RunningApi, core: client.CoreV1Api):
    _create(core)
    _happen(api, Effect.LOSE_ANSWER)
    with pytest.raises(urllib3.exceptions.HTTPError):
        _create(core)


@pytest.mark.parametrize("code", [504, 0], ids=["answers 504", "hangs up"])
def test_a_late_change_is_applied_after_the_client_has_given_up(
    api: RunningApi, core: client.CoreV1Api, code: int
):
    _happen(api, Effect.APPLY_LATE, seconds=0.2, code=code)
    with pytest.raises((client.ApiException, urllib3.exceptions.HTTPError)):
        _create(core)
    assert not _there(api)
    time.sleep(0.3)
    assert _there(api)


def test_a_hanging_request_is_never_answered_nor_applied(api: RunningApi, core: client.CoreV1Api):
    _happen(api, Effect.HANG)
    with pytest.raises(urllib3.exceptions.HTTPError):
        core.create_namespaced_config_map("payments", config("a"), _request_timeout=0.2)
    api.do(api.mishaps.clear)
    assert not _there(api)


def test_a_delayed_request_takes_its_time_and_is_done(api: RunningApi, core: client.CoreV1Api):
    _happen(api, Effect.DELAY, seconds=0.15)
    begun = time.monotonic()
    _create(core)
    assert time.monotonic() - begun >= 0.15


def test_revoked_rights_are_refused_like_missing_ones(api: RunningApi, core: client.CoreV1Api):
    _happen(api, Effect.FORBID, verbs=frozenset({"delete"}), user="admin")
    _create(core)
    refusal = refused(lambda: core.delete_namespaced_config_map("a", "payments"))
    assert (refusal.status, 'cannot delete resource \\"configmaps\\"' in refusal.body) == (403, True)
    api.do(lambda: api.mishaps.remove("today"))
    core.delete_namespaced_config_map("a", "payments")


def test_a_watch_can_be_cut_in_the_middle(api: RunningApi):
    _happen(api, Effect.LOSE_ANSWER, verbs=frozenset({"watch"}), seconds=0.1)
    api.do(lambda: api.store.create(CONFIG_MAPS, config("a")))
    answer = urllib3.PoolManager().request(
        "GET",
        f"{api.url}/api/v1/configmaps?watch=1",
        headers={"authorization": f"Bearer {ADMIN}"},
        preload_content=False,
        timeout=5,
        retries=False,
    )
    lines = []
    with pytest.raises(urllib3.exceptions.HTTPError):
        lines.extend(iter(answer.readline, b""))
    assert answer.status == 200


def test_the_first_mishap_that_fits_wins_and_one_of_a_name_is_replaced():
    mishaps = Mishaps()
    mishaps.add(Mishap("a", Effect.DELAY, verbs=frozenset({"get"})))
    mishaps.add(Mishap("b", Effect.HANG))
    mishaps.add(Mishap("a", Effect.FORBID, verbs=frozenset({"get"})))
    drawn = [mishaps.draw(Target(CONFIG_MAPS, verb, "payments"), "/x", "u") for verb in ("get", "list")]
    assert [one.effect for one in drawn if one] == [Effect.FORBID, Effect.HANG]
