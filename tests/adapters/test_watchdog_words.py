"""What the watchdog leaves word of in the cluster is read again, and nothing else is taken for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_kinds import EVENTS
from chaos.adapters.litmus_manifests import LitmusSettings, labels_of
from deploy.watchdog.say import Teller
from tests.adapters.things import a_run
from tests.support.rehearsal_api import running_api

SETTINGS = LitmusSettings("chaos", "chaos-{family}")


@pytest.fixture
def api(tmp_path: Path) -> Iterator[KubernetesApi]:
    (tmp_path / "token").write_text("admin-token")
    with running_api() as running:
        yield KubernetesApi(Connection(running.url, token_file=str(tmp_path / "token")))


def left(api: KubernetesApi, **changes: Any) -> None:
    body = {"metadata": {"name": f"e-{changes['name']}", "labels": changes.get("labels", {})}}
    api.create(EVENTS, "chaos", {**body, **changes.get("fields", {})})


def test_word_by_word_with_whose_grant_it_was_and_the_exact_instant(api: KubernetesApi) -> None:
    ref, teller = a_run(), Teller(api, "chaos")
    for number in range(3):
        teller.event("SetBack", f"As before the fault again: node {number}.", labels_of(ref))
    teller.event("Ended", "Nothing is left.", {})
    told = LitmusCluster(api, SETTINGS).watchdog_said()
    assert [one.text[-2:] for one in told] == ["0.", "1.", "2.", "t."]
    assert {(one.run, one.installation) for one in told[:3]} == {(ref.run, ref.installation)}
    assert (told[3].reason, told[3].run) == ("Ended", "")
    assert len({one.at for one in told}) == 4 == len({one.uid for one in told})


def test_what_others_leave_there_is_not_its_word(api: KubernetesApi) -> None:
    ours = {"app.kubernetes.io/managed-by": "gameday"}
    dog, second = {"source": {"component": "gameday-watchdog"}}, {"lastTimestamp": "2026-07-01T10:00:00Z"}
    left(api, name="of-others", fields={**dog, **second})
    left(api, name="of-litmus", labels=ours, fields={"source": {"component": "runner"}, **second})
    left(api, name="of-no-instant", labels=ours, fields=dog)
    left(api, name="of-a-strange-one", labels=ours, fields={**dog, "lastTimestamp": "yesterday"})
    assert LitmusCluster(api, SETTINGS).watchdog_said() == ()
    left(api, name="of-its-own", labels=ours, fields={**dog, **second})
    (told,) = LitmusCluster(api, SETTINGS).watchdog_said()
    assert (told.text, told.reason, told.at.isoformat()) == ("", "", "2026-07-01T10:00:00+00:00")
