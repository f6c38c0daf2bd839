"""The mirror of a cluster elsewhere: it tells what is there, and what it is told is done there."""

from __future__ import annotations

import pytest

from deploy.cluster.bank.mirror import ENDPOINT_SLICES, Mirror
from deploy.cluster.bank.wire import Wire
from deploy.rehearsal.store import CHAOS_ENGINES, CONFIG_MAPS, PODS, ApiError, Object
from tests.rehearsal.beside.conftest import KINDS, hears
from tests.rehearsal.beside.things import a_pod
from tests.support.rehearsal_api import RunningApi


def a_map(name: str, value: str = "1") -> Object:
    return {"metadata": {"name": name, "namespace": "payments"}, "data": {"value": value}}


def value_of(held: Object | None) -> str:
    assert held is not None
    return str(held["data"]["value"])


def test_what_was_there_before_is_known_from_the_start(elsewhere: RunningApi, wire: Wire) -> None:
    elsewhere.do(lambda: elsewhere.store.create(CONFIG_MAPS, a_map("old")))
    mirror = Mirror(wire, KINDS)
    mirror.start()
    mirror.stop()
    assert value_of(mirror.find(CONFIG_MAPS, "old", "payments")) == "1"


def test_what_others_write_is_heard_of(elsewhere: RunningApi, mirror: Mirror) -> None:
    elsewhere.do(lambda: elsewhere.store.create(CONFIG_MAPS, a_map("new")))
    hears(mirror, lambda: mirror.find(CONFIG_MAPS, "new", "payments"))
    elsewhere.do(lambda: elsewhere.store.patch(CONFIG_MAPS, "new", {"data": {"value": "2"}}, "payments"))
    hears(mirror, lambda: value_of(mirror.find(CONFIG_MAPS, "new", "payments")) == "2")
    elsewhere.do(lambda: elsewhere.store.delete(CONFIG_MAPS, "new", "payments"))
    hears(mirror, lambda: mirror.find(CONFIG_MAPS, "new", "payments") is None)


def test_what_is_written_through_it_is_there_and_known_at_once(elsewhere: RunningApi, mirror: Mirror) -> None:
    made = mirror.create(CONFIG_MAPS, a_map("ours"))
    assert mirror.find(CONFIG_MAPS, "ours", "payments") == made
    mirror.patch(CONFIG_MAPS, "ours", {"data": {"value": "2"}}, "payments")
    assert value_of(mirror.find(CONFIG_MAPS, "ours", "payments")) == "2"
    there = elsewhere.do(lambda: elsewhere.store.get(CONFIG_MAPS, "ours", "payments"))
    assert value_of(there) == "2"


def test_old_news_never_takes_the_place_of_what_is_newer(mirror: Mirror) -> None:
    """All the news of our own writes comes after them."""
    mirror.create(CONFIG_MAPS, a_map("busy"))
    for value in range(2, 9):
        mirror.patch(CONFIG_MAPS, "busy", {"data": {"value": str(value)}}, "payments")
        mirror.catch_up()
        assert value_of(mirror.find(CONFIG_MAPS, "busy", "payments")) == str(value)
    mirror.create(CONFIG_MAPS, a_map("last"))
    mirror.delete(CONFIG_MAPS, "busy", "payments")
    for _ in range(20):
        mirror.catch_up()
        assert mirror.find(CONFIG_MAPS, "busy", "payments") is None, "news of it came after its end"


def test_a_write_on_what_has_changed_is_refused_as_over_there(elsewhere: RunningApi, mirror: Mirror) -> None:
    old = mirror.create(CONFIG_MAPS, a_map("shared"))
    elsewhere.do(lambda: elsewhere.store.patch(CONFIG_MAPS, "shared", {"data": {"value": "2"}}, "payments"))
    with pytest.raises(ApiError) as refused:
        mirror.update(CONFIG_MAPS, old)
    assert (refused.value.code, refused.value.reason) == (409, "Conflict")


def test_a_watch_whose_history_is_gone_lists_anew(elsewhere: RunningApi, mirror: Mirror) -> None:
    mirror.create(CONFIG_MAPS, a_map("doomed"))

    def much_happens_unheard() -> None:
        store = elsewhere.store
        store.delete(CONFIG_MAPS, "doomed", "payments")
        for number in range(100):
            store.create(CONFIG_MAPS, a_map(f"one-{number}"))

    elsewhere.do(much_happens_unheard)
    elsewhere.do(lambda: elsewhere.store.shelf.forget(CONFIG_MAPS))
    hears(mirror, lambda: len(mirror.list(CONFIG_MAPS)) == 100)
    assert mirror.find(CONFIG_MAPS, "doomed", "payments") is None


def test_a_pod_that_is_told_to_end_stays_until_it_has_ended(elsewhere: RunningApi, mirror: Mirror) -> None:
    a_pod(elsewhere, "one")
    hears(mirror, lambda: mirror.find(PODS, "one", "payments"))
    assert not mirror.delete(PODS, "one", "payments").gone
    assert mirror.get(PODS, "one", "payments")["metadata"]["deletionTimestamp"]
    assert mirror.delete(PODS, "one", "payments", grace=0).gone
    assert mirror.find(PODS, "one", "payments") is None
    with pytest.raises(ApiError) as refused:
        mirror.delete(PODS, "one", "payments")
    assert refused.value.code == 404


def test_a_finalizer_keeps_what_was_deleted(mirror: Mirror) -> None:
    meta = {"name": "held", "namespace": "chaos", "finalizers": ["tests.example/kept"]}
    mirror.create(CHAOS_ENGINES, {"metadata": meta, "spec": {"engineState": "active"}})
    assert not mirror.delete(CHAOS_ENGINES, "held", "chaos").gone
    engine = mirror.get(CHAOS_ENGINES, "held", "chaos")
    engine["metadata"]["finalizers"] = []
    mirror.update(CHAOS_ENGINES, engine)
    hears(mirror, lambda: mirror.find(CHAOS_ENGINES, "held", "chaos") is None)


def test_endpoints_are_what_the_slices_call_ready(mirror: Mirror) -> None:
    def end(uid: str, ready: bool) -> Object:
        return {"conditions": {"ready": ready}, "targetRef": {"uid": uid}}

    labels = {"kubernetes.io/service-name": "api"}
    meta = {"name": "api-1", "namespace": "payments", "labels": labels}
    mirror.shelf.place(ENDPOINT_SLICES, {"metadata": meta, "endpoints": [end("a", True), end("b", False)]})
    assert mirror.endpoints("payments", "api") == {"a"}
    assert mirror.endpoints("payments", "other") == frozenset()
