"""Views for business intelligence: deals, decisions, signals, moves and the forecast of one workspace, without words.

A reader sees the workspace that its `telltale.workspace` says, whoever it is, and needs rights on these views only.
"""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

HERE = "workspace = current_setting('telltale.workspace', true)"
# PostgreSQL reads no field of a JSON text that holds a NUL anywhere; an even number of backslashes before it is itself
# escaped and belongs to no NUL.
CLEAN = r"""CASE WHEN position('\u0000' in content::text) = 0 THEN content
    ELSE regexp_replace(content::text, '(?<!\\)((?:\\\\)*)\\u0000', '\1', 'g')::json END"""

VIEWS = {
    "bi_deals": f"""
        SELECT workspace, deal, account, name, owner, stage, open, amount, currency, probability,
               round(amount * probability::numeric / 100, 2) AS weighted_amount, health, close_date,
               entered_at AS entered_stage_at, updated_at
          FROM deal_cards WHERE {HERE}""",
    "bi_decisions": f"""
        SELECT workspace, deal, seq, at, recorded_at, type, rule, content ->> 'from' AS from_value,
               content ->> 'to' AS to_value, content ->> 'why' AS why
          FROM (SELECT workspace, deal, seq, at, recorded_at, type, rule, {CLEAN} AS content
                  FROM decisions WHERE {HERE}) AS clean""",
    "bi_signals": f"""
        SELECT workspace, id, deal, conversation, type, state, confidence, occurred_at,
               content ->> 'status' AS status, content ->> 'side' AS side,
               (content::jsonb #>> '{{amount,low}}')::numeric AS amount_low,
               (content::jsonb #>> '{{amount,high}}')::numeric AS amount_high,
               content::jsonb #>> '{{amount,currency}}' AS currency
          FROM (SELECT workspace, id, deal, conversation, type, state, confidence, occurred_at, {CLEAN} AS content
                  FROM signals WHERE {HERE}) AS clean""",
    "bi_stage_history": f"""
        SELECT workspace, deal, seq, at, type, rule, content ->> 'from' AS from_stage, content ->> 'to' AS to_stage
          FROM (SELECT workspace, deal, seq, at, type, rule, {CLEAN} AS content
                  FROM decisions WHERE {HERE}
                   AND type IN ('stage_advanced', 'stage_regressed', 'correction')) AS clean
         WHERE content ->> 'from' IS DISTINCT FROM content ->> 'to'""",
    "bi_forecast": f"""
        SELECT workspace, date_trunc('month', close_date)::date AS month, owner, stage, currency,
               count(*) AS deals, coalesce(sum(amount), 0) AS amount,
               round(coalesce(sum(amount * probability::numeric / 100), 0), 2) AS weighted_amount
          FROM deal_cards WHERE {HERE} AND open
         GROUP BY workspace, month, owner, stage, currency""",
}


def upgrade() -> None:
    driver = op.get_bind().connection.driver_connection
    assert driver is not None
    for name, query in VIEWS.items():
        # As it stands: a backslash or a colon of it is nobody's parameter. A barrier keeps a reader's own conditions
        # from looking at rows that are not shown.
        driver.execute(f"CREATE VIEW {name} WITH (security_barrier = true) AS {query}")


def downgrade() -> None:
    for name in VIEWS:
        op.execute(f"DROP VIEW {name}")
