"""What is kept on the grant for undoing a fault: written once, read by somebody who knows nothing else."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos.adapters import litmus_undo as undo
from chaos.domain.errors import Permanent
from chaos.domain.injection import Injection, Postcondition
from chaos.domain.postcondition import touched_taints
from chaos.domain.sight import Node, Workload
from tests.adapters.things import a_run, an_injection

NAMES = st.from_regex(r"[a-z0-9][a-z0-9.-]{0,20}", fullmatch=True)
UIDS = st.uuids().map(str)
KEYS = ("gameday", "bank.example/drill")
TAINTS = st.sampled_from(
    ["gameday=lost:NoExecute", "gameday:NoSchedule", "bank.example/drill=x:NoSchedule", "other=1:NoExecute"]
)
NODES = st.builds(
    Node,
    name=NAMES,
    uid=UIDS,
    zone=NAMES,
    is_ready=st.booleans(),
    is_schedulable=st.booleans(),
    taints=st.lists(TAINTS, unique=True).map(tuple),
)
WORKLOADS = st.builds(
    Workload,
    kind=st.sampled_from(["deployment", "statefulset"]),
    namespace=NAMES,
    name=NAMES,
    uid=UIDS,
    replicas=st.integers(0, 500),
)
POSTS = st.builds(
    Postcondition,
    nodes=st.lists(NODES, max_size=3).map(tuple),
    taint_keys=st.sampled_from([(), KEYS[:1], KEYS]),
    cordons=st.booleans(),
    workloads=st.lists(WORKLOADS, max_size=2).map(tuple),
    freed=st.lists(st.tuples(NAMES, UIDS), max_size=4).map(tuple),
    lies_when_aborted=st.booleans(),
    uncut=st.booleans(),
)
PLAIN = an_injection(a_run())


def with_post(post: Postcondition) -> Injection:
    return replace(PLAIN, index=7, postcondition=post)


def on_a_grant(notes: dict[str, str]) -> dict[str, Any]:
    others = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
    return {"metadata": {"name": "gameday-grant", "annotations": {**others, **notes}}}


@given(POSTS)
def test_what_was_written_is_read_again_as_far_as_undoing_goes(post: Postcondition) -> None:
    injection = with_post(post)
    read = undo.read(on_a_grant(undo.note(injection)))
    is_on_nodes = post.nodes and (post.cordons or post.taint_keys)
    if not (is_on_nodes or post.workloads or post.freed or post.uncut):
        assert read == ()
        return
    (found,) = read
    assert (found.index, found.name, found.namespace) == (7, injection.name, "payments")
    again = found.postcondition
    assert (again.workloads, again.freed, again.uncut) == (post.workloads, post.freed, post.uncut)
    assert (again.cordons, again.taint_keys) == (post.cordons, post.taint_keys)
    assert again.lies_when_aborted == post.lies_when_aborted
    assert found.app_label == (injection.app_label if post.uncut else "")
    before = [
        (node.name, node.uid, node.is_schedulable, touched_taints(node, post.taint_keys))
        for node in (post.nodes if is_on_nodes else ())
    ]
    kept = [(node.name, node.uid, node.is_schedulable, node.taints) for node in again.nodes]
    assert kept == before


@given(POSTS)
def test_writing_what_was_read_changes_nothing(post: Postcondition) -> None:
    notes = undo.note(with_post(post))
    assert [undo.note(found) for found in undo.read(on_a_grant(notes))] == ([notes] if notes else [])


def test_a_deletion_of_pods_leaves_nothing_to_be_undone() -> None:
    assert undo.note(PLAIN) == {}


def test_nodes_that_a_fault_only_makes_busy_are_not_written_down() -> None:
    busy = Node("node-1", "uid-1", "", True, False)
    assert undo.note(with_post(Postcondition(nodes=(busy,), pressures=("MemoryPressure",)))) == {}


def test_each_injection_has_a_note_of_its_own() -> None:
    post = Postcondition(freed=(("api-0", "uid-0"),))
    both = [replace(PLAIN, index=index, postcondition=post) for index in (0, 1)]
    notes = undo.note(both[0]) | undo.note(both[1])
    assert [found.index for found in undo.read(on_a_grant(notes))] == [0, 1]


@pytest.mark.parametrize(
    "text", ["", "no json", "[]", "{}", '{"v":2,"engine":"gd-1"}', '{"v":1,"engine":"gd-1","nodes":[{}]}']
)
def test_a_note_that_nobody_understands_is_never_taken_for_none(text: str) -> None:
    with pytest.raises(Permanent, match=r"gameday/undo-0 .*by hand"):
        undo.read(on_a_grant({f"{undo.PREFIX}0": text}))


def test_a_note_names_its_version() -> None:
    (text,) = undo.note(with_post(Postcondition(freed=(("api-0", "uid-0"),)))).values()
    assert json.loads(text)["v"] == undo.VERSION
