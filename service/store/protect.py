"""Row-level security: beneath every query's own clause, the server itself keeps workspaces apart.

Every table with a column `workspace` has two policies. One shows the rows of the workspace that the transaction says it
is in (`telltale.workspace`, see `service.store.connect`). The other shows all rows to a transaction that says `*`, and
is for the tables' owner alone. A transaction that says nothing sees nothing: the policies bind the owner too.

They do not bind a superuser, as the embedded server's is, nor a role with BYPASSRLS. For these, transactions inside a
workspace take a role that owns nothing.
"""

from __future__ import annotations

import contextlib

import sqlalchemy as sa
from sqlalchemy import Connection

__all__ = ["allow", "protect", "role_to_take", "unprotected", "workspace_tables"]

POLICIES = (
    ("telltale_workspace", "PUBLIC", "workspace = current_setting('telltale.workspace', true)"),
    ("telltale_everywhere", "CURRENT_USER", "current_setting('telltale.workspace', true) = '*'"),
)
# What the role may do where it is not everything: nobody rewrites the audit log.
ADD_ONLY = {"audit_log"}

WORKSPACE_TABLES = sa.text(
    """
    SELECT c.relname, c.relrowsecurity AND c.relforcerowsecurity AND
           ARRAY['telltale_everywhere', 'telltale_workspace']::name[] <@
           ARRAY(SELECT polname FROM pg_policy WHERE polrelid = c.oid) AS protected
      FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p')
       AND a.attname = 'workspace' AND NOT a.attisdropped
     ORDER BY c.relname
    """
)
RIGHTS_ARE = sa.text(
    """
    SELECT c.relname, c.relkind::text AS kind,
           has_table_privilege(:role, c.oid, 'SELECT') AS may_see,
           c.relkind = 'r' AND has_table_privilege(:role, c.oid, 'INSERT') AS may_add,
           c.relkind = 'r' AND has_table_privilege(:role, c.oid, 'DELETE') AS may_delete,
           c.relkind = 'S' AND has_sequence_privilege(:role, c.oid, 'USAGE') AS may_count
      FROM pg_class c
     WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'S')
     ORDER BY c.relname
    """
)


def workspace_tables(connection: Connection) -> list[str]:
    return [row.relname for row in connection.execute(WORKSPACE_TABLES)]


def unprotected(connection: Connection) -> list[str]:
    """The tables with a workspace whose rows the server does not guard."""
    return [row.relname for row in connection.execute(WORKSPACE_TABLES) if not row.protected]


def protect(connection: Connection) -> None:
    """Guard every table with a workspace that is not guarded yet. A migration that makes tables may call it, and
    `service.store.migrate` does after the last one, so that no table can be forgotten."""
    for table in unprotected(connection):
        connection.execute(sa.text(f'ALTER TABLE "{table}" ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY'))
        for policy, who, shown in POLICIES:
            connection.execute(sa.text(f'DROP POLICY IF EXISTS {policy} ON "{table}"'))
            connection.execute(sa.text(f'CREATE POLICY {policy} ON "{table}" TO {who} USING ({shown})'))


def role_to_take(connection: Connection, wanted: str) -> str | None:
    """The role for transactions inside a workspace, made where it is missing and may be made.

    None where there is none to be had and none is needed: the policies bind the user that we are. Raises ValueError
    where they do not.
    """
    free, creates, server = connection.execute(
        sa.text(
            "SELECT rolsuper OR rolbypassrls, rolsuper OR rolcreaterole, current_setting('server_version_num')::int"
            "  FROM pg_roles WHERE rolname = current_user"
        )
    ).one()
    bound = sa.text("SELECT NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = :role")
    known = connection.execute(bound, {"role": wanted}).scalar()
    if known is None and creates:
        # Roles are the server's, and our lock is the database's: another one's process may make it at the same moment.
        with contextlib.suppress(sa.exc.IntegrityError, sa.exc.ProgrammingError), connection.begin_nested():
            connection.execute(sa.text(f"CREATE ROLE {quoted(wanted)} NOLOGIN"))
        connection.execute(sa.text(f"GRANT {quoted(wanted)} TO CURRENT_USER"))
        known = True
    if known is False:
        raise ValueError(f"TELLTALE_DATABASE_ROLE: expected a role that row-level security binds, got {wanted!r}")
    takes = "SET" if server >= 160000 else "MEMBER"
    member = sa.text("SELECT pg_has_role(current_user, :role, :takes)")
    if known and connection.execute(member, {"role": wanted, "takes": takes}).scalar():
        return wanted
    if free:
        raise ValueError(
            f"the database's user bypasses row-level security and cannot take the role {wanted!r}; as a superuser: "
            f"CREATE ROLE {quoted(wanted)} NOLOGIN; GRANT {quoted(wanted)} TO {current_user(connection)}"
        )
    return None


def allow(connection: Connection, role: str) -> None:
    """What the role needs for work inside a workspace: its tables, the queue's, and to see the tables' version."""
    if not connection.execute(
        sa.text("SELECT has_schema_privilege(:role, current_schema(), 'USAGE')"), {"role": role}
    ).scalar():
        schema = connection.execute(sa.text("SELECT quote_ident(current_schema())")).scalar()
        connection.execute(sa.text(f"GRANT USAGE ON SCHEMA {schema} TO {quoted(role)}"))
    ours = set(workspace_tables(connection))
    for row in connection.execute(RIGHTS_ARE, {"role": role}).all():
        table = row.relname
        if row.kind == "S":
            if not row.may_count:
                connection.execute(sa.text(f'GRANT USAGE ON SEQUENCE "{table}" TO {quoted(role)}'))
        elif table in ADD_ONLY:
            if not row.may_add:
                connection.execute(sa.text(f'GRANT SELECT, INSERT ON "{table}" TO {quoted(role)}'))
        elif table in ours or table.startswith("procrastinate_"):
            if not row.may_delete:
                rights = "SELECT, INSERT, UPDATE, DELETE"
                connection.execute(sa.text(f'GRANT {rights} ON "{table}" TO {quoted(role)}'))
        elif not row.may_see:
            connection.execute(sa.text(f'GRANT SELECT ON "{table}" TO {quoted(role)}'))


def quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def current_user(connection: Connection) -> str:
    return str(connection.execute(sa.text("SELECT quote_ident(current_user)")).scalar())
