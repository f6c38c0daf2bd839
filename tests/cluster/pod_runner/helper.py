"""The part of go-runner's helper, played: it says in the result what it would have put in and taken out.

It finds the pods that its environment names, but touches no container: there is none. Ends with 0 after its
time, with 1 where it was told to end before, where a pod is gone, and where it may not write the result.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.pod_runner.api import Api, ApiError

TO_INJECT = 0.5  # seconds that finding a container and its process takes
AFTER_ABORT = 3.0  # seconds: three tries, a second apart, whatever the first one did
REVERTS_NOTHING = ("container-kill",)


@dataclass(frozen=True, slots=True)
class Target:
    name: str
    namespace: str


def targets(text: str) -> list[Target]:
    """Of `name:namespace:container[:mesh];…`. Raises ValueError."""
    found = [one.split(":") for one in text.split(";")]
    if any(len(one) not in (3, 4) for one in found):
        raise ValueError(f"unsupported target format: {text!r}")
    return [Target(one[0], one[1]) for one in found]


class Helper:
    def __init__(self, api: Api, env: dict[str, str]) -> None:
        self._api, self._env = api, env
        self._told_to_end = threading.Event()
        self._targets = targets(env["TARGETS"])
        self._uids: dict[Target, str] = {}

    def end(self) -> None:
        self._told_to_end.set()

    def run(self) -> int:
        self._told_to_end.wait(TO_INJECT)
        self._uids = {target: self._uid(target) for target in self._targets}
        if self._told_to_end.is_set() or not all(self._uids.values()):
            return 1
        kills = self._env["EXPERIMENT_NAME"] in REVERTS_NOTHING
        if not self._annotated("targeted" if kills else "injected"):
            return 1
        was_told = self._told_to_end.wait(float(self._env["TOTAL_CHAOS_DURATION"]))
        is_reverted = kills or self._annotated("reverted")
        if was_told:
            threading.Event().wait(AFTER_ABORT)
        return 0 if is_reverted and not was_told else 1

    def _uid(self, target: Target) -> str:
        path = f"/api/v1/namespaces/{target.namespace}/pods/{target.name}"
        try:
            return str(self._api.call("GET", path)["metadata"]["uid"])
        except ApiError as error:
            print(f"could not get container id: {error}", flush=True)
            return ""

    def _annotated(self, state: str) -> bool:
        """Each target is tried; False where one is another pod by now, or could not be written."""
        return not [
            target
            for target, uid in self._uids.items()
            if not (self._uid(target) == uid and self._annotate(target, state))
        ]

    def _annotate(self, target: Target, state: str) -> bool:
        env = self._env
        parts = [env["CHAOSENGINE"], env["EXPERIMENT_NAME"], env.get("INSTANCE_ID", "")]
        result = "-".join(filter(None, parts))
        told = ["kubectl", "annotate", "chaosresult", result, "-n", env["CHAOS_NAMESPACE"]]
        return subprocess.run([*told, f"pod/{target.name}={state}", "--overwrite"]).returncode == 0


def main() -> int:
    helper = Helper(Api(Path(os.environ["KUBECONFIG"])), dict(os.environ))
    signal.signal(signal.SIGTERM, lambda *_: helper.end())
    return helper.run()


if __name__ == "__main__":
    sys.exit(main())
