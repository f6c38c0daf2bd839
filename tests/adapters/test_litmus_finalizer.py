"""A finalizer comes off the very engine that was looked at, which is ours and on its way out, or stays on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.kubernetes_errors import Conflict
from chaos.adapters.litmus import LitmusCluster
from chaos.adapters.litmus_manifests import LitmusSettings
from chaos.domain.errors import Refused
from chaos.domain.sight import Residue, ResidueKind
from deploy.rehearsal.store import CHAOS_ENGINES
from tests.support.rehearsal_api import ADMIN, RunningApi, running_api

FINALIZER = "chaosengine.litmuschaos.io/finalizer"
OURS = {"app.kubernetes.io/managed-by": "gameday", "gameday/run": "0f0e0d0c-0000-4000-8000-000000000000"}


@pytest.fixture
def api() -> Iterator[RunningApi]:
    with running_api(namespaces=("chaos",)) as running:
        yield running


@pytest.fixture
def cluster(api: RunningApi, tmp_path: Path) -> LitmusCluster:
    (tmp_path / "token").write_text(ADMIN)
    connection = Connection(api.url, token_file=str(tmp_path / "token"))
    return LitmusCluster(KubernetesApi(connection), LitmusSettings("chaos", "x"))


def an_engine(
    api: RunningApi,
    labels: dict[str, str] = OURS,
    held: tuple[str, ...] = (FINALIZER,),
    is_deleted: bool = True,
) -> Residue:
    meta = {"name": "gd-0", "namespace": "chaos", "labels": labels, "finalizers": [*held]}
    made = api.do(lambda: api.store.create(CHAOS_ENGINES, {"metadata": meta, "spec": {}}))
    if is_deleted:
        api.do(lambda: api.store.delete(CHAOS_ENGINES, "gd-0", "chaos"))
    return Residue(ResidueKind.ENGINE, "chaos", "gd-0", str(made["metadata"]["uid"]))


def there(api: RunningApi) -> list[list[str]]:
    """The finalizers of each engine that is there."""
    listed = api.do(lambda: api.store.list(CHAOS_ENGINES, "chaos"))
    return [one["metadata"].get("finalizers", []) for one in listed]


def test_an_engine_that_only_its_finalizer_holds_is_gone_without_it(
    api: RunningApi, cluster: LitmusCluster
) -> None:
    engine = an_engine(api)
    (seen,) = cluster.residue()
    assert (seen.uid, seen.finalizers) == (engine.uid, (FINALIZER,))
    cluster.strip(seen, FINALIZER)
    assert there(api) == []


def test_what_others_hold_it_by_stays(api: RunningApi, cluster: LitmusCluster) -> None:
    cluster.strip(an_engine(api, held=(FINALIZER, "bank.example/audit")), FINALIZER)
    assert there(api) == [["bank.example/audit"]]


@pytest.mark.parametrize(
    ("how", "why"),
    [
        ({"is_deleted": False}, "is not being deleted"),
        ({"held": ("bank.example/audit",)}, "has no finalizer"),
        ({"labels": {"app": "theirs"}}, "is not there any more"),
    ],
)
def test_any_other_engine_keeps_its_finalizer(
    api: RunningApi, cluster: LitmusCluster, how: Any, why: str
) -> None:
    engine = an_engine(api, **how)
    with pytest.raises(Refused, match=why):
        cluster.strip(engine, FINALIZER)
    assert len(there(api)) == 1


def test_another_engine_of_the_same_name_keeps_its_finalizer(api: RunningApi, cluster: LitmusCluster) -> None:
    engine = an_engine(api)
    with pytest.raises(Refused, match="is not there any more"):
        cluster.strip(replace(engine, uid="another"), FINALIZER)
    assert there(api) == [[FINALIZER]]


def test_one_that_changed_since_it_was_read_is_left_alone(
    api: RunningApi, cluster: LitmusCluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine = an_engine(api)
    listed = KubernetesApi.list

    def read_before(self: Any, *args: Any, **how: Any) -> Any:
        found = listed(self, *args, **how)
        for one in found:
            one["metadata"]["resourceVersion"] = "1"
        return found

    monkeypatch.setattr(KubernetesApi, "list", read_before)
    with pytest.raises(Conflict):
        cluster.strip(engine, FINALIZER)
    assert there(api) == [[FINALIZER]]
