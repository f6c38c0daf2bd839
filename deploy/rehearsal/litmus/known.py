"""Which settings litmus-go reads, experiment by experiment.

It ignores every other one without a word, and takes its own default for what was meant: a misspelt
NETWORK_LATENCY is two seconds of latency. Here an engine that sends one is refused, with an experiment in
phase Error that has touched nothing. What a ChaosExperiment sets beside that is not looked at: Litmus' own
charts carry settings that nobody reads any more.
"""

from collections.abc import Iterable

from deploy.rehearsal.store import Object
from deploy.rehearsal.store.objects import dig


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_ALL = _words(
    "TOTAL_CHAOS_DURATION RAMP_TIME DEFAULT_HEALTH_CHECK INSTANCE_ID JOB_CLEANUP_POLICY LIB_IMAGE "
    "LIB_IMAGE_PULL_POLICY STATUS_CHECK_DELAY STATUS_CHECK_TIMEOUT TERMINATION_GRACE_PERIOD_SECONDS"
)
_PODS = _words("TARGET_PODS PODS_AFFECTED_PERC SEQUENCE TARGET_CONTAINER NODE_LABEL")
_HELPER = _PODS | _words("CONTAINER_RUNTIME SOCKET_PATH SET_HELPER_DATA")
_NET = _HELPER | _words(
    "NETWORK_INTERFACE DESTINATION_IPS DESTINATION_HOSTS SOURCE_PORTS DESTINATION_PORTS CORRELATION"
)
_HTTP = _HELPER | _words("TARGET_SERVICE_PORT PROXY_PORT TOXICITY NETWORK_INTERFACE")
_NODE = _words("TARGET_NODE NODE_LABEL")
_NODES = _words("TARGET_NODES NODES_AFFECTED_PERC NODE_LABEL SEQUENCE")
_BY_LABEL = _words("TARGET_PODS SEQUENCE")
"""Sent by whoever names his targets, and read by nobody: these two go by the engine's label."""
_FILE_SYSTEM = _words(
    "FILESYSTEM_UTILIZATION_PERCENTAGE FILESYSTEM_UTILIZATION_BYTES NUMBER_OF_WORKERS VOLUME_MOUNT_PATH"
)

_READ: dict[str, frozenset[str]] = {
    "pod-delete": _PODS | _words("CHAOS_INTERVAL FORCE RANDOMNESS"),
    "container-kill": _HELPER | _words("CHAOS_INTERVAL SIGNAL"),
    "pod-network-latency": _NET | _words("NETWORK_LATENCY JITTER"),
    "pod-network-loss": _NET | _words("NETWORK_PACKET_LOSS_PERCENTAGE"),
    "pod-network-corruption": _NET | _words("NETWORK_PACKET_CORRUPTION_PERCENTAGE"),
    "pod-network-duplication": _NET | _words("NETWORK_PACKET_DUPLICATION_PERCENTAGE"),
    "pod-network-rate-limit": _NET | _words("NETWORK_BANDWIDTH BURST LIMIT MIN_BURST PEAK_RATE"),
    "pod-network-partition": _BY_LABEL
    | _words("POLICY_TYPES PORTS POD_SELECTOR NAMESPACE_SELECTOR DESTINATION_IPS DESTINATION_HOSTS"),
    "pod-cpu-hog": _HELPER | _words("CPU_CORES CPU_LOAD"),
    "pod-memory-hog": _HELPER | _words("MEMORY_CONSUMPTION NUMBER_OF_WORKERS"),
    "pod-io-stress": _HELPER | _FILE_SYSTEM,
    "disk-fill": _HELPER | _words("FILL_PERCENTAGE EPHEMERAL_STORAGE_MEBIBYTES DATA_BLOCK_SIZE"),
    "pod-dns-error": _HELPER | _words("TARGET_HOSTNAMES MATCH_SCHEME CHAOS_TYPE"),
    "pod-dns-spoof": _HELPER | _words("SPOOF_MAP CHAOS_TYPE"),
    "pod-http-latency": _HTTP | _words("LATENCY"),
    "pod-http-status-code": _HTTP
    | _words("STATUS_CODE MODIFY_RESPONSE_BODY RESPONSE_BODY CONTENT_TYPE CONTENT_ENCODING"),
    "pod-http-modify-header": _HTTP | _words("HEADERS_MAP HEADER_MODE"),
    "pod-http-modify-body": _HTTP | _words("RESPONSE_BODY CONTENT_TYPE CONTENT_ENCODING"),
    "pod-http-reset-peer": _HTTP | _words("RESET_TIMEOUT"),
    "pod-autoscaler": _BY_LABEL | _words("REPLICA_COUNT"),
    "node-drain": _NODE,
    "node-taint": _NODE | _words("TAINTS"),
    "node-cpu-hog": _NODES | _words("NODE_CPU_CORE CPU_LOAD"),
    "node-memory-hog": _NODES
    | _words("MEMORY_CONSUMPTION_PERCENTAGE MEMORY_CONSUMPTION_MEBIBYTES NUMBER_OF_WORKERS"),
    "node-io-stress": _NODES | _FILE_SYSTEM - _words("VOLUME_MOUNT_PATH") | _words("CPU VM_WORKERS"),
    "kubelet-service-kill": _NODE | _words("TARGET_CONTAINER SET_HELPER_DATA"),
    "node-restart": _NODE | _words("TARGET_NODE_IP SSH_USER REBOOT_COMMAND TARGET_CONTAINER SET_HELPER_DATA"),
}


def unread(experiment: str, names: Iterable[str]) -> list[str]:
    """Those of the settings that this experiment would ignore."""
    return sorted(set(names) - _ALL - _READ[experiment])


def sent(engine: Object, experiment: str) -> list[str]:
    """The names of the settings that the engine itself brings along."""
    experiments = dig(engine, "spec", "experiments") or []
    env = [dig(one, "spec", "components", "env") or [] for one in experiments if one["name"] == experiment]
    return [one["name"] for settings in env for one in settings]
