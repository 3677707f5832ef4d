"""Where a webhook may go: not into the network that this service stands in, unless the settings say so.

The name is resolved once, every address that it has is looked at, and the connection goes to one of these: a name that
resolves to something else a moment later changes nothing. Forms that carry another address are unwrapped: IPv4 in IPv6,
NAT64 and 6to4, which `is_global` takes for public whatever they carry.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from service.connectors.errors import LaterError, RefusedError

__all__ = ["Guard", "Network", "Target"]

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Network = ipaddress.IPv4Network | ipaddress.IPv6Network

NAT64 = (ipaddress.ip_network("64:ff9b::/96"), ipaddress.ip_network("64:ff9b:1::/48"))
COMPATIBLE = ipaddress.ip_network("::/96")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """`url` has the address in the place of the name; `host` is for the Host header, `name` for TLS."""

    url: str
    host: str
    name: str


def resolve(host: str, port: int) -> list[str]:
    """Every address of a name; raises OSError."""
    return [str(info[4][0]) for info in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """`allow` are networks that are private and may be called all the same, as the setting `where` says; `lookup`
    resolves a name."""

    allow: tuple[Network, ...] = ()
    where: str = "allow"
    lookup: Callable[[str, int], Sequence[str]] = resolve

    def allowed(self, url: str) -> Target:
        """Raises RefusedError for a URL that may not be called, LaterError for a name without an address."""
        parts = urlsplit(url)
        try:
            name, port = parts.hostname, parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            raise RefusedError(f"{url[:80]!r}: the port is no number from 1 to 65535") from None
        if parts.scheme not in ("https", "http") or not name or parts.username is not None:
            raise RefusedError(f"{url[:80]!r}: expected https://host/path, without a user and a password")
        found = self.address(name, port)
        shown = f"[{found}]" if found.version == 6 else str(found)
        where = urlunsplit((parts.scheme, f"{shown}:{port}", parts.path or "/", parts.query, ""))
        host = f"[{name}]" if ":" in name else name
        return Target(url=where, host=host if parts.port is None else f"{host}:{port}", name=name)

    def address(self, name: str, port: int) -> Address:
        """Where to connect for a name, all of whose addresses may be called; raises as `allowed` does."""
        try:
            found = [ipaddress.ip_address(each.partition("%")[0]) for each in self.lookup(name, port)]
        except (OSError, UnicodeError):
            raise LaterError(f"{name} has no address") from None
        for address in found:
            if not self.may(address):
                raise RefusedError(f"{name} is {address}, no public address; if that is meant, add it to {self.where}")
        if not found:
            raise LaterError(f"{name} has no address")
        return found[0]

    def may(self, address: Address) -> bool:
        return all(public(each) or listed(each, self.allow) for each in unwrapped(address))


def listed(address: Address, networks: Sequence[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)


def public(address: Address) -> bool:
    local = address.is_multicast or address.is_reserved or (address.version == 6 and address.is_site_local)
    return address.is_global and not local


def unwrapped(address: Address) -> Iterator[Address]:
    """The address, and those that it carries; of a form that carries one only what is carried counts."""
    if address.version == 4:
        yield address
        return
    low = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    elif address.sixtofour is not None:
        yield address.sixtofour
    elif address.teredo is not None:
        yield from address.teredo
    elif listed(address, NAT64) or (address in COMPATIBLE and int(address) > 1):
        yield low
    else:
        yield address
