"""The tables of where conversations belong: what came with them, what was decided, deals' people, what was taught."""

from __future__ import annotations

import sqlalchemy as sa

from service.store.tables import Moment, metadata

__all__ = ["choices", "deal_people", "envelopes", "keys", "routes"]

# What a message's carrier told beside its words.
envelopes = sa.Table(
    "conversation_envelopes",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("conversation", sa.Text, primary_key=True),
    sa.Column("content", sa.JSON, nullable=False),
    sa.ForeignKeyConstraint(["workspace", "conversation"], ["conversations.workspace", "conversations.id"]),
)

# By what a conversation is found again: its threads, its people's mailboxes and domains, a CRM's records.
keys = sa.Table(
    "conversation_keys",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("conversation", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.ForeignKeyConstraint(["workspace", "conversation"], ["conversations.workspace", "conversations.id"]),
    sa.Index("conversation_keys_by_key", "workspace", "kind", "key"),
)

# One row for each conversation that was read. `seq` is the order in which they came; `looked_at` is when the knowledge
# was looked at that `candidates` rest on; `headline` is what the inbox shows.
routes = sa.Table(
    "conversation_routes",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("conversation", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("state", sa.Text, nullable=False),
    sa.Column("deal", sa.Text),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("candidates", sa.JSON, nullable=False),
    sa.Column("sides", sa.JSON, nullable=False),
    sa.Column("headline", sa.JSON, nullable=False),
    sa.Column("looked_at", Moment, nullable=False),
    sa.Column("settled_at", Moment),
    sa.Column("settled_by", sa.Text),
    sa.ForeignKeyConstraint(["workspace", "conversation"], ["conversations.workspace", "conversations.id"]),
    sa.CheckConstraint(
        "state IN ('named', 'taken', 'waiting', 'assigned', 'dismissed')", name="conversation_routes_state"
    ),
    sa.CheckConstraint(
        "(state IN ('named', 'taken', 'assigned')) = (deal IS NOT NULL)", name="conversation_routes_deal"
    ),
    sa.Index("conversation_routes_of_state", "workspace", "state", "seq"),
    sa.Index("conversation_routes_waiting", "looked_at", postgresql_where=sa.text("state = 'waiting'")),
)

# Who is in a deal, as events and conversations tell it. `person` is "mailbox:..." or, of people without an address,
# "name:..."; `domain` is the company's, null for free mail.
deal_people = sa.Table(
    "deal_people",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, primary_key=True),
    sa.Column("person", sa.Text, primary_key=True),
    sa.Column("address", sa.Text),
    sa.Column("domain", sa.Text),
    sa.Column("name", sa.Text),
    sa.Column("title", sa.Text),
    sa.Column("side", sa.Text, nullable=False),
    sa.Column("known", sa.Text, nullable=False),
    sa.Column("told_by", sa.Text, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.CheckConstraint("side IN ('buyer', 'seller')", name="deal_people_side"),
    sa.Index("deal_people_by_address", "workspace", "address"),
    sa.Index("deal_people_by_domain", "workspace", "domain"),
)

# What a person taught when they assigned a conversation: the last word on a key holds.
choices = sa.Table(
    "routing_choices",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("deal", sa.Text, nullable=False),
    sa.Column("conversation", sa.Text, nullable=False),
    sa.Column("told_by", sa.Text, nullable=False),
    sa.Column("recorded_at", Moment, nullable=False),
    sa.CheckConstraint("kind IN ('thread', 'email', 'domain')", name="routing_choices_kind"),
)
