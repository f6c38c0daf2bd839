"""What a grant said outlives it, for one look more."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chaos.adapters import litmus_ending
from chaos.adapters import litmus_kinds as kinds
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import GRANT
from chaos.adapters.wall import utc_now
from tests.adapters import test_ending
from tests.adapters.test_ending import SETTINGS, Scene, cordon

scene = test_ending.scene


def test_what_lands_as_the_grant_goes_is_set_back_and_a_cordon_after_that_is_somebody_s(scene: Scene) -> None:
    scene.launch(nodes=(scene.node("node-1"),), cordons=True)
    one = scene.cluster()
    assert not any(one.end_everything().is_over for _ in range(2)) and scene.left() == set()
    cordon(scene, "node-1")
    assert one.end_everything().set_back == ("node node-1 (cordoned)",)
    cordon(scene, "node-1")
    assert one.end_everything().is_over and scene.spec_of("node-1")["unschedulable"]


@pytest.mark.parametrize("by", [timedelta(hours=1), timedelta(hours=-1)])
def test_a_clock_that_jumps_makes_nobody_forget_what_the_grant_said(scene: Scene, by: timedelta) -> None:
    scene.launch(nodes=(scene.node("node-1"),), cordons=True)
    ahead = [timedelta(0)]
    one = LitmusCluster(scene.admin, SETTINGS, lambda: utc_now() + ahead[0])
    assert not any(one.end_everything().is_over for _ in range(2)) and scene.left() == set()
    cordon(scene, "node-1")
    ahead[0] = by
    assert one.end_everything().set_back == ("node node-1 (cordoned)",)


def test_a_cordon_long_after_the_grant_went_is_somebody_s(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    scene.launch(nodes=(scene.node("node-1"),), cordons=True)
    one = scene.cluster()
    assert not any(one.end_everything().is_over for _ in range(2)) and scene.left() == set()
    cordon(scene, "node-1")
    monkeypatch.setattr(litmus_ending, "REMEMBERED_FOR", 0.0)
    assert one.end_everything().is_over and scene.spec_of("node-1")["unschedulable"]


def test_what_was_noted_is_remembered_also_when_somebody_else_has_taken_the_grant(scene: Scene) -> None:
    scene.launch(nodes=(scene.node("node-1"),), cordons=True)
    one = scene.cluster()
    one.end_everything()
    scene.admin.delete(kinds.LEASES, "chaos", GRANT)
    cordon(scene, "node-1")
    assert one.end_everything().set_back == ("node node-1 (cordoned)",)
