"""The faults that the stand-in can run, one small class each; a new one is made for every pod."""

from collections.abc import Callable

from deploy.rehearsal.litmus.experiment import Fault
from deploy.rehearsal.litmus.faults.container_kill import ContainerKill
from deploy.rehearsal.litmus.faults.disk_fill import DiskFill
from deploy.rehearsal.litmus.faults.node_drain import NodeDrain
from deploy.rehearsal.litmus.faults.node_services import KubeletServiceKill, NodeRestart
from deploy.rehearsal.litmus.faults.node_stress import NodeCpuHog, NodeIoStress, NodeMemoryHog
from deploy.rehearsal.litmus.faults.node_taint import NodeTaint
from deploy.rehearsal.litmus.faults.pod_autoscaler import PodAutoscaler
from deploy.rehearsal.litmus.faults.pod_delete import PodDelete
from deploy.rehearsal.litmus.faults.pod_dns import PodDnsError, PodDnsSpoof
from deploy.rehearsal.litmus.faults.pod_http import (
    PodHttpLatency,
    PodHttpModifyBody,
    PodHttpModifyHeader,
    PodHttpResetPeer,
    PodHttpStatusCode,
)
from deploy.rehearsal.litmus.faults.pod_network import (
    PodNetworkCorruption,
    PodNetworkDuplication,
    PodNetworkLatency,
    PodNetworkLoss,
    PodNetworkRateLimit,
)
from deploy.rehearsal.litmus.faults.pod_network_partition import PodNetworkPartition
from deploy.rehearsal.litmus.faults.pod_stress import PodCpuHog, PodIoStress, PodMemoryHog

_ALL: tuple[Callable[[], Fault], ...] = (
    PodDelete,
    ContainerKill,
    PodNetworkLatency,
    PodNetworkLoss,
    PodNetworkCorruption,
    PodNetworkDuplication,
    PodNetworkRateLimit,
    PodNetworkPartition,
    PodCpuHog,
    PodMemoryHog,
    PodIoStress,
    DiskFill,
    PodDnsError,
    PodDnsSpoof,
    PodHttpLatency,
    PodHttpStatusCode,
    PodHttpResetPeer,
    PodHttpModifyBody,
    PodHttpModifyHeader,
    PodAutoscaler,
    NodeDrain,
    NodeTaint,
    NodeCpuHog,
    NodeMemoryHog,
    NodeIoStress,
    KubeletServiceKill,
    NodeRestart,
)
FAULTS: dict[str, Callable[[], Fault]] = {make().name: make for make in _ALL}
