"""A whole product with its cluster in processes of its own, and the hands of the people who use it."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

from deploy.local import cast, ports
from deploy.local.loading import PLAN, Loading
from deploy.local.paths import ROOT
from deploy.local.script import read
from deploy.local.stack import DAY_DATABASE, Stack, manage
from tests.journeys import plans
from tests.journeys.conducting import Conducting
from tests.journeys.programs import Programs

INTRODUCTIONS = cast.introductions(read(cast.SAMPLE))
OURS = (ports.REDIS, ports.PROMETHEUS, ports.REHEARSAL, ports.WEB)
EVERYTHING = ("redis", "prometheus", "worker", "beat")
ALL_WELL = {
    "metrics": "ok", "operator": "up", "revert": "ok", "certificate": "valid", "load": 1, "api": [],
    "collector": "up", "kubelet": "up",
    "latency": {"payments-api": 0, "fraud-detector": 0}, "cpu": {"payments-api": 1, "fraud-detector": 1},
}  # fmt: skip


class Said:
    """How one `manage.py` call ended. `out` and `err` are what it printed."""

    def __init__(self, done: subprocess.CompletedProcess[str]) -> None:
        self.status, self.out, self.err = done.returncode, done.stdout, done.stderr

    @property
    def told(self) -> str:
        return f"exit status {self.status}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"


class House(Programs):
    """One stack below `state`, on ports nobody else has; `beside` is the kubeconfig of a real cluster."""

    def __init__(self, state: Path, database_url: str = "", beside: Path | None = None) -> None:
        self.state, self.stack, logs = state, Stack(state, beside=beside), state / "logs"
        self._all_well = ALL_WELL if beside is None else {**ALL_WELL}
        if beside is not None:  # its API server is not ours to disturb
            del self._all_well["api"], self._all_well["collector"]
        self._conducting: list[Conducting] = []
        with ports.elsewhere(*OURS), pytest.MonkeyPatch.context() as patch:
            patch.setenv(DAY_DATABASE, database_url or f"sqlite:///{state / 'gameday.sqlite3'}")
            self.environment = {**os.environ, **self.stack.environment()}
            self.prometheus_url, self.platform_url = self.stack.prometheus_url, self.stack.platform_url
            self.web_url = self.stack.web_url
            self.loading = Loading(self.stack, cast.script_for(PLAN, cast.opened(PLAN)), self.environment)
            specs = [self.stack.redis(), self.stack.rehearsal(), self.stack.prometheus()]
            specs += [self.stack.worker(logs), self.stack.beat(logs), self.stack.web()]
        super().__init__(specs, logs, state / "run")

    def close(self) -> None:
        """End all that was started, conductors first."""
        for conducting in self._conducting:
            conducting.kill()
        self.stop_all()

    def settle(self) -> None:
        """Bring the cluster up; the database then knows its people and the cluster."""
        self.start("rehearsal")
        with self._on_its_ports():
            cluster = self.stack.registration("rehearsal", "ada")
        said = self.several(["migrate", "--verbosity", "0"], *INTRODUCTIONS, *cluster)
        assert said.status == 0, said.told

    def load(self) -> None:
        """Fill the database as for a demo."""
        with self._on_its_ports():
            self.loading.load()

    @contextlib.contextmanager
    def _on_its_ports(self) -> Iterator[None]:
        with pytest.MonkeyPatch.context() as patch:
            for port in OURS:
                patch.setenv(port.variable, self.environment[port.variable])
            yield

    # People

    def manage(self, *arguments: str) -> Said:
        """One `manage.py` call to its end, in a process of its own."""
        return self._ask(manage(*arguments))

    def several(self, *calls: Sequence[str]) -> Said:
        """Several calls in one process, up to the first that is refused."""
        return self._ask([sys.executable, "-m", "deploy.local.seed"], json.dumps([[*call] for call in calls]))

    def _ask(self, command: list[str], given: str = "") -> Said:
        done = subprocess.run(
            command, cwd=ROOT, env=self.environment, input=given, capture_output=True, text=True, check=False
        )
        return Said(done)

    def approved(self, plan: plans.Plan) -> str:
        """Import, acknowledge and approve; the plan's slug."""
        slug = str(plan["plan"])
        said = self.several(*plans.preparations(plans.write(plan, self.state), slug))
        assert said.status == 0, said.told
        return slug

    def conduct(self, slug: str) -> Conducting:
        """Begin `plan conduct` in a process of its own."""
        number = len(self._conducting)
        begun = Conducting(slug, self.state / f"conduct-{number}", self.environment)
        self._conducting.append(begun)
        return begun

    # What there is to see

    def events(self, slug: str) -> list[dict[str, Any]]:
        """The plan's stream as the journal exports it, oldest first."""
        said = self.manage("journal", "export", f"plan:{slug}")
        assert said.status == 0, said.told
        return [json.loads(line) for line in said.out.splitlines()]

    def told_of(self, slug: str, kind: str) -> str:
        """What the newest event of a kind says, by the journal."""
        return next(str(event["text"]) for event in reversed(self.events(slug)) if event["kind"] == kind)

    def state_of(self, slug: str) -> str:
        """Where the plan's newest run is."""
        states = [event["body"]["state"] for event in self.events(slug) if event["kind"] == "run.state"]
        return str(states[-1]) if states else ""

    def platform(self) -> dict[str, Any]:
        """What the cluster itself says, which no part of the product has touched."""
        answer: dict[str, Any] = _get(f"{self.platform_url}/rehearsal/state")
        return answer

    def is_serving(self, prefix: str) -> bool:
        """Whether any pod whose `namespace/name` begins so is ready."""
        return any(pod["serving"] for name, pod in self.platform()["pods"].items() if name.startswith(prefix))

    def chaos_left(self) -> list[str]:
        """Engines, Jobs and Pods in the chaos namespace, by the cluster's own word."""
        seen = self.platform()
        return [
            name for kind in ("engines", "jobs", "pods") for name in seen[kind] if name.startswith("chaos/")
        ]

    def nothing_is_left(self) -> None:
        """By the product's word and the cluster's own, with a journal that is sound."""
        said = self.several(["journal", "verify"], ["residue"])
        assert said.status == 0, said.told
        assert "The journal is sound" in said.out, said.told
        assert "nothing of ours is left" in said.out, said.told
        assert self.chaos_left() == []

    def ask_prometheus(self, query: str) -> float | None:
        """The one number that a query finds; None where there is none."""
        answer = _get(f"{self.prometheus_url}/api/v1/query?query={quote(query)}")
        found = answer["data"]["result"]
        return float(found[0]["value"][1]) if found else None

    def turn(self, **positions: Any) -> None:
        """Turn switches of the practice platform."""
        _get(f"{self.platform_url}/rehearsal/switches", json.dumps(positions).encode())

    def at_ease(self, session: pytest.Session) -> Iterator[House]:
        """For one journey: in order before it, and after it, whatever became of it."""
        failures = session.testsfailed
        self.put_in_order()
        yield self
        if session.testsfailed > failures:
            self.halt_and_release()
        self.put_in_order()

    def put_in_order(self) -> None:
        """As it was at the start: everything up, every switch as it should be, the platform at ease."""
        self.start(*EVERYTHING)
        self.turn(**self._all_well)
        for conducting in self._conducting:
            conducting.kill()
        until(self._is_at_ease, "the platform is at ease", 60.0)

    def halt_and_release(self) -> None:
        """After a journey that failed on its way: nothing of it may reach the next one."""
        self.turn(**self._all_well)
        self.start(*EVERYTHING)
        self.manage("halt", "--as", "ada", "--reason", "A journey failed.")
        slugs = {conducting.slug for conducting in self._conducting[-3:]}
        until(lambda: not any(map(self._is_live, slugs)), "its runs end", 90.0)
        until(lambda: self.manage("residue").status == 0, "nothing is left", 60.0)
        self.manage("halt", "--release", "--as", "ada", "--reason", "The next journey.")

    def _is_live(self, slug: str) -> bool:
        said = self.manage("journal", "export", f"plan:{slug}")
        steps = [json.loads(line) for line in said.out.splitlines()]
        steps = [one for one in steps if one["kind"] in ("run.launched", "run.state")]
        return bool(steps) and steps[-1]["body"].get("state") not in ("completed", "aborted", "failed")

    def _is_at_ease(self) -> bool:
        serving = [
            pod for pod in self.platform()["pods"].values() if pod["app"] == "payments-api" and pod["serving"]
        ]
        probes = {probe["name"]: probe["query"] for probe in plans.SAMPLE["scenarios"][0]["probes"]}
        p99, errors = self.ask_prometheus(probes["p99"]), self.ask_prometheus(probes["error-rate"])
        return len(serving) == 6 and p99 is not None and p99 < 200 and errors is not None and errors < 0.1


def until(happened: Callable[[], bool], what: str, within: float = 30.0) -> None:
    """Wait for it. `within` is in seconds, and only ever waited out by a journey that fails."""
    deadline = time.monotonic() + within
    while not happened():
        assert time.monotonic() < deadline, f"not within {within:g} s: {what}"
        time.sleep(0.2)


def _get(url: str, given: bytes | None = None) -> Any:
    with urllib.request.urlopen(url, given, timeout=5) as answer:  # noqa: S310 - loopback
        return json.load(answer)
