"""Pages: which notices were seen, notices found quickly, and each change announced to whoever listens."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

# Statement triggers with transition tables: a bulk load is one announcement and not a million.
ANNOUNCE = """
CREATE FUNCTION telltale_announce() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    one record;
BEGIN
    FOR one IN EXECUTE format(
        'SELECT workspace, count(*) AS rows, min(%1$s) AS id, min(deal_) AS deal, '
        'count(DISTINCT %1$s) AS ids FROM (SELECT workspace, %1$s, %2$s AS deal_ FROM changed) AS c GROUP BY workspace',
        quote_ident(TG_ARGV[1]), quote_ident(TG_ARGV[2]))
    LOOP
        -- A notice has at most 8000 bytes, and one that is longer would undo the change that it tells of.
        IF one.ids = 1 AND octet_length(one.id) < 1000 AND octet_length(coalesce(one.deal, '')) < 1000 THEN
            PERFORM pg_notify('telltale_live', json_build_object(
                'workspace', one.workspace, 'topic', TG_ARGV[0], 'id', one.id, 'deal', one.deal)::text);
        ELSE
            PERFORM pg_notify('telltale_live', json_build_object(
                'workspace', one.workspace, 'topic', TG_ARGV[0], 'id', NULL, 'deal', NULL)::text);
        END IF;
    END LOOP;
    RETURN NULL;
END $$
"""

# table, topic, its id, its deal
ANNOUNCED = (
    ("deals", "deal", "id", "id"),
    ("conversations", "conversation", "id", "deal"),
    ("conversation_routes", "conversation", "conversation", "deal"),
    ("signals", "signal", "conversation", "deal"),
)
PARTIAL = (
    ("decisions_held", "decisions", ["workspace", "deal", "seq"], "type = 'advance_held'"),
    ("decisions_alerts", "decisions", ["workspace", "recorded_at"], "type = 'alert'"),
    ("signals_to_review", "signals", ["workspace", "confidence", "type", "id"], "state = 'pending'"),
)
KINDS = {"INSERT": "NEW", "UPDATE": "NEW", "DELETE": "OLD"}


def upgrade() -> None:
    op.create_table(
        "notices_seen",
        sa.Column("workspace", sa.Text, primary_key=True),
        sa.Column("person", sa.Text, primary_key=True),
        sa.Column("deal", sa.Text, primary_key=True),
        sa.Column("seq", sa.BigInteger, primary_key=True),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
    )
    for name, table, columns, where in PARTIAL:
        op.create_index(name, table, columns, postgresql_where=sa.text(where))
    op.create_index("deal_cards_by_change", "deal_cards", ["workspace", "updated_at"])
    op.create_index(
        "deal_cards_marks", "deal_cards", ["marks"], postgresql_using="gin", postgresql_where=sa.text("open")
    )
    op.create_index("conversations_by_time", "conversations", ["workspace", "occurred_at", "id"])
    op.execute(ANNOUNCE)
    for table, topic, id, deal in ANNOUNCED:
        for kind, rows in KINDS.items():
            op.execute(
                f"CREATE TRIGGER {table}_announce_{kind.lower()} AFTER {kind} ON {table} "
                f"REFERENCING {rows} TABLE AS changed FOR EACH STATEMENT "
                f"EXECUTE FUNCTION telltale_announce('{topic}', '{id}', '{deal}')"
            )


def downgrade() -> None:
    for table, _, _, _ in ANNOUNCED:
        for kind in KINDS:
            op.execute(f"DROP TRIGGER {table}_announce_{kind.lower()} ON {table}")
    op.execute("DROP FUNCTION telltale_announce()")
    op.drop_index("conversations_by_time", "conversations")
    op.drop_index("deal_cards_marks", "deal_cards")
    op.drop_index("deal_cards_by_change", "deal_cards")
    for name, table, _, _ in PARTIAL:
        op.drop_index(name, table)
    op.drop_table("notices_seen")
