"""Take a person out of everything that a workspace keeps, in one transaction; the deals' history stays.

Names and addresses become others of the same length that nobody can turn back, everywhere alike, so that the engine
still sees one person where there was one. What they said or wrote, and every quote of it, is masked.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import Connection

from service.flows.context import Context
from service.flows.find_person import address_of, find_person, said_by
from service.flows.fold import fold
from service.flows.losses_alike import losses_alike
from service.privacy.person import forms_of
from service.privacy.rewrite import Eraser
from service.store import audit, conversations, deals, events, rewriting, sessions, traces

if TYPE_CHECKING:
    import sqlalchemy as sa

__all__ = ["Erased", "erase_person"]

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """`rows` are how many became others, by table; `conversations` those that the person was in. `differing` are deals
    whose stage the rewritten events would not give: they keep theirs. `ids_left` counts ids that name the person."""

    id: UUID
    conversations: tuple[str, ...]
    deals: tuple[str, ...]
    rows: Mapping[str, int]
    keys_revoked: int
    differing: tuple[str, ...]
    ids_left: int

    def to_json(self) -> Json:
        return {
            "erasure": str(self.id),
            "conversations": len(self.conversations),
            "deals": len(self.deals),
            "rows": dict(self.rows),
            "keys_revoked": self.keys_revoked,
            "stages_differing": list(self.differing),
            "ids_left": self.ids_left,
        }


def erase_person(context: Context, person: object) -> Erased:
    """`person` is a mail address; raises DecodeError for what is none.

    What a language model's cache has of their conversations lies in files, which no transaction holds: it goes before
    the commit, so that a process that dies leaves none, and once more after it, for who was reading meanwhile.
    """
    address, workspace, id = address_of(person), context.workspace, context.new_id()
    # As the tables' owner: nobody else may change the audit log. Each statement names the workspace.
    everywhere = dataclasses.replace(context, workspace="").database
    with everywhere.begin() as connection:
        known = find_person(connection, workspace, address)
        for deal in sorted(known.deals):
            deals.lock(connection, workspace, deal, context.now())
        # Once more, now that nobody adds to these deals.
        known = find_person(connection, workspace, address)
        them = forms_of(address, known.names, known.others, lambda: context.new_id().bytes)
        eraser = Eraser(person=them, said=said_by(connection, workspace, known), spoke=known.spoke)
        revoked = rewriting.revoke_keys(connection, workspace, address, context.now())
        sessions.end_of(connection, workspace, address)
        rewriting.unlock_audit_log(connection)
        rows = {
            table.name: count
            for table, columns in rewriting.erasable()
            if (count := rewrite(connection, workspace, table, columns, eraser, known.deals, known.contents))
        }
        dropped = rewriting.drop_kept_answers(connection, workspace, them.needles)
        masked = [each for each, spoke in known.spoke.items() if spoke.segments or spoke.wrote]
        conversations.mark_masked(connection, workspace, masked, context.now())
        differing = tuple(deal for deal in sorted(known.deals) if not settled(context, connection, deal))
        left = traces.ids_holding(connection, workspace, them.needles)
        audit.about(erasure=str(id))
        audit.on_commit(connection, workspace)
        forget_all(context, known.contents)
    forget_all(context, known.contents)
    return Erased(
        id=id,
        conversations=tuple(sorted(known.spoke)),
        deals=tuple(sorted(known.deals)),
        rows=rows | ({"kept_answers": dropped} if dropped else {}),
        keys_revoked=revoked,
        differing=differing,
        ids_left=left,
    )


def forget_all(context: Context, conversations: Iterable[str]) -> None:
    for conversation in conversations:
        context.forget_answers(conversation)


def rewrite(
    connection: Connection,
    workspace: str,
    table: sa.Table,
    columns: list[sa.Column[Any]],
    eraser: Eraser,
    theirs: frozenset[str],
    contents: Mapping[str, Json],
) -> int:
    is_conversation = table.name == "conversations"

    def change(row: Mapping[str, Any]) -> Json:
        deal = row.get("id") if table.name == "deals" else row.get("deal")
        conversation = row.get("id") if is_conversation else row.get("conversation")
        here = eraser.of(theirs=deal in theirs or conversation in contents, conversation=conversation)
        return here.row({each.name: row[each.name] for each in columns}, is_conversation=is_conversation)

    return rewriting.rewrite(
        connection,
        workspace,
        table,
        columns,
        needles=eraser.person.needles,
        deals=theirs,
        conversations=contents,
        change=change,
    )


def settled(context: Context, connection: Connection, deal: str) -> bool:
    """Whether the deal is what its rewritten events add up to; it becomes so unless its stage would be another."""
    workspace = context.workspace
    stored = deals.get(connection, workspace, deal)
    assert stored is not None, "the deal is locked, which makes its row"
    contents = [each.content for each in events.of_deal(connection, workspace, deal)]
    folded = fold(context.pipeline, deal, [], contents, at=context.now())
    if folded.loss is not None:
        losses = losses_alike(context.pipeline, connection, workspace, folded.loss)
        folded = fold(context.pipeline, deal, [], contents, at=context.now(), losses=losses)
    if folded.stage != stored.stage:
        return False
    if folded.state != stored.state:
        deals.update(connection, workspace, dataclasses.replace(stored, state=folded.state))
    return True
