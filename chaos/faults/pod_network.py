"""The pod-network family: traffic of named pods is delayed, lost, corrupted, doubled or throttled.

A helper puts a queueing discipline on their interface and takes it off again.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta

from chaos.domain.errors import Refused
from chaos.faults.base import Parameter, Risk
from chaos.faults.kinds import FULL_HOSTS, INTERFACE, PORTS, Duration, Matching, Networks, Whole
from chaos.faults.on_pods import PodFault
from chaos.faults.parameters import duration

_RATE = Matching(r"[1-9]\d{0,6}(kbit|mbit|gbit)", "a rate like 1mbit")
_SIZE = Matching(r"[1-9]\d{0,6}(b|kb|mb)", "a size like 32kb")

NET: tuple[Parameter, ...] = (
    Parameter(
        "to_networks",
        "Only traffic to these, and to the hosts below; all when nothing is narrowed down.",
        Networks(),
        "",
        "DESTINATION_IPS",
    ),
    Parameter(
        "to_hosts",
        "Only traffic to these hosts. They are looked up once, in the experiment's pod, as the fault begins: "
        "what they resolve to later is left alone, and so is one of several that is not found. When none is "
        "found nothing is injected.",
        FULL_HOSTS,
        "",
        "DESTINATION_HOSTS",
    ),
    Parameter(
        "to_ports",
        "Only traffic to these ports, of whatever host: not together with hosts, networks or from_ports.",
        PORTS,
        "",
        "DESTINATION_PORTS",
    ),
    Parameter(
        "from_ports",
        "Only traffic from these ports, to whatever host: not together with hosts, networks or to_ports.",
        PORTS,
        "",
        "SOURCE_PORTS",
    ),
    Parameter("interface", "The pod's network interface.", INTERFACE, "eth0", "NETWORK_INTERFACE"),
)
_KILLED = (
    "What the pod answers to its kubelet's health checks is touched too, unless the traffic is narrowed "
    "down: its containers may be restarted, or go unready. If the helper is killed before it can undo it, "
    "the rule stays until the pod is recreated, which Gameday then does."
)

_NARROWINGS = (("to_networks", "to_hosts"), ("to_ports",), ("from_ports",))


class _PodNetwork(PodFault):
    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        found = super().canonical(parameters)
        used = [kind for kind in _NARROWINGS if any(name in found for name in kind)]
        if len(used) > 1:
            one, other = (next(name for name in kind if name in found) for kind in used[:2])
            raise Refused(
                f"{one} and {other} do not narrow each other down: Litmus touches all that fits either. Give "
                "one of them: to_hosts and to_networks, to_ports, or from_ports.",
                other,
            )
        return found


class PodNetworkLatency(_PodNetwork):
    name = "pod-network-latency"
    title = "Delay network traffic of pods"
    effect = "Everything that the named pods send takes longer, by a fixed time and an optional jitter."
    risk = f"Callers wait, time out and retry; queues fill upstream. {_KILLED}"
    own = (
        Parameter(
            "latency",
            "How much longer.",
            Duration(timedelta(milliseconds=1), timedelta(seconds=60)),
            env="NETWORK_LATENCY",
            example="300ms",
        ),
        Parameter(
            "jitter",
            "By how much it varies.",
            Duration(timedelta(0), timedelta(seconds=30)),
            "0s",
            "JITTER",
        ),
        *NET,
    )

    def canonical(self, parameters: Mapping[str, object]) -> dict[str, str]:
        found = super().canonical(parameters)
        least, most = timedelta(0), timedelta(seconds=60)
        latency, jitter = (duration(found[name], name, least, most) for name in ("latency", "jitter"))
        if jitter > latency:
            raise Refused(
                f"{found['jitter']} is more than the latency itself, {found['latency']}; nothing can be "
                "earlier than at once.",
                "jitter",
            )
        return found


class PodNetworkLoss(_PodNetwork):
    name = "pod-network-loss"
    title = "Lose network packets of pods"
    effect = "A share of the packets that the named pods send is thrown away."
    risk = f"TCP slows down long before it breaks; connections may hang. {_KILLED}"
    own = (
        Parameter(
            "percent", "How many.", Whole(1, 100, "%"), env="NETWORK_PACKET_LOSS_PERCENTAGE", example="10"
        ),
        *NET,
    )


class PodNetworkCorruption(_PodNetwork):
    name = "pod-network-corruption"
    title = "Corrupt network packets of pods"
    effect = "A share of the packets that the named pods send arrives damaged, and is sent again."
    risk = f"What has no checksum of its own may be read wrong. {_KILLED}"
    own = (
        Parameter(
            "percent",
            "How many.",
            Whole(1, 100, "%"),
            env="NETWORK_PACKET_CORRUPTION_PERCENTAGE",
            example="10",
        ),
        *NET,
    )


class PodNetworkDuplication(_PodNetwork):
    name = "pod-network-duplication"
    title = "Double network packets of pods"
    effect = "A share of the packets that the named pods send is sent twice."
    risk = f"Datagrams without a number of their own are handled twice. {_KILLED}"
    own = (
        Parameter(
            "percent",
            "How many.",
            Whole(1, 100, "%"),
            env="NETWORK_PACKET_DUPLICATION_PERCENTAGE",
            example="10",
        ),
        *NET,
    )


class PodNetworkRateLimit(_PodNetwork):
    name = "pod-network-rate-limit"
    title = "Throttle network traffic of pods"
    effect = "The named pods send no faster than the given rate."
    risk = f"Large answers take long; buffers grow. {_KILLED}"
    risk_class = Risk.MEDIUM
    own = (
        Parameter(
            "rate",
            "The most that gets through.",
            _RATE,
            env="NETWORK_BANDWIDTH",
            example="1mbit",
            weakens=True,
        ),
        Parameter("burst", "What may go at once.", _SIZE, "32kb", "BURST"),
        Parameter("limit", "What may wait.", _SIZE, "2mb", "LIMIT"),
        *NET,
    )
