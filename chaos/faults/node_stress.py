"""The node-stress family: a node runs short of processor, memory, or its disk's attention.

An ordinary pod on the node runs the stressor. Killed or not, that pod takes all of it along: its processes,
its memory, and its files, which lie in its own storage.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from chaos.domain.injection import InverseKind, Sign
from chaos.domain.spec import FaultSpec
from chaos.domain.targets import Targets
from chaos.faults.base import Parameter, Part, with_env
from chaos.faults.kinds import Whole
from chaos.faults.on_nodes import PODS_BACK, NodeFault
from chaos.faults.on_pods import PROVEN_BY
from chaos.faults.parameters import exactly_one_of
from chaos.faults.rights import NODE_STRESS

MEMORY, DISK = "MemoryPressure", "DiskPressure"
_PROOF = (
    "No helper is left, the node is ready{}, and the probe named by proven_by is back in its tolerance. "
    f"{PODS_BACK}"
)
_LINGERS = (
    "The kubelet keeps a pressure up for some five minutes after it is over, and as long as it does the "
    "fault does not count as gone."
)


class _NodeStress(NodeFault):
    """Litmus only ever says that it targeted the node, so the helper itself is looked at: it is there as
    long as the fault. Nothing of a helper that was killed has to be undone."""

    needs = (
        "rights to see nodes in the whole cluster, for the experiment and for Gameday",
        "an unprivileged helper pod in the chaos namespace, on the target's node; a LimitRange of that "
        "namespace would make the fault smaller than what was asked for, without a word",
        "another node that is ready and without taints, for the experiment's own pod",
    )
    stops = (
        "Stop deletes the experiment with its helper, and the stressor ends with it, within 60 s. Its "
        "duration ends it in the same way. A helper that is killed ends the fault there and then: what it "
        "held goes with its pod, and nothing is left to undo."
    )
    proof = _PROOF.format("")
    family = NODE_STRESS
    names_node_by = "TARGET_NODES"
    pressures: tuple[str, ...] = ()
    """Those that it can put its node under."""
    sent: Mapping[str, str] = {}
    """Settings of Litmus' that are the same in each plan; a parameter goes before them."""

    @property
    def parameters(self) -> tuple[Parameter, ...]:
        return (*self.own, PROVEN_BY)

    def part(self, spec: FaultSpec, targets: Targets | None) -> Part:
        part = super().part(spec, targets)
        post = replace(part.postcondition, pressures=self.pressures, probe=spec.parameters["proven_by"])
        part = replace(part, inverse=InverseKind.DELETE_ENGINE, sign=Sign.HELPER_ON_NODE, postcondition=post)
        return with_env(part, {"SEQUENCE": "parallel", **self.sent, **part.env})

    def env_rules(self) -> Mapping[str, str]:
        return {"SEQUENCE": "parallel", **self.sent, **super().env_rules()}


class NodeCpuHog(_NodeStress):
    """Cores are always said: with none, Litmus takes all that the node has."""

    name = "node-cpu-hog"
    title = "Use up the processor of a node"
    effect = (
        "A stressor on the node keeps cores busy, and every pod there, of whatever team, gets less of the "
        "processor and answers later, as beside a neighbour that runs wild."
    )
    risk = (
        "All pods of the node answer late, those of other teams too, and their health checks may restart "
        "them. With every core of the node busy its kubelet may be late as well, and the node then counts as "
        "lost until the fault is over."
    )
    own = (
        Parameter(
            "cores",
            "How many cores it keeps busy; as many as the node has leave the others their fair share only.",
            Whole(1, 256, "cores"),
            env="NODE_CPU_CORE",
            example="4",
        ),
        Parameter("load", "How busy it keeps each of them.", Whole(1, 100, "%"), "100", "CPU_LOAD"),
    )


class NodeMemoryHog(_NodeStress):
    """Given both, Litmus would take the percentage: the other is sent as 0, whatever its charts say."""

    name = "node-memory-hog"
    title = "Use up the memory of a node"
    effect = (
        "A stressor on the node takes memory and keeps it for as long as the fault lasts: the pods there, of "
        "whatever team, have to do with the rest."
    )
    risk = (
        "Where less is free than it takes, the kernel kills processes, and the kubelet evicts pods, those "
        "that ask for no memory first: the stressor's own, but also those of other teams. Evicted pods start "
        "again elsewhere and do not come back by themselves. Under MemoryPressure the node takes few new "
        f"pods. {_LINGERS}"
    )
    proof = _PROOF.format(" and has no MemoryPressure that it did not have then")
    pressures = (MEMORY,)
    sent = {
        "MEMORY_CONSUMPTION_PERCENTAGE": "0",
        "MEMORY_CONSUMPTION_MEBIBYTES": "0",
        "NUMBER_OF_WORKERS": "1",
    }
    own = (
        Parameter(
            "percent",
            "How much it takes, of all the memory that the node has. Either this or mebibytes.",
            Whole(1, 95, "%"),
            "",
            "MEMORY_CONSUMPTION_PERCENTAGE",
            example="60",
        ),
        Parameter(
            "mebibytes",
            "How much it takes. Either this or percent.",
            Whole(1, 4194304, "MiB"),
            "",
            "MEMORY_CONSUMPTION_MEBIBYTES",
        ),
    )

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        return exactly_one_of(self.name, super().canonical(parameters), "percent", "mebibytes")


class NodeIoStress(_NodeStress):
    """CPU and VM_WORKERS are said too: for stress-ng a 0 is one for each core of the node."""

    name = "node-io-stress"
    title = "Keep the disk of a node busy"
    effect = (
        "Stressors on the node write, read and flush files without pause; one core and 256 MB of memory are "
        "kept busy beside them. Whatever writes or reads there, of whatever team, waits longer."
    )
    risk = (
        "Everything on the node that uses its disk gets slower, its kubelet and container runtime too, and "
        "what is written takes up space for as long. Where too little is left, the kubelet evicts pods, "
        "those of other teams too, and under DiskPressure the node takes no new ones. Evicted pods start "
        f"again elsewhere and do not come back by themselves. {_LINGERS}"
    )
    proof = _PROOF.format(" and has no MemoryPressure or DiskPressure that it did not have then")
    pressures = (MEMORY, DISK)
    sent = {
        "FILESYSTEM_UTILIZATION_PERCENTAGE": "0",
        "FILESYSTEM_UTILIZATION_BYTES": "0",
        "CPU": "1",
        "VM_WORKERS": "1",
    }
    own = (
        Parameter(
            "percent",
            "How much they write together, of what is free on the node's disk. Either this or gigabytes.",
            Whole(1, 90, "%"),
            "",
            "FILESYSTEM_UTILIZATION_PERCENTAGE",
            example="10",
        ),
        Parameter(
            "gigabytes",
            "How much they write together. Either this or percent.",
            Whole(1, 500, "GB"),
            "",
            "FILESYSTEM_UTILIZATION_BYTES",
        ),
        Parameter("workers", "How many write at once.", Whole(1, 32, "workers"), "4", "NUMBER_OF_WORKERS"),
    )

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        return exactly_one_of(self.name, super().canonical(parameters), "percent", "gigabytes")
