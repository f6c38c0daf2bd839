"""The raw client: each way in which a call can fail ends as one of our errors, within its time, once."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.kubernetes_errors import Conflict, NotFound
from chaos.adapters.kubernetes_paths import Resource, selector
from chaos.domain.errors import Forbidden, Permanent, Refused, Transient
from tests.adapters.stub_server import Answer, Asked, Stub, stub_server

PODS = Resource("v1", "pods")
JOBS = Resource("batch/v1", "jobs")


@pytest.fixture
def stub() -> Iterator[Stub]:
    with stub_server(lambda asked: Answer()) as server:
        yield server


def api(stub: Stub, **options: Any) -> KubernetesApi:
    return KubernetesApi(Connection(stub.url, connect_timeout=0.5, read_timeout=0.3, **options))


def delete(client: KubernetesApi) -> None:
    client.delete(PODS, "chaos", "runner", uid="u-1")


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (301, Transient),
        (400, Refused),
        (401, Forbidden),
        (403, Forbidden),
        (404, NotFound),
        (405, Permanent),
        (409, Conflict),
        (410, Transient),
        (422, Refused),
        (429, Transient),
        (500, Transient),
        (503, Transient),
    ],
)
def test_each_status_has_its_error_and_is_asked_once(stub: Stub, status: int, error: type[Exception]) -> None:
    stub.answers = lambda asked: Answer(status, {"kind": "Status"}, {"Location": "/login"})
    with pytest.raises(error) as caught:
        delete(api(stub))
    assert type(caught.value) is error
    assert len(stub.asked) == 1


def test_a_forbidden_verb_is_named_with_its_place(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(403, {"message": 'pods "runner" is forbidden: no RBAC rule'})
    with pytest.raises(Forbidden) as caught:
        delete(api(stub))
    assert "delete pods runner in namespace chaos" in str(caught.value)
    assert "grant" in str(caught.value)
    assert "no RBAC rule" in str(caught.value)


def test_the_servers_own_sentence_reaches_the_person(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(422, {"message": "spec.engineState: Unsupported value"})
    with pytest.raises(Refused, match="Unsupported value"):
        api(stub).create(PODS, "chaos", {"metadata": {"name": "x"}})


@pytest.mark.parametrize(("header", "seconds"), [("7", 7.0), ("Wed, 21 Oct", None), ("", None)])
def test_the_servers_hint_when_to_come_back_is_kept(stub: Stub, header: str, seconds: float | None) -> None:
    stub.answers = lambda asked: Answer(429, {}, {"Retry-After": header} if header else {})
    with pytest.raises(Transient) as caught:
        delete(api(stub))
    assert caught.value.retry_after == seconds


def test_a_silent_server_is_given_up_in_time_and_the_delete_is_sent_once(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(hold=True)
    began = time.monotonic()
    with pytest.raises(Transient, match="in time"):
        delete(api(stub))
    assert time.monotonic() - began < 1.1
    assert len(stub.asked) == 1


def test_a_trickling_answer_is_given_up_in_time(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(body=b" " * 500, trickle=0.02)
    began = time.monotonic()
    with pytest.raises(Transient, match="slowly"):
        delete(api(stub))
    assert time.monotonic() - began < 4


def test_a_call_can_have_less_time_than_usual(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(hold=True)
    began = time.monotonic()
    with pytest.raises(Transient):
        KubernetesApi(Connection(stub.url)).list(PODS, "chaos", within=0.1)
    assert time.monotonic() - began < 2


@pytest.mark.parametrize(
    "answer",
    [
        Answer(is_lost=True),
        Answer(body={"items": []}, cut=5),
        Answer(body=b'{"items": ['),
        Answer(body=b"<html>Sign in</html>"),
        Answer(body=[]),
        Answer(body=b"\xff\xfe"),
    ],
    ids=["lost", "cut", "half", "login page", "no object", "no text"],
)
def test_an_answer_that_is_none_may_have_taken_effect_and_is_transient(stub: Stub, answer: Answer) -> None:
    stub.answers = lambda asked: answer
    with pytest.raises(Transient):
        api(stub).create(PODS, "chaos", {"metadata": {"name": "x"}})
    assert len(stub.asked) == 1


def test_a_dead_server_is_transient() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
    with pytest.raises(Transient, match="no connection"):
        KubernetesApi(Connection(f"http://127.0.0.1:{port}")).get(PODS, "chaos", "x")


def test_a_server_without_tls_behind_an_https_address_is_said_to_be_that(stub: Stub) -> None:
    address = stub.url.replace("http:", "https:")
    with pytest.raises(Transient, match="TLS"):
        KubernetesApi(Connection(address)).get(PODS, "chaos", "x")


def thing(number: int) -> dict[str, Any]:
    return {"n": number, "metadata": {"name": f"x{number}", "uid": f"u-{number}"}}


@pytest.mark.parametrize("item", [{}, None, {"metadata": None}, {"metadata": {"name": "x"}}])
def test_what_has_no_name_and_uid_is_not_from_an_api_server(stub: Stub, item: Any) -> None:
    stub.answers = lambda asked: Answer(body={"items": [item]})
    with pytest.raises(Transient):
        api(stub).list(PODS, "chaos")


def test_all_pages_of_a_list_are_read(stub: Stub) -> None:
    def answers(asked: Asked) -> Answer:
        if "continue=more" in asked.path:
            return Answer(body={"metadata": {}, "items": [thing(2)]})
        return Answer(body={"metadata": {"continue": "more"}, "items": [thing(1)]})

    stub.answers = answers
    found = api(stub).list(JOBS, "chaos", {"gameday/run": "r-1", "chaosUID": None})
    assert [item["n"] for item in found] == [1, 2]
    assert all("labelSelector=chaosUID%2Cgameday%2Frun%3Dr-1" in asked.path for asked in stub.asked)
    assert all(asked.path.startswith("/apis/batch/v1/namespaces/chaos/jobs?") for asked in stub.asked)


def test_of_a_list_that_goes_stale_between_two_pages_nothing_is_told_and_it_is_read_from_its_start(
    stub: Stub,
) -> None:
    stale = iter([True])

    def answers(asked: Asked) -> Answer:
        if "continue=more" not in asked.path:
            return Answer(body={"metadata": {"continue": "more"}, "items": [thing(1)]})
        if next(stale, False):
            return Answer(410, {"kind": "Status", "reason": "Expired"})
        return Answer(body={"metadata": {}, "items": [thing(2)]})

    stub.answers = answers
    with pytest.raises(Transient, match="stale"):
        api(stub).list(PODS, "chaos")
    assert [item["n"] for item in api(stub).list(PODS, "chaos")] == [1, 2]


def test_a_list_whose_items_are_null_is_empty(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(body={"items": None, "metadata": {}})
    assert api(stub).list(PODS, "chaos") == []


def test_a_delete_carries_the_uid_the_grace_and_the_propagation(stub: Stub) -> None:
    api(stub).delete(JOBS, "chaos", "pod-delete-abc", uid="u-1", grace=60)
    assert stub.asked[0].body == {
        "apiVersion": "v1",
        "kind": "DeleteOptions",
        "preconditions": {"uid": "u-1"},
        "gracePeriodSeconds": 60,
        "propagationPolicy": "Background",
    }


def test_a_patch_is_a_merge_patch(stub: Stub) -> None:
    api(stub).merge_patch(PODS, "chaos", "x", {"metadata": {"labels": {"a": None}}})
    assert stub.asked[0].headers["Content-Type"] == "application/merge-patch+json"
    assert stub.asked[0].body == {"metadata": {"labels": {"a": None}}}


@pytest.mark.parametrize(("status", "allowed"), [({"allowed": True}, True), ({}, False), (None, False)])
def test_an_access_review_without_a_yes_is_a_no(stub: Stub, status: Any, allowed: bool) -> None:
    stub.answers = lambda asked: Answer(201, {"status": status})
    assert api(stub).may("delete", JOBS, "chaos") is allowed
    assert stub.asked[0].body["spec"]["resourceAttributes"] == {
        "namespace": "chaos",
        "verb": "delete",
        "group": "batch",
        "resource": "jobs",
    }


def test_a_renewed_token_is_used_at_once(stub: Stub, tmp_path: Path) -> None:
    file = tmp_path / "token"
    file.write_text("first\n")
    client = api(stub, token_file=str(file))
    delete(client)
    file.write_text("second-one")
    delete(client)
    assert [asked.headers["Authorization"] for asked in stub.asked] == ["Bearer first", "Bearer second-one"]


def test_a_missing_token_is_forbidden_and_no_error_shows_a_token(stub: Stub, tmp_path: Path) -> None:
    with pytest.raises(Forbidden, match="cannot be read"):
        delete(api(stub, token_file=str(tmp_path / "none")))
    (tmp_path / "token").write_text("hush-hush")
    stub.answers = lambda asked: Answer(403, {})
    with pytest.raises(Forbidden) as caught:
        delete(api(stub, token_file=str(tmp_path / "token")))
    assert "hush" not in str(caught.value)


def test_a_token_never_travels_in_clear_text() -> None:
    with pytest.raises(Refused, match="clear text"):
        KubernetesApi(Connection("http://cluster.example:8080", token_file="/token"))


def test_proxies_of_the_environment_are_not_used(stub: Stub, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    delete(api(stub))
    assert len(stub.asked) == 1


@pytest.mark.parametrize("server", ["", "ftp://x", "cluster:6443", "https://"])
def test_what_is_no_address_is_refused(server: str) -> None:
    with pytest.raises(Refused, match="address"):
        KubernetesApi(Connection(server))


@pytest.mark.parametrize("name", ["", "../secrets", "a/b", "A", "x\n", "x" * 254])
def test_a_name_cannot_leave_its_path(stub: Stub, name: str) -> None:
    with pytest.raises(Refused):
        api(stub).delete(PODS, "chaos", name or "/")
    assert stub.asked == []


@pytest.mark.parametrize(
    "labels", [{"app": "a,tier=b"}, {"app in (a)": "x"}, {"": "x"}, {"app": "a b"}, {"app": "a\n"}]
)
def test_a_label_cannot_turn_into_another_selector(labels: dict[str, str | None]) -> None:
    with pytest.raises(Refused, match="label"):
        selector(labels)


def test_every_call_of_a_thread_pool_gets_its_own_answer(stub: Stub) -> None:
    from concurrent.futures import ThreadPoolExecutor

    def answers(asked: Asked) -> Answer:
        return Answer(body={"path": asked.path})

    stub.answers = answers
    client = api(stub)
    read: Callable[[int], Any] = lambda n: client.read(f"/n/{n}")  # noqa: E731
    with ThreadPoolExecutor(8) as pool:
        assert [answer["path"] for answer in pool.map(read, range(40))] == [f"/n/{n}" for n in range(40)]


def test_a_list_may_be_narrowed_by_a_field_that_is_no_way_out(stub: Stub) -> None:
    stub.answers = lambda asked: Answer(body={"items": []})
    assert api(stub).list(PODS, "", fields={"spec.nodeName": "node-1"}) == []
    assert "fieldSelector=spec.nodeName%3Dnode-1" in stub.asked[0].path
    with pytest.raises(Refused, match="is no Kubernetes name"):
        api(stub).list(PODS, "", fields={"spec.nodeName": "a,status.phase=Running"})
