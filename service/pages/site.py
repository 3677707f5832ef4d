"""The pages put into the application: one list of their routers, and errors as pages."""

from __future__ import annotations

from fastapi import FastAPI

from service.api.service import Service
from service.pages import conversation_pages, inbox_pages, live, mending, reviewing, signing_in, static_files
from service.pages.admin import routes as admin
from service.pages.analytics import routes as analytics
from service.pages.board import routes as board
from service.pages.deal import routes as deal
from service.pages.errors import error_page
from service.pages.rules import routes as rules

__all__ = ["install"]

# In the order of the navigation. A page's module has a `router`; here is where it becomes part of the site.
ROUTERS = (
    static_files.router,
    live.router,
    signing_in.router,
    inbox_pages.router,
    reviewing.router,
    mending.router,
    conversation_pages.router,
    board.router,
    deal.router,
    analytics.router,
    rules.router,
    admin.router,
)


def install(app: FastAPI, service: Service) -> None:
    """The application's lifespan has to enter `live.listening(app.state.live)`."""
    for router in ROUTERS:
        app.include_router(router)
    app.state.error_page = error_page
    app.state.live = live.Hub(service.context.database.url, service.context.database)
