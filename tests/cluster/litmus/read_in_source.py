"""Where Litmus' sources say what no experiment asks for here: rights that are known by reading alone."""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path

from deploy.cluster import toolchain
from deploy.cluster.parts import module_of
from tests.cluster.litmus.asked import Verb

EXPERIMENTS = module_of("go-runner")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of litmus-go as it is built here: `file:number`, what it holds, and when it is reached."""

    where: str
    holds: str
    when: str

    def text(self, sources: Path) -> str:
        file, _, number = self.where.partition(":")
        return (sources / file).read_text().splitlines()[int(number) - 1]


OF_EVERY = {
    Verb("chaos", "update", "events"): Line(
        "pkg/events/event.go:69",
        ".Update(context.Background(), event",
        "something is said once more: by an experiment that its Job starts again, or by a second helper",
    ),
}
OF_FAMILIES = {
    "disk": {
        Verb("target", "delete", "pods"): Line(
            "chaoslib/litmus/disk-fill/helper/disk-fill.go:257",
            ".Pods(t.Namespace).Delete(",
            "the full disk has had the target evicted; the helper then deletes it",
        ),
    },
}
OF_THE_RUNNER = {
    "node-services": {
        Verb("chaos", "get", "secrets"): (
            "chaos-runner, pkg/utils/secretsUtils.go, ValidateSecrets: before the Job of an experiment whose "
            "definition names a secret (node-restart: id-rsa). Its module cannot be had: no line to look up."
        ),
    },
}


def by_reading(family: str) -> set[Verb]:
    return {*OF_EVERY, *OF_FAMILIES.get(family, ()), *OF_THE_RUNNER.get(family, ())}


def sources() -> Path:
    """Of litmus-go, out of Go's module cache, fetched where they are missing. Raises Unobtainable."""
    go = toolchain.find()
    told = [str(go.go), "mod", "download", "-json", EXPERIMENTS.versioned]
    done = subprocess.run(
        told, cwd=EXPERIMENTS.folder, env=go.environment(), capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise toolchain.Unobtainable(f"{EXPERIMENTS.versioned} cannot be had:\n{done.stdout}{done.stderr}")
    return Path(json.loads(done.stdout)["Dir"])
