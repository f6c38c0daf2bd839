"""What somebody with kubectl types, for each kind of thing that a fault leaves."""

import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chaos.domain.by_hand import by_hand
from chaos.domain.left import Left, of_ours
from chaos.domain.measured import Part
from chaos.domain.sight import Residue, ResidueKind
from deploy.rehearsal.store.errors import ApiError
from deploy.rehearsal.store.patches import json_patch

FINALIZER = "chaosengine.litmuschaos.io/finalizer"
HELD = of_ours(Residue(ResidueKind.ENGINE, "chaos", "gd-1", "u-1", finalizers=(FINALIZER,)))


def commands(item):
    return [hand.command for hand in by_hand(item)]


def ours(kind):
    return of_ours(Residue(kind, "chaos", "x", "u"))


@pytest.mark.parametrize(
    ("item", "wanted"),
    [
        (ours(ResidueKind.ENGINE), ["kubectl -n chaos delete chaosengines.litmuschaos.io x"]),
        (ours(ResidueKind.JOB), ["kubectl -n chaos delete jobs.batch x"]),
        (ours(ResidueKind.POD), ["kubectl -n chaos delete pods x --grace-period=60"]),
        (ours(ResidueKind.POLICY), ["kubectl -n chaos delete networkpolicies.networking.k8s.io x"]),
        (ours(ResidueKind.GRANT), ["kubectl -n chaos delete leases.coordination.k8s.io x"]),
        (
            Left("", Part.SCHEDULABLE, "Node", names=("node-0",), before=("schedulable",), now=("cordoned",)),
            ["kubectl uncordon node-0"],
        ),
        (
            Left("", Part.SCHEDULABLE, "Node", names=("node-0",), before=("cordoned",), now=("schedulable",)),
            ["kubectl cordon node-0"],
        ),
        (
            Left("", Part.TAINTS, "Node", names=("n",), before=("k=old:NoExecute",), now=("k=v:NoSchedule",)),
            [
                "kubectl taint nodes n k=v:NoSchedule-",
                "kubectl taint nodes n k=old:NoExecute --overwrite",
            ],
        ),
        (
            Left("", Part.REPLICAS, "statefulset", "bank", ("ledger",), before=("3",), now=("9",)),
            ["kubectl -n bank scale statefulset/ledger --replicas=3"],
        ),
        (
            Left("", Part.FREED, "Pod", "bank", ("api-0", "api-1")),
            ["kubectl -n bank delete pods api-0 api-1 --grace-period=60"],
        ),
        (Left("", Part.WORD), [""]),
    ],
)
def test_each_kind_of_residue_has_its_command(item, wanted):
    assert commands(item) == wanted


def test_an_engine_that_a_finalizer_holds_loses_it_last():
    first, look, last = commands(HELD)
    assert first == "kubectl -n chaos delete jobs.batch,pods -l chaosUID=u-1 --grace-period=60"
    assert look == "kubectl -n chaos get jobs.batch,pods -l chaosUID=u-1"
    assert last.startswith("kubectl -n chaos patch chaosengines.litmuschaos.io gd-1 --type=json -p ")
    assert patched(last, "u-1", FINALIZER) == []


def patched(command, uid, *finalizers):
    """What the API server leaves of an object's finalizers."""
    there = {"metadata": {"uid": uid, "finalizers": [*finalizers]}}
    return json_patch(there, json.loads(shlex.split(command)[-1]))["metadata"]["finalizers"]


@pytest.mark.parametrize(
    ("uid", "finalizers"), [("u-2", [FINALIZER]), ("u-1", ["bank.example/audit"]), ("u-1", [])]
)
def test_a_finalizer_is_not_taken_off_by_hand_from_what_is_no_longer_as_it_was_seen(uid, finalizers):
    with pytest.raises(ApiError):
        patched(commands(HELD)[-1], uid, *finalizers)


def test_of_several_finalizers_each_is_taken_off_by_a_command_of_its_own():
    both = (FINALIZER, "bank.example/audit")
    *_, second, first = commands(
        of_ours(Residue(ResidueKind.ENGINE, "chaos", "gd-1", "u-1", finalizers=both))
    )
    assert patched(second, "u-1", *both) == [FINALIZER]
    assert patched(first, "u-1", *both) == ["bank.example/audit"]
    assert patched(first, "u-1", FINALIZER) == []


@pytest.mark.parametrize("part", [None, *Part])
def test_whatever_is_left_there_is_something_to_do_about_it(part):
    item = Left("", part, "Job" if part in (Part.OWN, Part.POLICIES) else "Node", "bank", ("x",), now=("a",))
    assert by_hand(item)
    assert all(hand.words for hand in by_hand(item))


@given(st.text(min_size=1).filter(lambda name: "\x00" not in name), st.sampled_from(list(ResidueKind)))
def test_no_name_is_ever_more_than_a_name_to_a_shell(name, kind):
    engine = of_ours(Residue(kind, name, name, name, finalizers=(FINALIZER,)))
    node = Left("", Part.TAINTS, "Node", names=(name,), now=(name,))
    for item in (engine, node, Left("", Part.FREED, "Pod", name, (name, name))):
        for command in commands(item):
            words = shlex.split(command)
            assert words[0] == "kubectl"
            assert any(name in word for word in words)
