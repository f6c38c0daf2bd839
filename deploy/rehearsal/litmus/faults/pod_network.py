"""The pod-network family: a queueing discipline on what the pod sends, or on a part of it."""

from deploy.rehearsal.litmus.faults.by_helper import ByHelper
from deploy.rehearsal.litmus.settings import Settings
from deploy.rehearsal.platform.policies import (
    FRAUD,
    LEDGER,
    LEDGER_IP,
    PAYMENTS,
    PODS_NET,
    SERVICES_NET,
    overlaps,
)
from deploy.rehearsal.platform.troubles import Effect
from deploy.rehearsal.store import Object
from deploy.rehearsal.traffic.links import Link

KILOBITS = {"kbit": 1.0, "mbit": 1e3, "gbit": 1e6}
ANSWER_KILOBITS = 32.0  # one answer with all its packets: 4 KB
FULL_RATE = 150 * ANSWER_KILOBITS  # what payments-api sends at most


class PodNetwork(ByHelper):
    """Answers go to pods' addresses; calls go to a Service's, or to the ledger outside the cluster.

    So DESTINATION_IPS 10.96.0.0/12, the Services, delays the calls of a pod and never its answers. Each
    address and each port gets a filter of its own, and what passes any of them is touched: a host together
    with a port is all to that host, and all to that port of anybody's.
    """

    def link(self, settings: Settings) -> Link:
        raise NotImplementedError

    def effect(self, settings: Settings, target: Object) -> Effect:
        links = (self.link(settings),)
        answers = _touches_answers(settings)
        return Effect(
            answers=links if answers else (),
            fraud=links if _touches(settings, SERVICES_NET, "fraud-detector", to_port=FRAUD.port) else (),
            ledger=links if _touches(settings, LEDGER_IP, "ledger", to_port=LEDGER.port) else (),
            blocks_probes=answers and links[0].silences,
        )


def _touches_answers(settings: Settings) -> bool:
    return _touches(settings, PODS_NET, from_port=PAYMENTS.port)


def _touches(settings: Settings, net: str, host: str = "", *, to_port: int = 0, from_port: int = 0) -> bool:
    """Whether packets to there pass the discipline. A leading `!` takes a destination out again. A port of 0
    is one that nobody names, as that of whoever asked."""
    nets, hosts = settings.names("DESTINATION_IPS"), settings.names("DESTINATION_HOSTS")
    if overlaps([one[1:] for one in nets if one.startswith("!")], net):
        return False
    if host and any(one.startswith("!") and one[1:].startswith(host) for one in hosts):
        return False
    wanted = [one for one in (*nets, *hosts) if not one.startswith("!")]
    ports, own = settings.names("DESTINATION_PORTS"), settings.names("SOURCE_PORTS")
    if not (wanted or ports or own):
        return True
    if str(to_port) in ports or str(from_port) in own:
        return True
    by_name = bool(host) and any(one.split(".")[0] == host for one in hosts)
    return by_name or overlaps([one for one in nets if not one.startswith("!")], net)


class PodNetworkLatency(PodNetwork):
    name = "pod-network-latency"

    def link(self, settings: Settings) -> Link:
        latency = settings.integer("NETWORK_LATENCY", "2000") / 1000
        return Link(latency=latency, jitter=settings.integer("JITTER") / 1000)


class PodNetworkLoss(PodNetwork):
    name = "pod-network-loss"

    def link(self, settings: Settings) -> Link:
        return Link(loss=settings.integer("NETWORK_PACKET_LOSS_PERCENTAGE", "100") / 100)


class PodNetworkCorruption(PodNetwork):
    """A damaged packet fails its checksum and is sent again: the same as a lost one."""

    name = "pod-network-corruption"

    def link(self, settings: Settings) -> Link:
        return Link(loss=settings.integer("NETWORK_PACKET_CORRUPTION_PERCENTAGE", "100") / 100)


class PodNetworkDuplication(PodNetwork):
    """TCP throws the second packet away: it costs a little time, and nobody notices."""

    name = "pod-network-duplication"

    def link(self, settings: Settings) -> Link:
        share = settings.integer("NETWORK_PACKET_DUPLICATION_PERCENTAGE", "100") / 100
        return Link(latency=0.001, share=share)


class PodNetworkRateLimit(PodNetwork):
    """The pod serves as many requests as the rate lets answers out, each of them 4 KB."""

    name = "pod-network-rate-limit"

    def effect(self, settings: Settings, target: Object) -> Effect:
        if not _touches_answers(settings):
            return Effect()
        rate = max(kilobits(settings.text("NETWORK_BANDWIDTH", "1mbit")), 0.1)
        link = Link(latency=ANSWER_KILOBITS / rate)
        return Effect(speed=min(1.0, rate / FULL_RATE), answers=(link,), blocks_probes=link.silences)


def kilobits(text: str) -> float:
    """A tc rate such as `1mbit` in kilobits a second; 0 where it cannot be read."""
    for unit, factor in KILOBITS.items():
        number = text.removesuffix(unit)
        if number != text and number.isdigit():
            return int(number) * factor
    return 0.0
