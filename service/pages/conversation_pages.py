"""The pages of conversations: their list, and each with its words and signals."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from service.api.principal import AsRep
from service.pages import conversation, conversation_list
from service.pages.html import page

__all__ = ["router"]

router = APIRouter(include_in_schema=False)

At = Annotated[int, Query(ge=0, le=2**31)]


@router.get("/conversations")
def get_conversations(request: Request, caller: AsRep) -> Response:
    asked = conversation_list.asked_for(request.query_params)
    with caller.context.database.connect() as connection:
        view = conversation_list.look(connection, caller, asked, request.query_params.get("after"))
    return page(
        request,
        "conversations.html.j2",
        who=caller.principal,
        here="conversations",
        view=view,
        kinds=conversation_list.KINDS,
        states=conversation_list.STATES,
        base=str(request.base_url).rstrip("/"),
    )


@router.get("/conversations/{id:path}")
def get_conversation(request: Request, caller: AsRep, id: str, at: At = 0) -> Response:
    with caller.context.database.connect() as connection:
        view = conversation.look(connection, caller, id, at=at)
    return page(
        request, "conversation.html.j2", who=caller.principal, here="conversations", view=view, now=caller.context.now()
    )
