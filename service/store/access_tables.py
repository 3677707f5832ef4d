"""The tables of access: workspaces, keys, sessions of pages, answers kept for repeated requests, the audit log."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY

from service.store.tables import Moment, metadata

__all__ = ["api_keys", "audit_log", "kept_answers", "page_sessions", "used_sign_ins", "workspaces"]

workspaces = sa.Table(
    "workspaces",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
)

# `id` is the public part of a key, by which it is found before its workspace is known. `old_secret` is good until
# `old_until`, after a rotation. Keys are never deleted: the audit log names them.
api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("id", sa.Text, primary_key=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("secret", sa.LargeBinary, nullable=False),
    sa.Column("old_secret", sa.LargeBinary),
    sa.Column("old_until", Moment),
    sa.Column("role", sa.Text, nullable=False),
    sa.Column("scopes", ARRAY(sa.Text)),
    sa.Column("person", sa.Text),
    sa.Column("team", ARRAY(sa.Text), nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("made_by", sa.Text, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("used_at", Moment),
    sa.Column("revoked_at", Moment),
    sa.UniqueConstraint("id", name="api_keys_id"),
    sa.CheckConstraint("role IN ('ingest', 'rep', 'manager', 'admin')", name="api_keys_role"),
    sa.CheckConstraint("(old_secret IS NULL) = (old_until IS NULL)", name="api_keys_old"),
)

# `token` is the hash of what the browser has. A session stands for a key, or for a person whom the identity provider
# named when they signed in. `seen_at` is when it was last used, to a minute or so. `subject` and `sid` are what the
# provider calls the person and its own session; `named_at` is when it last named them, `asked_at` when it was last
# asked to, with the sealed `refresh` token.
page_sessions = sa.Table(
    "page_sessions",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("token", sa.LargeBinary, primary_key=True),
    sa.Column("key", sa.Text),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("issuer", sa.Text),
    sa.Column("person", sa.Text),
    sa.Column("role", sa.Text),
    sa.Column("team", ARRAY(sa.Text)),
    sa.Column("subject", sa.Text),
    sa.Column("sid", sa.Text),
    sa.Column("refresh", sa.Text),
    sa.Column("named_at", Moment),
    sa.Column("asked_at", Moment),
    sa.ForeignKeyConstraint(["workspace", "key"], ["api_keys.workspace", "api_keys.id"]),
    sa.UniqueConstraint("token", name="page_sessions_token"),
    sa.CheckConstraint(
        "(key IS NULL) = (person IS NOT NULL AND issuer IS NOT NULL AND role IS NOT NULL AND team IS NOT NULL)",
        name="page_sessions_whose",
    ),
    sa.Index("page_sessions_expired", "expires_at"),
)

# The hash of the state of each sign-in through the provider that was done, until nobody could finish it any more.
used_sign_ins = sa.Table(
    "used_sign_ins",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("state", sa.LargeBinary, primary_key=True),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Index("used_sign_ins_expired", "expires_at"),
)

# One row for each Idempotency-Key in use. `status` is null while the request runs, which `held_until` limits; `body` is
# null for an answer that is not kept because it held a secret.
kept_answers = sa.Table(
    "kept_answers",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("caller", sa.Text, primary_key=True),
    sa.Column("route", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request", sa.LargeBinary, nullable=False),
    sa.Column("made_at", Moment, nullable=False),
    sa.Column("held_until", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Column("status", sa.Integer),
    sa.Column("media_type", sa.Text),
    sa.Column("body", sa.LargeBinary),
    sa.Index("kept_answers_expired", "expires_at"),
)

# A trigger refuses to change or delete a row.
audit_log = sa.Table(
    "audit_log",
    metadata,
    sa.Column("workspace", sa.Text, primary_key=True),
    sa.Column("seq", sa.BigInteger, sa.Identity(), primary_key=True),
    sa.Column("at", Moment, nullable=False),
    sa.Column("who", sa.Text, nullable=False),
    sa.Column("key", sa.Text),
    sa.Column("address", sa.Text),
    sa.Column("request", sa.Text),
    sa.Column("action", sa.Text, nullable=False),
    sa.Column("subjects", sa.JSON, nullable=False),
)
