"""The house of the journeys with a wire to its cluster, a database that can be stopped, and mines."""

from __future__ import annotations

import hashlib
import os
import secrets
import signal
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from deploy.cluster import handle
from deploy.local.postgres import Server
from deploy.local.processes import Spec
from deploy.local.readiness import log_says
from deploy.local.stack import PYTHON
from tests.crash.residue import by_effect, by_label
from tests.crash.watching import Watch
from tests.crash.wire import Wire
from tests.journeys.conducting import Conducting
from tests.journeys.house import INTRODUCTIONS, House, until

LEASE_IS_OVER = 30.0
"""Seconds: a lease, a sweep, and a worker that has more to do."""


class Wrecked(House):
    """`database` is None where there is no PostgreSQL here: then it is SQLite, which cannot be stopped.

    `beside` is the kubeconfig of a real cluster. What is said over its wire is encrypted: it can be cut all
    the same, but not read.
    """

    def __init__(
        self, state: Path, database: Server | None, database_url: str = "", beside: Path | None = None
    ) -> None:
        super().__init__(state, database.url if database else database_url, beside)
        self.database, self.kubeconfig = database, beside or self.stack.kubeconfig
        self._plain_worker = self._specs["worker"]
        self.token = secrets.token_urlsafe(32)
        """Of somebody who may halt by it while nobody can sign in."""
        self._specs["web"] = self._with_a_token(self._specs["web"])
        self._wire: Wire | None = None

    @property
    def wire(self) -> Wire:
        """Between the product and the API server, once everything is settled."""
        assert self._wire is not None
        return self._wire

    def settle(self) -> None:
        self.start("rehearsal")
        with self._on_its_ports():
            calls = self.stack.registration("rehearsal", "ada")
        (server,) = {call[at + 1] for call in calls for at, word in enumerate(call) if word == "--server"}
        self._wire = self._wire or Wire(int(server.rpartition(":")[2]))
        wire = f"{server.partition(':')[0]}://127.0.0.1:{self._wire.port}"
        over_the_wire = [[wire if word == server else word for word in call] for call in calls]
        said = self.several(["migrate", "--verbosity", "0"], *INTRODUCTIONS, *over_the_wire)
        assert said.status == 0, said.told

    def _with_a_token(self, web: Spec) -> Spec:
        tokens = self.state / "tokens"
        tokens.touch(0o600)
        tokens.write_text(f"otto {hashlib.sha256(self.token.encode()).hexdigest()}\n")
        return replace(web, environment={**web.environment, "GAMEDAY_BREAK_GLASS_FILE": str(tokens)})

    def put_in_order(self) -> None:
        if self.database:
            self.database.start()
        self.wire.mend()
        self._specs["worker"] = self._plain_worker
        super().put_in_order()

    def close(self) -> None:
        super().close()
        if self._wire:
            self._wire.close()

    # What is broken

    def mine(self, checkpoint: str) -> None:
        """The worker is one that dies at this checkpoint."""
        program = (PYTHON, "-m", "tests.crash.mined", checkpoint)
        at = self._plain_worker.command.index("celery")
        mined = replace(self._plain_worker, command=(*program, *self._plain_worker.command[at + 1 :]))
        self.kill("worker")
        self._specs["worker"] = mined
        self.start("worker")

    def blows_up(self, within: float = 120.0) -> None:
        """The mined worker has killed itself; the next one is as ever, and there at once."""
        until(lambda: not self.runs("worker"), "the worker got to its checkpoint", within)
        self._specs["worker"] = self._plain_worker
        self.start("worker")

    def freeze(self, name: str) -> Callable[[], None]:
        """SIGSTOP to the program and all its children; gives back what thaws just those."""
        group = self._running[name].pid
        os.killpg(group, signal.SIGSTOP)
        return lambda: os.killpg(group, signal.SIGCONT)

    def second_worker(self) -> None:
        """Beside the first, which is not told."""
        log = self.state / "logs" / "worker2.log"
        command = (*self._plain_worker.command, "-n", "second@%h")
        ready = log_says(log, " ready.")
        self._specs["worker2"] = replace(self._plain_worker, name="worker2", command=command, ready=ready)
        self.start("worker2")

    # What there is to see

    def watch(self) -> Watch:
        """Somebody who looks at the cluster by itself, not over the wire."""
        return Watch(self.platform)

    def ended_truly(self, conducting: Conducting, watch: Watch) -> None:
        """The run is over, one fault at the most was there, and "gone" was said only when it was so."""
        conducting.until("run.clean", within=150.0)
        assert conducting.ends(60.0) != 2, conducting.told  # 2: not proven gone
        self.ends_by_itself(conducting.slug, watch)

    def ends_by_itself(self, slug: str, watch: Watch) -> None:
        """The same by the journal, for a run whose conductor is dead, too."""
        until(lambda: self.state_of(slug) in ("completed", "aborted", "failed"), "the run is over", 150.0)
        events = [one for one in self.events(slug) if one["run"]]
        kinds, ending = [one["kind"] for one in events], self.told_of(slug, "run.state")
        was_none = "nothing had been injected" in ending and not watch.engines
        assert was_none or "every fault is proven gone" in ending, ending
        assert kinds.count("injection.requested") <= 1 and kinds.count("run.verdict") == 1, kinds
        assert len(watch.engines) <= 1, watch.engines
        clean = next(one for one in reversed(events) if one["kind"] == "run.clean")
        said = datetime.fromisoformat(clean["at"])
        assert watch.alive_at is None or watch.alive_at <= said, f"called gone at {said}: {watch.last}"
        self.not_a_trace()

    def not_a_trace(self) -> None:
        """By the cluster's API, by the practice bank's own state, and by the product's word."""
        self.nothing_is_left()
        cluster = handle.somebodys(self.kubeconfig)
        until(lambda: by_label(cluster) == [], f"nothing bears our label: {by_label(cluster)}")
        assert by_effect(self.platform()) == []

    def verdict_of(self, slug: str) -> str:
        """As the journal has it: held, deviated or inconclusive."""
        text = self.told_of(slug, "run.verdict")
        return text.removeprefix("Verdict ").partition(".")[0]
