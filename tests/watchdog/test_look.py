"""What one look tells, by what may be read: a right that is missing must not hide what can be seen."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from chaos.adapters import litmus_kinds as kinds
from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LEVER, LitmusSettings
from chaos.domain.errors import Forbidden
from deploy.rehearsal.api import Rule
from deploy.watchdog.look import Looker
from tests.adapters.things import a_run
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

SETTINGS = LitmusSettings("chaos", "chaos-{family}")
LISTS = Rule(("list",), ("*",), ("*",))
GRANT = Rule(("get",), ("coordination.k8s.io",), ("leases",))
LEVERS = Rule(("get",), ("",), ("configmaps",))


@dataclass
class Scene:
    api: RunningApi
    folder: Path

    def by(self, token: str) -> KubernetesApi:
        file = self.folder / token
        file.write_text(token)
        return KubernetesApi(Connection(self.api.url, token_file=str(file)))

    @property
    def gameday(self) -> LitmusCluster:
        return LitmusCluster(self.by(ADMIN), SETTINGS)

    def looker(self, *rules: Rule) -> Looker:
        """A watchdog that may do so much."""
        return Looker(self.by(self.api.account("dog", "dog", *rules)), SETTINGS)


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Scene]:
    with running_api() as api:
        yield Scene(api, tmp_path)


def test_whoever_may_not_read_the_lever_still_hears_the_grant(scene: Scene) -> None:
    ref = a_run()
    scene.gameday.take_grant(ref)
    seen = scene.looker(LISTS, GRANT).look()
    assert seen.grant and seen.grant.run == ref.run
    assert seen.lever == "" and "may not get configmaps" in seen.no_lever_seen


def test_whoever_may_not_read_the_lever_still_sees_what_has_no_grant(scene: Scene) -> None:
    seen = scene.looker(LISTS, GRANT).look()
    assert (seen.grant, seen.ours, seen.no_grant_seen) == (None, (), "")
    assert "may not get configmaps" in seen.no_lever_seen


def test_whoever_may_not_read_the_grant_has_seen_nothing_while_the_lever_is_up(scene: Scene) -> None:
    scene.gameday.take_grant(a_run())
    with pytest.raises(Forbidden, match="may not get leases"):
        scene.looker(LISTS, LEVERS).look()


def test_whoever_may_not_read_the_grant_still_sees_the_lever_down(scene: Scene) -> None:
    scene.gameday.take_grant(a_run())
    scene.gameday.pull_lever("an incident")
    seen = scene.looker(LISTS, LEVERS).look()
    assert seen.lever == "an incident" and "may not get leases" in seen.no_grant_seen
    assert seen.ours and "gameday-grant" in seen.ours[0], "it is listed, though it cannot be read"
    assert scene.looker(LEVERS).look().ours is None


def test_a_lever_with_nothing_in_it_is_down(scene: Scene) -> None:
    scene.by(ADMIN).create(kinds.CONFIG_MAPS, "chaos", {"metadata": {"name": LEVER}, "data": None})
    assert scene.looker(LISTS, GRANT, LEVERS).look().lever == "no reason was given."
