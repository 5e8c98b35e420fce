"""From which address a request comes: the peer's, or what proxies that we trust say of it."""

from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

Network = IPv4Network | IPv6Network
UNKNOWN = "unknown"
_CUSTOMER = 64  # the network that one customer of IPv6 gets at least: within it, addresses are free


def source_of(peer: str | None, forwarded: str, trusted: Sequence[Network]) -> str:
    """Return the source as it is counted: an IPv4 address, or the /64 of an IPv6 address.

    `forwarded` is X-Forwarded-For, to which each proxy appends whom it heard: it is read from the right, and only as long
    as the one who wrote an entry is trusted. What stands further left, anybody may have made up.
    """
    hop = _address(peer or "")
    if hop is None:
        return UNKNOWN
    for entry in reversed(forwarded.split(",") if forwarded else []):
        if not any(hop in network for network in trusted):
            break
        earlier = _address(_without_port(entry.strip()))
        if earlier is None:  # a trusted proxy that says nothing of use is where the trail ends
            break
        hop = earlier
    return counted(hop)


def counted(address: IPv4Address | IPv6Address) -> str:
    """Return `address` as it is counted."""
    if isinstance(address, IPv4Address):
        return str(address)
    return str(ip_network((int(address) >> (128 - _CUSTOMER) << (128 - _CUSTOMER), _CUSTOMER)))


def _address(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _without_port(entry: str) -> str:
    if entry.startswith("["):
        return entry[1:].partition("]")[0]
    return entry.partition(":")[0] if entry.count(":") == 1 else entry
