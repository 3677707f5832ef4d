"""What a connection to the database tells."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Iterator

import sqlalchemy as sa
from sqlalchemy import Connection, Engine

from service.connectors.config import NONE
from service.doctor.finding import Finding, fail, ok, warn
from service.flows.own_settings import OwnSettings
from service.sealing import SEALED, Sealer, UnsealableError
from service.settings import Settings
from service.store import figures, keys
from service.store.connect import in_role, within
from service.store.migrate import revisions
from service.store.protect import unprotected

__all__ = ["of_database"]

OLDEST_SERVER = 14
# Seconds.
SKEW_WORTH_A_WORD, SKEW_THAT_HARMS = 2.0, 30.0
ALIVE, SLOW = 30.0, 300.0


def of_database(database: Engine, settings: Settings, now: Callable[[], dt.datetime]) -> Iterator[Finding]:
    """Of one that answers; what cannot be asked while the tables are of another version is not."""
    with database.connect() as connection:
        yield from server(connection)
        yield clock(connection, now)
        there, wanted = revisions(connection)
        if there != wanted:
            told = "no tables yet" if there is None else f"tables of version {there}, this program's is {wanted}"
            mend = "start telltale serve or telltale worker of this version once: it migrates; back up first"
            yield (warn if there is None else fail)("migrations", told, mend)
            return
        yield ok("migrations", f"at {wanted}, this program's")
        yield isolation(connection, database, settings.database_role)
        yield from queue(connection, now())
        yield secrets(connection, Sealer(settings.secret_key, settings.data), settings)
        yield access(settings, keys.any_key(connection))
    yield workspaces(database, settings, now)


def server(connection: Connection) -> Iterator[Finding]:
    began = time.perf_counter()
    version, number, encoding = connection.execute(
        sa.text(
            "SELECT current_setting('server_version'), current_setting('server_version_num')::int,"
            "       current_setting('server_encoding')"
        )
    ).one()
    yield ok("database", f"answers in {(time.perf_counter() - began) * 1000:.0f} ms")
    if number // 10_000 < OLDEST_SERVER:
        yield fail("version", f"PostgreSQL {version}", f"use PostgreSQL {OLDEST_SERVER} or newer")
    elif encoding != "UTF8":
        yield fail("version", f"encoding {encoding}", "make the database with ENCODING 'UTF8'")
    else:
        yield ok("version", f"PostgreSQL {version}")


def clock(connection: Connection, now: Callable[[], dt.datetime]) -> Finding:
    before = now()
    theirs: dt.datetime = connection.execute(sa.text("SELECT clock_timestamp()")).scalar_one()
    ours = before + (now() - before) / 2
    skew = abs((theirs - ours).total_seconds())
    told = f"{skew:.1f} s between this machine and the database"
    if skew < SKEW_WORTH_A_WORD:
        return ok("clocks", told)
    return (fail if skew > SKEW_THAT_HARMS else warn)("clocks", told, "let both follow the same time servers (NTP)")


def isolation(connection: Connection, database: Engine, role: str) -> Finding:
    """Asked of a transaction such as requests have, not only of the catalogue."""
    bare = unprotected(connection)
    mend = "start telltale serve once as the tables' owner: it puts the policies back"
    if bare:
        return fail("row security", f"off for {', '.join(bare)}", mend)
    known = connection.execute(
        sa.text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)"), {"role": role}
    ).scalar_one()
    inside = within(in_role(database, role if known else None), "nowhere")
    try:
        with inside.connect() as trial:
            bound = trial.execute(sa.text("SELECT row_security_active('conversations')")).scalar_one()
    except sa.exc.ProgrammingError:
        return fail("row security", f"the role {role} cannot be taken", f"as a superuser: GRANT {role} TO the user")
    if not bound:
        told = "in force for tables, but the database's user bypasses it"
        return fail("row security", told, f"as a superuser: CREATE ROLE {role} NOLOGIN and GRANT it to the user")
    return ok("row security", "in force")


def queue(connection: Connection, now: dt.datetime) -> Iterator[Finding]:
    waiting = figures.waiting(connection, now)
    last = connection.execute(sa.text("SELECT max(last_heartbeat) FROM procrastinate_workers")).scalar()
    oldest = min((since for _, since in waiting.jobs.values() if since), default=None)
    behind = 0.0 if oldest is None else max(0.0, (now - oldest).total_seconds())
    due = sum(number for number, _ in waiting.jobs.values())
    silent = None if last is None else (now - last).total_seconds()
    if silent is None or silent > ALIVE:
        told = "no worker lives" if silent is None else f"no worker was heard of for {silent:.0f} s"
        grade = fail if behind > SLOW else warn
        yield grade("queue", f"{told}; {due} jobs wait", "start telltale serve, or telltale worker")
    elif behind > SLOW:
        yield warn(
            "queue", f"{due} jobs wait, the oldest for {behind:.0f} s", "start more workers, or raise TELLTALE_JOBS"
        )
    else:
        yield ok("queue", f"a worker lives; {due} jobs wait")
    dead = waiting.dead_conversations + waiting.dead_jobs
    if dead or waiting.dead_actions:
        told = f"{dead} readings or jobs and {waiting.dead_actions} actions were given up"
        yield warn("dead letters", told, "telltale dead list, telltale actions list --state dead; then replay")
    else:
        yield ok("dead letters", "none")


def secrets(connection: Connection, sealer: Sealer, settings: Settings) -> Finding:
    """Whether what is sealed can be opened. No key is made here."""
    kept: str | None = connection.execute(
        sa.text(
            "SELECT secret FROM webhook_secrets WHERE secret LIKE :sealed"
            " UNION ALL SELECT sealed FROM webhook_sources UNION ALL SELECT sealed FROM connector_secrets LIMIT 1"
        ),
        {"sealed": f"{SEALED}%"},
    ).scalar()
    where = "TELLTALE_SECRET_KEY" if settings.secret_key else str(settings.data / "secret.key")
    mend = f"set TELLTALE_SECRET_KEY as it was, or put the old {settings.data / 'secret.key'} back"
    if kept is None:
        return ok("secrets", f"none sealed yet; the key is {where}")
    if not settings.secret_key and not (settings.data / "secret.key").exists():
        return fail("secrets", "there are sealed ones and no key", mend)
    try:
        sealer.unseal(kept)
    except UnsealableError:
        return fail("secrets", f"sealed with another key than {where}", mend)
    return ok("secrets", f"can be opened with {where}")


def workspaces(database: Engine, settings: Settings, now: Callable[[], dt.datetime]) -> Finding:
    """What workspaces have of their own: texts that this version cannot follow, connectors without their secrets."""
    sealer = Sealer(settings.secret_key, settings.data)
    # Where nothing is sealed no key is made by looking.
    own = OwnSettings(now, unseal=sealer.unseal, reach=settings.connector_networks)
    own.ask(database)
    wrong = [f"{workspace}: {name} cannot be followed" for workspace, name in own.broken()]
    if wrong:
        mend = "telltale settings show NAME --workspace W tells it; set it anew, and it says where it is wrong"
        return fail("workspaces", "; ".join(wrong), mend)
    lacking = [
        f"{workspace}: {route.name} lacks {', '.join(route.missing)}"
        for workspace, name in sorted(own.known.values)
        if name == "connectors"
        for route in own.outlets(workspace, NONE).routes
        if route.missing
    ]
    if lacking:
        return warn("workspaces", "; ".join(lacking), "telltale settings secret NAME --workspace W keeps one")
    having = len({workspace for workspace, _ in own.known.values})
    return ok("workspaces", f"{having} with settings of their own")


def access(settings: Settings, key_there: bool) -> Finding:
    from service.access.sessions import is_loopback

    if key_there or settings.oidc_issuer is not None:
        return ok("access", "with keys" if key_there else f"with tokens of {settings.oidc_issuer}")
    mend = "telltale keys create --role admin"
    if is_loopback(settings.host):
        return warn("access", f"no key: whoever is on this machine is admin ({settings.host})", mend)
    return fail("access", f"no key, and others reach {settings.host}", mend)
