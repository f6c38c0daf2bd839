"""What each experiment is told, name by name and value by value, as litmus-go 3.28 to 3.31 reads it.

Written down from `pkg/**/environment/environment.go` and the helpers of litmus-go, never from our own
catalogue: a name that litmus-go does not read is ignored there without a word, and its default, often ten
times as strong, takes the place of what was approved.
"""

from __future__ import annotations

from dataclasses import dataclass, field

ALL = {"TOTAL_CHAOS_DURATION": "60", "RAMP_TIME": "0", "DEFAULT_HEALTH_CHECK": "false"}
PODS = {**ALL, "SEQUENCE": "parallel", "TARGET_PODS": "api-0"}
IN_CONTAINER = {**PODS, "TARGET_CONTAINER": "app"}


@dataclass(frozen=True)
class Row:
    """A fault with these parameters, and exactly what is sent for it."""

    fault: str
    parameters: dict[str, str]
    env: dict[str, str] = field(default_factory=dict)


_NARROWED: tuple[tuple[dict[str, str], dict[str, str]], ...] = (
    (
        {"to_networks": "10.96.0.0/12", "to_hosts": "ledger.bank.example"},
        {"DESTINATION_IPS": "10.96.0.0/12", "DESTINATION_HOSTS": "ledger.bank.example"},
    ),
    ({"to_ports": "443,8443"}, {"DESTINATION_PORTS": "443,8443"}),
    ({"from_ports": "8080"}, {"SOURCE_PORTS": "8080"}),
)
"""What narrows a fault in the network down: one kind of them at a time."""
HTTP = {"port": "8081", "percent": "40", "proxy_port": "20001", "interface": "net1"}
HTTP_ENV = PODS | {
    "TARGET_SERVICE_PORT": "8081",
    "TOXICITY": "40",
    "PROXY_PORT": "20001",
    "NETWORK_INTERFACE": "net1",
}
NODE = {**ALL, "TARGET_NODE": "node-0"}
BUSY_NODE = {**ALL, "SEQUENCE": "parallel", "TARGET_NODES": "node-0"}


def _net(fault: str, parameters: dict[str, str], env: dict[str, str]) -> tuple[Row, ...]:
    return tuple(
        Row(
            fault,
            {**to, **parameters, "interface": "net1"},
            PODS | sent | env | {"NETWORK_INTERFACE": "net1"},
        )
        for to, sent in _NARROWED
    )


