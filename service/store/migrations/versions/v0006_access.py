"""Workspaces, keys, sessions of pages, answers kept for repeated requests, and the audit log that only grows."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

MOMENT = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "workspaces",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
    )
    op.create_table(
        "api_keys",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("id", sa.Text, primary_key=True),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("secret", sa.LargeBinary, nullable=False),
        sa.Column("old_secret", sa.LargeBinary),
        sa.Column("old_until", MOMENT),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("scopes", ARRAY(sa.Text)),
        sa.Column("person", sa.Text),
        sa.Column("team", ARRAY(sa.Text), nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("made_by", sa.Text, nullable=False),
        sa.Column("expires_at", MOMENT),
        sa.Column("used_at", MOMENT),
        sa.Column("revoked_at", MOMENT),
        sa.UniqueConstraint("id", name="api_keys_id"),
        sa.CheckConstraint("role IN ('ingest', 'rep', 'manager', 'admin')", name="api_keys_role"),
        sa.CheckConstraint("(old_secret IS NULL) = (old_until IS NULL)", name="api_keys_old"),
    )
    op.create_table(
        "page_sessions",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("token", sa.LargeBinary, primary_key=True),
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.ForeignKeyConstraint(["workspace", "key"], ["api_keys.workspace", "api_keys.id"]),
        sa.UniqueConstraint("token", name="page_sessions_token"),
    )
    op.create_index("page_sessions_expired", "page_sessions", ["expires_at"])
    op.create_table(
        "kept_answers",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("caller", sa.Text, primary_key=True),
        sa.Column("route", sa.Text, primary_key=True),
        sa.Column("key", sa.Text, primary_key=True),
        sa.Column("request", sa.LargeBinary, nullable=False),
        sa.Column("made_at", MOMENT, nullable=False),
        sa.Column("held_until", MOMENT, nullable=False),
        sa.Column("expires_at", MOMENT, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("media_type", sa.Text),
        sa.Column("body", sa.LargeBinary),
    )
    op.create_index("kept_answers_expired", "kept_answers", ["expires_at"])
    op.create_table(
        "audit_log",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("who", sa.Text, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("address", sa.Text),
        sa.Column("request", sa.Text),
        sa.Column("action", sa.Text, nullable=False),
        sa.Column("subjects", sa.JSON, nullable=False),
    )
    op.execute(
        """
        CREATE FUNCTION telltale_only_added_to() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
          RAISE EXCEPTION '% is only ever added to', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
        END $$
        """
    )
    op.execute(
        "CREATE TRIGGER audit_log_only_added_to BEFORE UPDATE OR DELETE ON audit_log"
        " FOR EACH ROW EXECUTE FUNCTION telltale_only_added_to()"
    )


def downgrade() -> None:
    # Earlier versions do not say in which workspace they are, and would see nothing.
    op.execute(
        """
        DO $$ DECLARE each record; BEGIN
          FOR each IN SELECT polname, polrelid::regclass AS name FROM pg_policy
                       WHERE polname IN ('telltale_workspace', 'telltale_everywhere') LOOP
            EXECUTE format('DROP POLICY %I ON %s', each.polname, each.name);
            EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY, DISABLE ROW LEVEL SECURITY', each.name);
          END LOOP;
        END $$
        """
    )
    for table in ("audit_log", "kept_answers", "page_sessions", "api_keys", "workspaces"):
        op.drop_table(table)
    op.execute("DROP FUNCTION telltale_only_added_to")
