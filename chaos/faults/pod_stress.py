"""The pod-stress family: named pods run short of processor, memory, or the disk's attention.

A helper starts a stressor within the limits of the target's container and ends it again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Part, with_env
from chaos.faults.kinds import Matching, Whole
from chaos.faults.on_pods import PodFault
from chaos.faults.parameters import exactly_one_of
from chaos.faults.rights import DISK

_KILLED = (
    "If the helper is killed before it can end the stressor, that runs on until the pod is recreated, which "
    "Gameday then does."
)
_FOLDER = r"(?!.*\.\.)/[A-Za-z0-9][A-Za-z0-9._/-]{0,199}"


class PodCpuHog(PodFault):
    name = "pod-cpu-hog"
    in_container = True
    title = "Use up the processor of pods"
    effect = "A stressor in the named pods uses processor time, as far as the pods' own limits let it."
    risk = (
        "The pods answer late, and their health checks may restart them. A pod without a processor limit "
        f"takes from its neighbours on the node. {_KILLED}"
    )
    own = (
        Parameter("cores", "How many cores it keeps busy.", Whole(1, 64, "cores"), "1", "CPU_CORES"),
        Parameter("load", "How busy it keeps each of them.", Whole(1, 100, "%"), "100", "CPU_LOAD"),
    )


class PodMemoryHog(PodFault):
    """One worker: with more of them it is not plain whether each takes all of it or a share."""

    name = "pod-memory-hog"
    in_container = True
    title = "Use up the memory of pods"
    effect = "A stressor in the named pods takes memory, and keeps it."
    risk = (
        "Over the pod's limit the kernel kills the stressor or the application; a pod without a limit can "
        f"drive its neighbours off the node. {_KILLED}"
    )
    own = (
        Parameter(
            "megabytes",
            "How much it takes.",
            Whole(1, 65536, "MB"),
            env="MEMORY_CONSUMPTION",
            example="256",
        ),
    )

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        return with_env(super().part(spec, targets), {"NUMBER_OF_WORKERS": "1"})

    def env_rules(self) -> Mapping[str, str]:
        return {**super().env_rules(), "NUMBER_OF_WORKERS": "1"}


class PodIoStress(PodFault):
    """Given both, Litmus takes the percentage: the other is sent as 0, whatever its charts say."""

    name = "pod-io-stress"
    in_container = True
    title = "Keep the disk of pods busy"
    effect = "Stressors in the named pods write, read and flush files without pause."
    risk = (
        "Everything that shares the disk gets slower, pods of others on the node too; what is written takes "
        f"up space for as long. {_KILLED}"
    )
    own = (
        Parameter(
            "percent",
            "How much they write, of what is free on the file system. Either this or gigabytes.",
            Whole(1, 90, "%"),
            "",
            "FILESYSTEM_UTILIZATION_PERCENTAGE",
            example="10",
        ),
        Parameter(
            "gigabytes",
            "How much they write. Either this or percent.",
            Whole(1, 500, "GB"),
            "",
            "FILESYSTEM_UTILIZATION_BYTES",
        ),
        Parameter("workers", "How many write at once.", Whole(1, 32, "workers"), "4", "NUMBER_OF_WORKERS"),
        Parameter(
            "folder",
            "Where they write; the container's working folder when left out.",
            Matching(_FOLDER, "an absolute path"),
            "",
            "VOLUME_MOUNT_PATH",
        ),
    )

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        found = super().canonical(parameters)
        return exactly_one_of(self.name, found, "percent", "gigabytes")

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        part = super().part(spec, targets)
        other = {"FILESYSTEM_UTILIZATION_PERCENTAGE": "0", "FILESYSTEM_UTILIZATION_BYTES": "0"}
        return with_env(part, {**other, **part.env})


class DiskFill(PodFault):
    """Litmus takes the percentage of a limit if the container has one, and the mebibytes only if it has
    none. The other is sent as 0, so that nothing is filled where they do not fit, and the run ends."""

    name = "disk-fill"
    in_container = True
    title = "Fill the disk of pods"
    effect = "A file in the named pods' own storage grows until the disk is as full as asked."
    risk = (
        "Writes fail when it is full, and past its limit the pod is evicted and another one started. Without "
        "a limit the node's own disk fills, and other pods on it may be evicted. If the helper is killed "
        "before it can remove the file, the file stays until the pod is recreated, which Gameday then does."
    )
    proof = (
        "No helper is left, each target was taken back by its helper in an experiment that ran to its end, "
        "or was replaced, as many pods are ready as before, and the probe named by proven_by is back in its "
        "tolerance."
    )
    stops = (
        "Its duration ends it: the helper removes the file. Stop deletes the experiment with its helpers, "
        "and each tries to remove its file, within 60 s; but it says so whether it could or not. After a "
        "Stop Gameday therefore deletes the pods, so that their controller starts new ones without the file."
    )
    family = DISK
    own = (
        Parameter(
            "percent",
            "How full, of the container's ephemeral-storage limit; past 100 % the pod is evicted. Only for "
            "containers that have that limit. Either this or mebibytes.",
            Whole(1, 120, "%"),
            "",
            "FILL_PERCENTAGE",
            example="80",
        ),
        Parameter(
            "mebibytes",
            "How much, for containers without such a limit. Either this or percent.",
            Whole(1, 102400, "MiB"),
            "",
            "EPHEMERAL_STORAGE_MEBIBYTES",
        ),
    )

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        found = super().canonical(parameters)
        return exactly_one_of(self.name, found, "percent", "mebibytes")

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        """When it is aborted, litmus-go says "reverted" after three tries, be the file gone or not."""
        part = super().part(spec, targets)
        part = replace(part, postcondition=replace(part.postcondition, lies_when_aborted=True))
        return with_env(part, {"FILL_PERCENTAGE": "0", "EPHEMERAL_STORAGE_MEBIBYTES": "0", **part.env})
