"""The store by itself, as the controllers in the same process use it."""

import asyncio
from datetime import UTC, datetime

import pytest

from deploy.rehearsal.store import CONFIG_MAPS, JOBS, NAMESPACES, PODS, ApiError, Change, Store
from tests.rehearsal.api.things import config, pod


@pytest.fixture
def store() -> Store:
    made = Store(now=lambda: datetime(2026, 3, 2, 10, 0, tzinfo=UTC), history=5)
    made.create(NAMESPACES, {"metadata": {"name": "payments"}})
    return made


def test_every_write_has_the_next_resource_version(store: Store):
    first = store.create(CONFIG_MAPS, config("a"))
    second = store.patch(CONFIG_MAPS, "a", {"data": {"a": "2"}}, "payments")
    versions = [int(one["metadata"]["resourceVersion"]) for one in (first, second)]
    assert versions == [store.version - 1, store.version]


def test_an_update_that_changes_nothing_is_no_change(store: Store):
    heard: list[Change] = []
    obj = store.create(CONFIG_MAPS, config("a"))
    store.subscribe(heard.append)
    again = store.update(CONFIG_MAPS, obj)
    assert again["metadata"]["resourceVersion"] == obj["metadata"]["resourceVersion"]
    assert heard == []


def test_what_a_caller_changes_in_its_copy_stays_out_of_the_store(store: Store):
    given = config("a")
    returned = store.create(CONFIG_MAPS, given)
    for copy in (given, returned, store.get(CONFIG_MAPS, "a", "payments")):
        copy["data"]["a"] = "changed"
    assert store.get(CONFIG_MAPS, "a", "payments")["data"] == {"a": "1"}


def test_subscribers_hear_changes_in_one_order_even_if_one_of_them_writes(store: Store):
    heard: list[str] = []

    def reacts(change: Change) -> None:
        if change.type == "ADDED":
            store.patch(CONFIG_MAPS, "a", {"data": {"a": "2"}}, "payments")

    store.subscribe(reacts, CONFIG_MAPS)
    store.subscribe(lambda change: heard.append(change.type), CONFIG_MAPS)
    store.create(CONFIG_MAPS, config("a"))
    assert heard == ["ADDED", "MODIFIED"]


def test_a_subscriber_that_fails_harms_nobody_else(store: Store, caplog: pytest.LogCaptureFixture):
    heard: list[str] = []

    def fails(change: Change) -> None:
        raise RuntimeError("no")

    store.subscribe(fails)
    stop = store.subscribe(lambda change: heard.append(change.object["metadata"]["name"]))
    store.create(CONFIG_MAPS, config("a"))
    stop()
    store.create(CONFIG_MAPS, config("b"))
    assert heard == ["a"]
    assert "A subscriber failed on ADDED a" in caplog.text


def test_changes_can_be_awaited(store: Store):
    async def first_change() -> Change:
        changes = store.changes(PODS)
        waiting = asyncio.ensure_future(anext(changes))
        await asyncio.sleep(0)
        store.create(CONFIG_MAPS, config("other-kind"))
        store.create(PODS, pod("a"))
        return await waiting

    change = asyncio.run(first_change())
    assert (change.type, change.object["metadata"]["name"], change.old) == ("ADDED", "a", None)


def test_a_deleted_pod_stays_until_its_kubelet_ends_it(store: Store):
    store.create(PODS, pod("a"), keep_status=True)
    deletion = store.delete(PODS, "a", "payments", grace=20)
    meta = deletion.object["metadata"]
    assert not deletion.gone
    assert meta["deletionTimestamp"] == "2026-03-02T10:00:20Z"
    assert meta["deletionGracePeriodSeconds"] == 20
    assert store.delete(PODS, "a", "payments", grace=25).object["metadata"] == meta, "grace never grows"
    assert store.delete(PODS, "a", "payments", grace=0).gone
    assert store.find(PODS, "a", "payments") is None


@pytest.mark.parametrize("state", [{"node": ""}, {"phase": "Succeeded"}], ids=["unscheduled", "ended"])
def test_a_pod_that_runs_nowhere_is_gone_at_once(store: Store, state: dict[str, str]):
    made = pod("a", node=state.get("node", "n1"))
    made["status"]["phase"] = state.get("phase", "Pending")
    store.create(PODS, made, keep_status=True)
    assert store.delete(PODS, "a", "payments").gone


def test_a_status_in_a_create_is_dropped_unless_it_is_asked_to_stay(store: Store):
    assert store.create(PODS, pod("a"))["status"]["phase"] == "Pending"
    assert store.create(PODS, pod("b"), keep_status=True)["status"]["phase"] == "Running"


def test_a_job_labels_its_pods_with_its_name(store: Store):
    made = store.create(JOBS, {"metadata": {"name": "pod-delete-x1", "namespace": "payments"}, "spec": {}})
    labels = made["spec"]["template"]["metadata"]["labels"]
    assert labels["job-name"] == "pod-delete-x1"
    assert labels["controller-uid"] == made["metadata"]["uid"]


def test_history_is_bounded_and_what_is_forgotten_is_said_to_be(store: Store):
    begin = store.version
    for number in range(8):
        store.create(CONFIG_MAPS, config(f"c{number}"))
    assert len(store.shelf.since(CONFIG_MAPS, store.version - 5)) == 5
    with pytest.raises(ApiError) as caught:
        store.shelf.since(CONFIG_MAPS, begin)
    assert (caught.value.code, caught.value.reason) == (410, "Expired")
