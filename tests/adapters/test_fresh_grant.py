"""Between the last thing that was read and the create there is room for a halt, and for a sleep: others may
have ended the run meanwhile, and given the grant back. So that room is a second at the most."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock

import pytest

from chaos.adapters import litmus_manifests as manifests
from chaos.adapters.kubernetes_api import KubernetesApi
from chaos.adapters.kubernetes_errors import NotFound
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.adapters.litmus_start import GRANT_HOLDS, LEVER_HOLDS, LOOKS
from chaos.domain.errors import Refused, Transient
from chaos.domain.injection import Injection
from tests.adapters.things import a_run, an_injection

SETTINGS, REF = LitmusSettings("chaos", "chaos-{family}"), a_run()
AT = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)


def nothing() -> None:
    pass


@dataclass
class Scene:
    """An API server with our grant. `reading` happens as the lever is read, `writing` as a note is."""

    wall: datetime = AT
    ticks: float = 0.0
    lever: bool = False
    reading: Callable[[], None] = nothing
    writing: Callable[[], None] = nothing
    loses_notes: bool = False
    said: list[str] = field(default_factory=list)
    grant: dict[str, Any] = field(default_factory=lambda: manifests.grant(REF, SETTINGS, AT))

    def __post_init__(self) -> None:
        self.grant["metadata"] |= {"uid": "uid-grant", "annotations": {}}
        self.api = mock.Mock(spec=KubernetesApi)
        self.api.get.side_effect = self._get
        self.api.merge_patch.side_effect = self._patch
        self.api.create.side_effect = self._create

    def inject(self, injection: Injection, last_word: Callable[[], None] | None = None) -> None:
        LitmusCluster(self.api, SETTINGS, lambda: self.wall).inject(REF, injection, last_word)

    def both_clocks(self, seconds: float) -> None:
        self.by_the_wall(seconds)
        self.by_its_own(seconds)

    def by_the_wall(self, seconds: float) -> None:
        self.wall += timedelta(seconds=seconds)

    def by_its_own(self, seconds: float) -> None:
        self.ticks += seconds

    def _get(self, resource: object, namespace: str, name: str, **_: object) -> object:
        if name == manifests.GRANT:
            return {**self.grant, "metadata": {**self.grant["metadata"]}}
        is_down = self.lever
        self.said.append("read")
        self.reading()
        if not is_down:
            raise NotFound(name)
        return {"data": {"reason": "A real incident."}}

    def _patch(self, resource: object, namespace: str, name: str, body: dict[str, Any]) -> None:
        self.said.append("write")
        self.writing()
        if not self.loses_notes:
            noted = self.grant["metadata"]["annotations"] | body["metadata"]["annotations"]
            self.grant["metadata"]["annotations"] = noted

    def _create(self, *_: object) -> object:
        self.said.append("create")
        return {"metadata": {"name": "gd", "uid": "uid-engine"}}


@pytest.fixture
def scene() -> Iterator[Scene]:
    scene = Scene()
    with mock.patch("chaos.adapters.litmus_start.time", monotonic=lambda: scene.ticks):
        yield scene


@pytest.fixture
def noted() -> Injection:
    """An injection whose inverse is written ahead."""
    plain = an_injection(REF)
    return replace(plain, postcondition=replace(plain.postcondition, freed=(("api-0", "uid-0"),)))


@pytest.fixture(params=["both_clocks", "by_the_wall", "by_its_own"])
def passes(request: pytest.FixtureRequest, scene: Scene) -> Callable[[float], None]:
    """Of a machine that was paused the one clock stands still, and the other may be set."""
    return getattr(scene, request.param)  # type: ignore[no-any-return]


def test_a_fault_is_started_by_what_was_just_read(scene: Scene) -> None:
    scene.inject(an_injection(REF))
    assert scene.said == ["read", "create"]


def test_whoever_slept_for_long_leaves_it_to_be_decided_anew(
    scene: Scene, passes: Callable[[float], None]
) -> None:
    scene.reading = lambda: passes(GRANT_HOLDS + 1)
    with pytest.raises(Transient, match="too long ago"):
        scene.inject(an_injection(REF))
    assert scene.said == ["read"]


def test_what_was_read_more_than_a_second_ago_is_read_again(
    scene: Scene, passes: Callable[[float], None]
) -> None:
    waits = iter([LEVER_HOLDS + 0.1, 0.0])
    scene.reading = lambda: passes(next(waits))
    scene.inject(an_injection(REF))
    assert scene.said == ["read", "read", "create"]


def test_no_create_is_sent_more_than_a_second_after_the_lever_was_read(
    scene: Scene, passes: Callable[[float], None]
) -> None:
    scene.reading = lambda: passes(LEVER_HOLDS + 0.1)
    with pytest.raises(Transient, match="too long ago"):
        scene.inject(an_injection(REF))
    assert scene.said == ["read"] * LOOKS


def test_nor_after_a_database_that_took_its_time_to_say_that_nobody_stopped_it(scene: Scene) -> None:
    with pytest.raises(Transient, match="too long ago"):
        scene.inject(an_injection(REF), lambda: scene.both_clocks(LEVER_HOLDS + 0.1))
    assert "create" not in scene.said


def test_a_lever_that_goes_down_while_it_is_read_slowly_is_heard(scene: Scene) -> None:
    def slowly() -> None:
        scene.lever = True
        scene.both_clocks(LEVER_HOLDS + 0.1)

    scene.reading = slowly
    with pytest.raises(Refused, match="A real incident"):
        scene.inject(an_injection(REF))
    assert scene.said == ["read", "read"]


@pytest.mark.parametrize("takes", [0.0, 7.0])
def test_a_lever_that_goes_down_while_the_inverse_is_written_is_heard(
    scene: Scene, noted: Injection, takes: float
) -> None:
    def slowly() -> None:
        scene.lever = True
        scene.both_clocks(takes)

    scene.writing = slowly
    with pytest.raises(Refused, match="lever"):
        scene.inject(noted)
    assert scene.said == ["read", "write", "read"]


def test_a_stop_that_is_latched_while_the_inverse_is_written_is_heard(scene: Scene, noted: Injection) -> None:
    stops: list[str] = []

    def last_word() -> None:
        scene.said.append("asked")
        if stops:
            raise Refused(stops[0])

    def slowly() -> None:
        stops.append("Ada stopped it.")
        scene.both_clocks(6.9)

    scene.writing = slowly
    with pytest.raises(Refused, match="Ada stopped it"):
        scene.inject(noted, last_word)
    assert scene.said == ["read", "write", "read", "asked"]


def test_the_last_word_comes_after_all_that_is_read_and_written(scene: Scene, noted: Injection) -> None:
    scene.inject(noted, lambda: scene.said.append("asked"))
    assert scene.said == ["read", "write", "read", "asked", "create"]


def test_a_grant_that_lost_the_note_again_starts_nothing(scene: Scene, noted: Injection) -> None:
    scene.loses_notes = True
    with pytest.raises(Transient):
        scene.inject(noted)
    assert "create" not in scene.said


def test_nothing_is_written_while_the_lever_is_down(scene: Scene, noted: Injection) -> None:
    scene.lever = True
    with pytest.raises(Refused, match="lever"):
        scene.inject(noted)
    assert scene.said == ["read"]
