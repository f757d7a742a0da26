"""Where a request comes from: who is connected, or for whom a trusted proxy says that it speaks.

Each proxy adds to the header whom it was asked by, so it is read from the right: as long as the one who speaks is
trusted, so is what it says. One header is read and no other: a proxy hands on what it does not know, as its client
wrote it.
"""

from collections.abc import Collection, Iterator

from starlette.datastructures import Headers

from jxc_graphql.kit import addresses
from jxc_graphql.kit.settings import Settings


class Proxies:
    """The proxies that are believed."""

    def __init__(self, ranges: Collection[str], header: str) -> None:
        """Ranges of their addresses, and the header that they write."""
        self._ranges = ranges
        self._header = header

    @classmethod
    def of(cls, settings: Settings) -> "Proxies":
        """Those of an installation."""
        return cls(settings.trusted_proxies, settings.forwarded_header)

    def trusts(self, address: str) -> bool:
        """Whether one of them has this address."""
        return addresses.within(address, self._ranges)

    def client(self, peer: str, headers: Headers) -> str:
        """The address of whoever asks; where a proxy names none, the proxy's own."""
        found = peer
        if self.trusts(peer):
            for named in reversed([*self._named(headers)]):
                address = addresses.spelt(named)
                found = address or found
                if not address or not self.trusts(address):
                    break
        return found

    def _named(self, headers: Headers) -> Iterator[str]:
        for part in ",".join(headers.getlist(self._header)).split(","):
            if self._header == "forwarded":
                pairs = (pair.strip().partition("=") for pair in part.split(";"))
                yield _host(next((value for name, _, value in pairs if name.lower() == "for"), ""))
            else:
                yield _host(part)


def _host(text: str) -> str:
    """The address without a port: `192.0.2.1:80`, `"[2001:db8::1]:80"`."""
    host = text.strip().strip('"')
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host
