"""Where webhooks may go: every form in which an address of this network can be written is known."""

from __future__ import annotations

import ipaddress
import socket

import pytest

from service.connectors.errors import LaterError, RefusedError
from service.connectors.guard import Guard

PRIVATE = [
    "127.0.0.1",
    "10.1.1.1",
    "172.16.0.1",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::1",
    "::",
    "fe80::1",
    "fc00::1",
    "fec0::1",
    "ff02::1",
    "::ffff:127.0.0.1",
    "::ffff:10.0.0.1",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
    "64:ff9b:1::7f00:1",
    "2002:7f00:1::1",
    "2002:a9fe:a9fe::",
    "::7f00:1",
    "2001:0:4136:e378:8000:63bf:3fff:fdd2",
]
PUBLIC = ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::1"]


def guard(*addresses: str, allow: str | None = None) -> Guard:
    networks = () if allow is None else (ipaddress.ip_network(allow),)
    return Guard(allow=networks, lookup=lambda host, port: addresses)


@pytest.mark.parametrize("address", PRIVATE)
def test_no_address_of_this_network_is_called(address: str) -> None:
    with pytest.raises(RefusedError, match="no public address"):
        guard(address).allowed("https://hooks.example/in")


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_are(address: str) -> None:
    shown = f"[{ipaddress.ip_address(address)}]" if ":" in address else address
    target = guard(address).allowed("https://hooks.example/in?a=1")
    assert (target.url, target.host, target.name) == (
        f"https://{shown}:443/in?a=1",
        "hooks.example",
        "hooks.example",
    )


def test_one_private_address_among_many_is_enough() -> None:
    with pytest.raises(RefusedError, match=r"10\.0\.0\.1"):
        guard("8.8.8.8", "10.0.0.1").allowed("https://hooks.example/")


def test_what_is_allowed_is_allowed_in_any_form() -> None:
    for address in ("10.2.3.4", "::ffff:10.2.3.4", "64:ff9b::a02:304"):
        guard(address, allow="10.2.0.0/16").allowed("http://inside.example:8080/")
    with pytest.raises(RefusedError):
        guard("10.3.0.1", allow="10.2.0.0/16").allowed("http://inside.example/")


@pytest.mark.parametrize(
    "url", ["ftp://hooks.example/", "https:///in", "https://me@hooks.example/", "https://hooks.example:99999/", "/in"]
)
def test_odd_urls_are_refused(url: str) -> None:
    with pytest.raises(RefusedError):
        guard("8.8.8.8").allowed(url)


@pytest.mark.parametrize("host", ["127.1", "0x7f.1", "2130706433", "017700000001", "localhost", "[::1]", "0"])
def test_ways_to_write_this_machine_that_resolvers_understand(host: str) -> None:
    with pytest.raises((RefusedError, LaterError)):
        Guard().allowed(f"http://{host}/")


def test_a_name_without_an_address_may_get_one() -> None:
    def unknown(host: str, port: int) -> list[str]:
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    with pytest.raises(LaterError, match=r"hooks\.example has no address"):
        Guard(lookup=unknown).allowed("https://hooks.example/")


def test_the_name_is_resolved_once() -> None:
    asked: list[str] = []

    def first_public(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["8.8.8.8"] if len(asked) == 1 else ["127.0.0.1"]

    target = Guard(lookup=first_public).allowed("https://hooks.example/")
    assert (target.url, asked) == ("https://8.8.8.8:443/", ["hooks.example"])
