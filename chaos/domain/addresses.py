"""Which addresses Gameday may be sent to. Pure: nothing is resolved here.

Whoever enters an address must not make this server ask what only it can reach: the metadata services of
clouds give out credentials to whoever asks from the machine itself.
"""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from urllib.parse import SplitResult, urlsplit

from chaos.domain.errors import Refused

_OFF_LIMITS = tuple(
    map(
        ip_network,
        (
            "169.254.0.0/16",  # link-local, and the metadata service of most clouds
            "fe80::/10",
            "fd00:ec2::/32",  # metadata of AWS over IPv6
            "100.100.100.200/32",  # of Alibaba
            "168.63.129.16/32",  # of Azure's host
            "192.0.0.192/32",  # of Oracle
            "0.0.0.0/8",
            "::/128",
            "224.0.0.0/3",  # multicast, reserved and broadcast
            "ff00::/8",
        ),
    )
)
_LONGEST = 300
_EMBEDS_IPV4 = ip_network("64:ff9b::/96")


def is_off_limits(address: str) -> bool:
    """Whether a numeric IP address is one that nobody has reason to be sent to."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    return any(item in network for item in _meant(found) for network in _OFF_LIMITS)


def checked(url: str, what: str, field: str) -> str:
    """`url` without a slash at its end. `what` begins the sentence: "The address of Prometheus".

    Raises Refused for what is no plain http(s) address, and for one that is off limits as it is written; what
    a name stands for is looked at when it is connected to.
    """
    parts = _parts(url.strip())
    if parts is None or parts.query or parts.fragment:
        raise Refused(f"{what} is written https://host:port, with a path if need be; not {url!r}.", field)
    if parts.username is not None or parts.password is not None:
        raise Refused(f"{what} must not hold a name or a password; they have fields of their own.", field)
    if is_off_limits(parts.hostname or ""):
        raise Refused(f"{what} is link-local or a cloud's own; Gameday does not go there.", field)
    return parts.geturl().rstrip("/")


def origin(url: str) -> tuple[str, str, int | None]:
    """Scheme, host and port: who it is that gets to see what is sent there."""
    parts = urlsplit(url)
    return parts.scheme, parts.hostname or "", parts.port or {"https": 443, "http": 80}.get(parts.scheme)


def _parts(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return None
    is_plain = url.isprintable() and " " not in url and len(url) <= _LONGEST
    return parts if is_address and is_plain else None


def _meant(address: IPv4Address | IPv6Address) -> list[IPv4Address | IPv6Address]:
    """The address, and the IPv4 one that it wraps."""
    if isinstance(address, IPv4Address):
        return [address]
    wrapped = [address.ipv4_mapped, address.sixtofour]
    if address in _EMBEDS_IPV4:
        wrapped.append(IPv4Address(int(address) & 0xFFFFFFFF))
    return [address, *(item for item in wrapped if item is not None)]
