"""A registered cluster and launched runs, for tests on the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from chaos.domain import codec
from chaos.domain.states import RunState
from chaos.domain.targets import Limits
from chaos.models import Cluster, Run
from chaos.services.launch import Order, launch
from tests.support.builders import a_spec
from tests.support.cluster_port import UID, QuietCluster

AT = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
STREAM = "plan:payments"


def a_cluster(name: str = "practice", uid: str = UID, **limits: Any) -> Cluster:
    return Cluster.objects.create(
        name=name,
        uid=uid,
        environment="rehearsal",
        server="http://127.0.0.1:1",
        prometheus_url="http://127.0.0.1:2",
        limits=codec.to_plain(Limits(**({"max_percent": 50} | limits))),
    )


def an_order(**changes: Any) -> Order:
    order = Order(
        spec=a_spec(),
        plan_digest="d" * 64,
        stream=STREAM,
        cluster="practice",
        approved_uid=UID,
        ceiling=3,
        closes=AT + timedelta(hours=1),
        by="otto",
    )
    return replace(order, **changes)


def launched(port: Any = None, order: Order | None = None, **changes: Any) -> str:
    """The id of a run launched at AT; the ring goes nowhere."""
    order = order or an_order(**changes)
    return launch(order, port or QuietCluster(), AT, lambda run: None, lambda: "")


def a_run(state: RunState = RunState.PENDING, cluster: str = "practice", **fields: Any) -> str:
    """A launched run, put into `state`; its cluster is registered if it is not."""
    uid = UID if cluster == "practice" else f"uid-of-{cluster}"
    if not Cluster.objects.filter(name=cluster).exists():
        a_cluster(cluster, uid)
    run = launched(QuietCluster(uid=uid), cluster=cluster, approved_uid=uid)
    Run.objects.filter(pk=run).update(state=state.value, **fields)
    return run
