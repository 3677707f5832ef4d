"""What the database holds after an experiment, held against what was acknowledged."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from service.app import running
from service.flows.check_history import check_history
from service.settings import Settings
from signals import Conversation
from tests.service.samples import call, extract_marks, mail

Json = dict[str, Any]

TEXTS = (
    "we have a budget of eighty thousand [budget status=stated amount=80000]",
    "it was approved today [budget status=approved amount=90000]",
    "Dana is for it [champion person=Dana_Reyes status=advocating]",
    "nothing of note was said",
    "please send the contract [milestone kind=contract_requested]",
)


def made(count: int, *, deals: int, slow: frozenset[int] = frozenset(), prefix: str = "c") -> Iterator[Json]:
    """Calls and mails of so many deals, on other minutes each, with no, one or two signals."""
    for n in range(count):
        at = f"2026-03-{1 + n % 28:02d}T{n // 28 % 24:02d}:{n // 672 % 60:02d}:00Z"
        deal = {"id": f"D-{n % deals}", "account": f"Account {n % deals}", "currency": "USD"}
        said = TEXTS[n % len(TEXTS)] + (" [slow]" if n in slow else "")
        if n % 3:
            yield mail(f"{prefix}-{n}", f"Hello,\n\n{said}\n", at=at, deal=deal)
        else:
            yield call(f"{prefix}-{n}", f"b1: {said}", "s1: thank you", f"b2: {TEXTS[n % 4]}", at=at, deal=deal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """`states` counts conversations by state; the others name what is wrong, and are empty where nothing is."""

    states: dict[str, int]
    missing: frozenset[str]
    gaps: tuple[str, ...]
    not_the_fold: tuple[str, ...]
    applied_otherwise: tuple[str, ...]

    @property
    def wrong(self) -> int:
        return len(self.missing) + len(self.gaps) + len(self.not_the_fold) + len(self.applied_otherwise)


def query(url: str, statement: str) -> list[Any]:
    engine = sa.create_engine(sa.make_url(url).set(drivername="postgresql+psycopg"), poolclass=sa.NullPool)
    with engine.connect() as connection:
        return list(connection.execute(sa.text(statement)))


def wait_until_read(url: str, seconds: float) -> float:
    """Seconds until nothing is unread; infinity where nothing more was read for so many `seconds`."""
    began = moved = time.monotonic()
    least: int | None = None
    while time.monotonic() - moved < seconds:
        unread = query(url, "SELECT count(*) FROM conversations WHERE state = 'received'")[0][0]
        if not unread:
            return time.monotonic() - began
        if least is None or unread < least:
            least, moved = unread, time.monotonic()
        time.sleep(0.2)
    return float("inf")


def examine(url: str, documents: Iterable[Json], acknowledged: set[str]) -> Found:
    sent = {each["id"]: each for each in documents}
    rows = dict(tuple(row) for row in query(url, "SELECT id, state FROM conversations"))
    gaps = [
        f"{table} of {row[0]}: {row[1]} rows, from {row[2]} to {row[3]}"
        for table in ("events", "decisions")
        for row in query(url, f"SELECT deal, count(*), min(seq), max(seq) FROM {table} GROUP BY deal")
        if (row[2], row[3]) != (1, row[1])
    ]
    gaps += [
        f"deal {row[0]} is of version {row[1]}, with {row[2]} events"
        for row in query(
            url,
            "SELECT d.id, d.version, count(e.seq) FROM deals d LEFT JOIN events e "
            "ON e.workspace = d.workspace AND e.deal = d.id GROUP BY d.id, d.version",
        )
        if row[1] != row[2]
    ]
    stored = Counter(dict(tuple(row) for row in query(url, "SELECT conversation, count(*) FROM signals GROUP BY 1")))
    told = Counter(
        dict(
            tuple(row)
            for row in query(url, "SELECT conversation, count(*) FROM events WHERE type = 'signal' GROUP BY 1")
        )
    )
    otherwise = []
    for id, state in rows.items():
        if state == "read" and id in sent:
            expected = len(extract_marks(Conversation.from_json(sent[id])))
            if (stored[id], told[id]) != (expected, expected):
                otherwise.append(f"{id}: {stored[id]} signals and {told[id]} events of {expected}")
    with running(Settings(database=url, worker=False), extract=extract_marks) as service:
        unequal = [deal for deal, same in check_history(service.context) if not same]
    return Found(
        states=dict(Counter(rows.values())),
        missing=frozenset(acknowledged - rows.keys()),
        gaps=tuple(gaps),
        not_the_fold=tuple(unequal),
        applied_otherwise=tuple(otherwise),
    )


def states_of_deals(url: str) -> dict[str, Any]:
    return {row[0]: (row[1], row[2]) for row in query(url, "SELECT id, stage, state FROM deals")}
