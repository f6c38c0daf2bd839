"""Which program of this machine a Litmus container stands for.

Nothing runs that is not on this list: an image that is not known, or a command that Litmus does not give, is
played, that is, it holds for as long as the container would and touches nothing.
"""

from __future__ import annotations

import re
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.cluster.pod_runner.api import Json

ON_THE_API = (
    "node-drain",
    "node-taint",
    "pod-autoscaler",
    "pod-delete",
    "pod-network-partition",
)
"""Experiments that do all their work through the API server."""
BY_HELPER = (
    "container-kill",
    "disk-fill",
    "kubelet-service-kill",
    "node-cpu-hog",
    "node-io-stress",
    "node-memory-hog",
    "pod-cpu-hog",
    "pod-dns-error",
    "pod-dns-spoof",
    "pod-http-latency",
    "pod-http-modify-body",
    "pod-http-modify-header",
    "pod-http-reset-peer",
    "pod-http-status-code",
    "pod-io-stress",
    "pod-memory-hog",
    "pod-network-corruption",
    "pod-network-duplication",
    "pod-network-latency",
    "pod-network-loss",
    "pod-network-rate-limit",
)
"""Experiments that only make helper pods; what would touch a node is in these, and is played."""

_REPOSITORY = re.compile(r"(?:[^/]+/)*litmuschaos/([a-z-]+)(?::[^/@]+)?(?:@.+)?")
_TIMEOUT = re.compile(r"--timeout (\d+)s?")


@dataclass(frozen=True, slots=True)
class Binaries:
    """The programs that were built, and the folder where kubectl lies."""

    operator: Path
    experiments: Path
    kubectl: Path


def command(container: Json, binaries: Binaries, kubeconfig: Path) -> list[str]:
    """What to start in place of the container."""
    told = [*(container.get("command") or []), *(container.get("args") or [])]
    found = _REPOSITORY.fullmatch(container["image"])
    image = found[1] if found else ""
    if image == "chaos-operator" and told[:1] == ["chaos-operator"]:
        return [str(binaries.operator), *told[1:]]
    if image == "chaos-runner" and not told:
        return _ours("chaos_runner")
    if image == "go-runner":
        program, name = _of_shell(told)
        if program == "./experiments" and name in ON_THE_API + BY_HELPER:
            return [str(binaries.experiments), "-name", name, "-kubeconfig", str(kubeconfig)]
        if program == "./helpers":
            return _ours("helper")
    seconds = _TIMEOUT.search(" ".join(told))
    return _ours("idle") + ([seconds[1]] if seconds else [])


def _of_shell(told: list[str]) -> tuple[str, str]:
    """Program and name of `/bin/bash -c "PROGRAM -name NAME"`, or nothing."""
    if told[:-1] != ["/bin/bash", "-c"]:
        return "", ""
    found = re.fullmatch(r"(\./\w+) -name ([a-z0-9-]+)", told[-1])
    return (found[1], found[2]) if found else ("", "")


def _ours(name: str) -> list[str]:
    return [sys.executable, "-m", f"tests.cluster.pod_runner.{name}"]
