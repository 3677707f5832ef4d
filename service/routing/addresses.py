"""Mail addresses and domains as they are compared: one spelling for one mailbox, and which domains are a company's."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator
from importlib import resources

__all__ = ["domain_of", "is_free_mail", "mailbox", "wider"]

ADDRESS = re.compile(r"[^\s@<>\"(),;\x00]{1,64}@((?:[^\s@.<>\"(),;\x00]{1,63}\.){1,10}[^\s@.<>\"(),;\x00]{2,63})")
TAGGED = re.compile(r"([^+]+)\+.*")


def mailbox(address: str | None) -> str | None:
    """The address in lower case without the tag after a plus; None for what is no address."""
    text = (address or "").strip().lower()
    if len(text) > 320 or ADDRESS.fullmatch(text) is None:
        return None
    local, _, domain = text.rpartition("@")
    tagged = TAGGED.fullmatch(local)
    return f"{tagged.group(1) if tagged else local}@{domain}"


def domain_of(address: str | None) -> str | None:
    """The domain of somebody's address where it is a company's; None for free mail."""
    box = mailbox(address)
    domain = "" if box is None else box.rpartition("@")[2]
    return domain if domain and not is_free_mail(domain) else None


def is_free_mail(domain: str) -> bool:
    """Whether anybody can have an address there: then it tells nothing of a company. Its subdomains likewise."""
    exact, brands = free_mail()
    domain = domain.lower().rstrip(".")
    labels = domain.split(".")
    return any(each in exact for each in (domain, *wider(domain))) or is_brand(labels, brands)


def is_brand(labels: list[str], brands: frozenset[str]) -> bool:
    """yahoo.co.uk and mail.yahoo.de, and not yahoo.acme.com."""
    ending = 2 if len(labels) > 2 and len(labels[-1]) == 2 and labels[-2] in ("co", "com", "ne", "net", "org") else 1
    return len(labels) > ending and labels[-ending - 1] in brands


def wider(domain: str) -> Iterator[str]:
    """The domains that this one is a part of, down to two labels: eu.mail.acme.com gives mail.acme.com, acme.com."""
    labels = domain.split(".")
    return (".".join(labels[start:]) for start in range(1, len(labels) - 1))


@functools.cache
def free_mail() -> tuple[frozenset[str], frozenset[str]]:
    """Whole domains, and names that are free mail under any country's ending (`yahoo.*` in the file)."""
    text = resources.files("service.routing").joinpath("free_mail.txt").read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]
    return (
        frozenset(line for line in lines if not line.endswith(".*")),
        frozenset(line.removesuffix(".*") for line in lines if line.endswith(".*")),
    )
