"""One run in mid-fault, put back there as often as one likes: a stop can be measured a hundred times.

It was launched, approved and injected as ever. Litmus' operator is then away, so that nothing but a stop
changes what is there: engines, made anew before each, that only we delete.
"""

from __future__ import annotations

import copy
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from celery import Celery

from chaos.adapters.litmus_manifests import GRANT
from deploy.cluster.handle import Answered, Cluster, somebodys
from gameday.celery import app as product
from tests.crash.house import Wrecked
from tests.crash.residue import LITMUS
from tests.crash.sampler import Sampler
from tests.crash.wire import Asked
from tests.journeys import plans
from tests.journeys.house import until

Json = dict[str, Any]
SLUG = "measured-day"
GRANTS = "/apis/coordination.k8s.io/v1/namespaces/chaos/leases"
ENGINES = f"{LITMUS}/chaosengines"
AT_REST = 0.25
"""Seconds after a stop's first delete in which what that driver has begun comes to its end."""


def bare(thing: Json) -> Json:
    """What it takes to make it anew."""
    wanted = ("name", "namespace", "labels", "annotations", "ownerReferences")
    meta = {name: value for name, value in thing["metadata"].items() if name in wanted}
    return {**{name: thing[name] for name in ("apiVersion", "kind", "spec")}, "metadata": meta}


class Bench:
    """`run` is its id."""

    def __init__(self, house: Wrecked, sampler: Sampler) -> None:
        assert house.database is not None, "a run is put back in PostgreSQL"
        self.house, self.sampler = house, sampler
        taken = plans.scenario(fault="5m")
        probe = {"name": "alive", "kind": "http-status", "url": sampler.url, "unit": "HTTP status"}
        taken["probes"] = [probe | {"interval": "250ms", "timeout": "2s"}]
        taken["expectations"] = [{"probe": "alive", "holds": "== 200"}]
        taken["abort_conditions"] = [{"probe": "alive", "when": "!= 200", "consecutive": 1}]
        house.approved(plans.plan(SLUG, taken))
        conducting = house.conduct(SLUG)
        conducting.until("run.injected")
        self.run = conducting.run
        house.kill("worker")
        house.kill("beat")
        conducting.kill()
        house.turn(operator="down")
        until(lambda: not house.is_serving("litmus/"), "the operator is gone")
        self._cluster: Cluster = somebodys(house.stack.kubeconfig)
        (engine,) = self._cluster.ask("GET", ENGINES)["items"]
        self._engine, self._grant = bare(engine), bare(self._cluster.ask("GET", f"{GRANTS}/{GRANT}"))
        path = f"{ENGINES}/{engine['metadata']['name']}"
        self._cluster.ask("PATCH", path, {"metadata": {"finalizers": None}}, "merge-patch+json")
        self._cluster.ask("DELETE", path)
        self._tasks = Celery("bench", broker=house.environment["REDIS_URL"], set_as_current=False)
        self._tasks.conf.broker_transport_options = product.conf.broker_transport_options
        self._url = house.database.url
        with self._database() as database:
            database.execute("CREATE TABLE kept_run AS SELECT * FROM chaos_run WHERE id = %s", [self.run])
            database.execute("CREATE TABLE kept_injection AS SELECT * FROM chaos_runinjection")

    def close(self) -> None:
        """The run is over, by nobody's word but ours: this database is thrown away."""
        with self._database() as database:
            database.execute("UPDATE chaos_run SET state = 'aborted', fence = fence + 1")
        self._tasks.close()
        self.house.turn(operator="up")

    def put_back(self, engines: int = 1, is_driven: bool = False) -> None:
        """As it was in mid-fault, with that many engines of its own. Who drove it before has lost it.

        Not `is_driven`: nobody takes it up, so that whoever presses Stop is the only one to act.
        """
        lease = ("", "epoch") if is_driven else ("nobody", "now")
        with self._database() as database:
            database.execute("UPDATE chaos_run SET fence = fence + 1 WHERE id = %s", [self.run])
        time.sleep(AT_REST)
        with self._database() as database:
            database.execute(PUT_BACK, [*lease, self.run])
            database.execute(PROGRESS, [self.run])
            database.execute("DELETE FROM chaos_samplechunk WHERE run_id = %s", [self.run])
        self.lay(engines)

    def lay(self, engines: int = 1) -> None:
        """That many engines of the run, and the grant that owns them."""
        owner = self._made(GRANTS, self._grant)["metadata"]["uid"]
        for number in range(engines):
            engine = copy.deepcopy(self._engine)
            engine["metadata"]["name"] = f"{engine['metadata']['name'].rpartition('-')[0]}-{number}"
            engine["metadata"]["ownerReferences"][0]["uid"] = owner
            self._made(ENGINES, engine)

    def _made(self, path: str, thing: Json) -> Json:
        try:
            return self._cluster.ask("POST", path, thing)
        except Answered as refused:
            if refused.status != 409:
                raise
            return self._cluster.ask("GET", f"{path}/{thing['metadata']['name']}")

    def _database(self) -> psycopg.Connection:
        return psycopg.connect(self._url)

    def ring(self) -> None:
        """A worker is to drive it, as a launch would ask for it."""
        self._tasks.send_task("chaos.tasks.drive", args=[self.run], queue="drive")

    def is_watched(self) -> None:
        """Returns when its driver has looked at the cluster, as one that injected has."""
        since = time.monotonic()
        until(lambda: sum("chaosengines" in one.path for one in self._asked(since)) > 2, "it is driven")

    def _asked(self, since: float) -> list[Asked]:
        return self.house.wire.all_since(since, "GET")

    def first_delete(self, since: float) -> float:
        """Seconds from that instant to the first delete at the wire."""
        try:
            return self.house.wire.first(since, "DELETE").at - since
        except AssertionError as error:
            told = [f"{one['at']} {one['text']}" for one in self.house.events(SLUG)[-12:]]
            raise AssertionError("\n".join([str(error), *told])) from error

    def gone(self, since: float, within: float = 30.0) -> float:
        """Seconds from that instant until the cluster says that the engine is gone; asked without a pause.

        A process that has driven this run before remembers engines of that time, and deletes those too: its
        first delete says nothing of the one that is there.
        """
        path = f"{ENGINES}/{self._engine['metadata']['name']}"
        while time.monotonic() < since + within:
            try:
                self._cluster.ask("GET", path)
            except Answered as refused:
                assert refused.status == 404, refused
                return time.monotonic() - since
        raise AssertionError(f"the engine is there after {within:g} s")

    def engines(self) -> int:
        """How many are there."""
        return len(self._cluster.ask("GET", ENGINES)["items"])


PUT_BACK = """
UPDATE chaos_run AS run
SET state = kept.state, state_since = now(), marks = kept.marks, stop_wanted_at = NULL,
    stop_kind = '', stop_reason = '', stopped_by = '', verdict = kept.verdict, findings = kept.findings,
    residue = kept.residue, owner = %s,
    lease_until = CAST(%s AS timestamptz) + interval '1 hour'
FROM kept_run AS kept WHERE run.id = %s
"""
PROGRESS = """
UPDATE chaos_runinjection AS injection SET progress = kept.progress
FROM kept_injection AS kept WHERE kept.id = injection.id AND injection.run_id = %s
"""


@contextmanager
def bench(house: Wrecked) -> Iterator[Bench]:
    sampler = Sampler()
    made = Bench(house, sampler)
    try:
        yield made
    finally:
        made.close()
        sampler.close()