SENT = (
    Row("pod-delete", {"force": "true"}, PODS | {"CHAOS_INTERVAL": "60", "FORCE": "true"}),
    Row(
        "container-kill",
        {"signal": "SIGTERM", "container": "app"},
        IN_CONTAINER | {"CHAOS_INTERVAL": "60", "SIGNAL": "SIGTERM"},
    ),
    *_net(
        "pod-network-latency",
        {"latency": "300ms", "jitter": "20ms"},
        {"NETWORK_LATENCY": "300", "JITTER": "20"},
    ),
    *_net("pod-network-loss", {"percent": "21"}, {"NETWORK_PACKET_LOSS_PERCENTAGE": "21"}),
    *_net("pod-network-corruption", {"percent": "22"}, {"NETWORK_PACKET_CORRUPTION_PERCENTAGE": "22"}),
    *_net("pod-network-duplication", {"percent": "23"}, {"NETWORK_PACKET_DUPLICATION_PERCENTAGE": "23"}),
    *_net(
        "pod-network-rate-limit",
        {"rate": "3mbit", "burst": "16kb", "limit": "1mb"},
        {"NETWORK_BANDWIDTH": "3mbit", "BURST": "16kb", "LIMIT": "1mb"},
    ),
    Row("pod-network-partition", {"direction": "ingress"}, PODS | {"POLICY_TYPES": "ingress"}),
    Row("pod-cpu-hog", {"cores": "3", "load": "70"}, IN_CONTAINER | {"CPU_CORES": "3", "CPU_LOAD": "70"}),
    Row(
        "pod-memory-hog",
        {"megabytes": "100"},
        IN_CONTAINER | {"MEMORY_CONSUMPTION": "100", "NUMBER_OF_WORKERS": "1"},
    ),
    Row(
        "pod-io-stress",
        {"percent": "12", "workers": "2", "folder": "/data"},
        IN_CONTAINER
        | {
            "FILESYSTEM_UTILIZATION_PERCENTAGE": "12",
            "FILESYSTEM_UTILIZATION_BYTES": "0",
            "NUMBER_OF_WORKERS": "2",
            "VOLUME_MOUNT_PATH": "/data",
        },
    ),
    Row(
        "pod-io-stress",
        {"gigabytes": "5", "workers": "2", "folder": "/data"},
        IN_CONTAINER
        | {
            "FILESYSTEM_UTILIZATION_PERCENTAGE": "0",
            "FILESYSTEM_UTILIZATION_BYTES": "5",
            "NUMBER_OF_WORKERS": "2",
            "VOLUME_MOUNT_PATH": "/data",
        },
    ),
    Row(
        "disk-fill",
        {"percent": "70"},
        IN_CONTAINER | {"FILL_PERCENTAGE": "70", "EPHEMERAL_STORAGE_MEBIBYTES": "0"},
    ),
    Row(
        "disk-fill",
        {"mebibytes": "500"},
        IN_CONTAINER | {"FILL_PERCENTAGE": "0", "EPHEMERAL_STORAGE_MEBIBYTES": "500"},
    ),
    Row(
        "pod-dns-error",
        {"hosts": "ledger,fraud", "match": "substring"},
        PODS | {"TARGET_HOSTNAMES": '["ledger","fraud"]', "MATCH_SCHEME": "substring"},
    ),
    Row("pod-dns-spoof", {"map": "ledger=sink"}, PODS | {"SPOOF_MAP": '{"ledger":"sink"}'}),
    Row("pod-http-latency", {**HTTP, "latency": "300ms"}, HTTP_ENV | {"LATENCY": "300"}),
    Row(
        "pod-http-status-code",
        {**HTTP, "status": "503", "body": "gone", "content_type": "text/html"},
        HTTP_ENV
        | {
            "STATUS_CODE": "503",
            "MODIFY_RESPONSE_BODY": "true",
            "RESPONSE_BODY": "gone",
            "CONTENT_TYPE": "text/html",
        },
    ),
    Row(
        "pod-http-modify-header",
        {**HTTP, "headers": "X-Fault=yes", "mode": "request"},
        HTTP_ENV | {"HEADERS_MAP": '{"X-Fault":"yes"}', "HEADER_MODE": "request"},
    ),
    Row(
        "pod-http-modify-body",
        {**HTTP, "body": "gone", "content_type": "text/html"},
        HTTP_ENV | {"RESPONSE_BODY": "gone", "CONTENT_TYPE": "text/html"},
    ),
    Row("pod-http-reset-peer", {**HTTP, "after": "200ms"}, HTTP_ENV | {"RESET_TIMEOUT": "200"}),
    Row("pod-autoscaler", {"replicas": "9"}, PODS | {"REPLICA_COUNT": "9"}),
    Row("node-drain", {}, NODE),
    Row(
        "node-taint",
        {"key": "gameday", "value": "lost", "effect": "NoExecute"},
        NODE | {"TAINTS": "gameday=lost:NoExecute"},
    ),
    Row("node-cpu-hog", {"cores": "3", "load": "50"}, BUSY_NODE | {"NODE_CPU_CORE": "3", "CPU_LOAD": "50"}),
    Row(
        "node-memory-hog",
        {"percent": "61"},
        BUSY_NODE
        | {
            "MEMORY_CONSUMPTION_PERCENTAGE": "61",
            "MEMORY_CONSUMPTION_MEBIBYTES": "0",
            "NUMBER_OF_WORKERS": "1",
        },
    ),
    Row(
        "node-memory-hog",
        {"mebibytes": "700"},
        BUSY_NODE
        | {
            "MEMORY_CONSUMPTION_PERCENTAGE": "0",
            "MEMORY_CONSUMPTION_MEBIBYTES": "700",
            "NUMBER_OF_WORKERS": "1",
        },
    ),
    Row(
        "node-io-stress",
        {"percent": "11", "workers": "3"},
        BUSY_NODE
        | {
            "FILESYSTEM_UTILIZATION_PERCENTAGE": "11",
            "FILESYSTEM_UTILIZATION_BYTES": "0",
            "NUMBER_OF_WORKERS": "3",
            "CPU": "1",
            "VM_WORKERS": "1",
        },
    ),
    Row(
        "node-io-stress",
        {"gigabytes": "6", "workers": "3"},
        BUSY_NODE
        | {
            "FILESYSTEM_UTILIZATION_PERCENTAGE": "0",
            "FILESYSTEM_UTILIZATION_BYTES": "6",
            "NUMBER_OF_WORKERS": "3",
            "CPU": "1",
            "VM_WORKERS": "1",
        },
    ),
    Row("kubelet-service-kill", {}, NODE),
    Row("node-restart", {}, NODE | {"SSH_USER": "root", "REBOOT_COMMAND": "systemctl reboot"}),
)
