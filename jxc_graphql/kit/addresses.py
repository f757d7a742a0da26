"""Network addresses and origins of pages: in one spelling, in ranges, and as one neighbour sees another."""

import re
from collections.abc import Collection
from functools import lru_cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

IPV6_NEIGHBOURS = 64
"""The bits that tell customers of a provider apart: whoever has one address there has all of them."""

DEFAULT_PORTS = {"http": 80, "https": 443}
ANY_PORT = ":*"
_PAGES = re.compile(r"([a-z][a-z0-9+.-]*)://(\[[0-9a-f:.]+\]|[^\s/:?#@\[\]*]+)(:(?:\d{1,5}|\*))?/?")


@lru_cache(maxsize=4096)
def _parsed(text: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(text.partition("%")[0])
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


@lru_cache(maxsize=4096)
def _network(text: str) -> IPv4Network | IPv6Network:
    return ip_network(text)


def spelt(text: str) -> str:
    """An address as it is kept and compared; empty for what is none."""
    return str(_parsed(text) or "")


def origin(address: str) -> str:
    """Whom an address stands for: itself, of IPv6 the network that its customer has."""
    found = _parsed(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((found, IPV6_NEIGHBOURS), strict=False))
    return str(found or "")


def coarse(address: str) -> str:
    """The neighbourhood of an address, which tells no household from the next: of IPv4 a /24, of IPv6 a /48."""
    found = _parsed(address)
    bits = 48 if isinstance(found, IPv6Address) else 24
    return str(ip_network((found, bits), strict=False)) if found else ""


def range_of(text: str) -> str | None:
    """A range (CIDR) or a single address as it is kept; None for what is neither."""
    try:
        return str(ip_network(text.strip(), strict=False))
    except ValueError:
        return None


def within(address: str, ranges: Collection[str]) -> bool:
    """Whether an address lies in one of the ranges."""
    found = _parsed(address)
    return found is not None and any(found in _network(one) for one in ranges)


def origin_of_pages(text: str) -> str | None:
    """Where pages come from as browsers spell it, with `:*` for any port; None for what is no origin."""
    match = _PAGES.fullmatch(text.lower())
    if match is None:
        return None
    scheme, host, port = match.groups(default="")
    try:
        host = host if host.isascii() else host.encode("idna").decode()
    except UnicodeError:
        return None
    return f"{scheme}://{host}" if port == f":{DEFAULT_PORTS.get(scheme)}" else f"{scheme}://{host}{port}"
