"""Styles, scripts and the icon: under names that hold a hash of their content, so that browsers may keep them."""

from __future__ import annotations

import functools
import gzip
import hashlib
from dataclasses import dataclass
from importlib import resources

from fastapi import APIRouter, Request
from fastapi.responses import Response

from service.api.problems import not_found

__all__ = ["FOREVER", "StaticFile", "files", "router", "url_of"]

router = APIRouter(include_in_schema=False)

FOREVER = "public, max-age=31536000, immutable"
TYPES = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaticFile:
    """`hashed` is the name it is asked for by, such as `app.1f3a9c0d.css`."""

    name: str
    hashed: str
    media_type: str
    content: bytes
    zipped: bytes


@functools.cache
def files() -> dict[str, StaticFile]:
    """Every file by its own name; read once a process, for there are few and they are small."""
    folder = resources.files("service.pages").joinpath("static")
    found = {}
    for place in (folder, folder.joinpath("vendor")):
        for item in place.iterdir():
            stem, _, kind = item.name.rpartition(".")
            if kind in TYPES:
                content = item.read_bytes()
                digest = hashlib.sha256(content).hexdigest()[:10]
                found[item.name] = StaticFile(
                    name=item.name,
                    hashed=f"{stem}.{digest}.{kind}",
                    media_type=TYPES[kind],
                    content=content,
                    zipped=gzip.compress(content, 9, mtime=0),
                )
    return found


@functools.cache
def by_hashed_name() -> dict[str, StaticFile]:
    return {each.hashed: each for each in files().values()}


def url_of(name: str) -> str:
    """Where a file is served, for templates; KeyError for one that there is not."""
    return f"/static/{files()[name].hashed}"


@router.get("/static/{name}")
def get_static(request: Request, name: str) -> Response:
    """A file under its hashed name, kept forever; 404 for a name that no version of this program gives out."""
    file = by_hashed_name().get(name)
    if file is None:
        raise not_found("file", name)
    headers = {"Cache-Control": FOREVER, "Vary": "Accept-Encoding", "X-Content-Type-Options": "nosniff"}
    if "gzip" in request.headers.get("accept-encoding", ""):
        return Response(file.zipped, media_type=file.media_type, headers=headers | {"Content-Encoding": "gzip"})
    return Response(file.content, media_type=file.media_type, headers=headers)


@router.get("/favicon.ico")
def favicon() -> Response:
    """Browsers ask for it under this name whatever a page says."""
    icon = files()["icon.svg"]
    return Response(icon.content, media_type=icon.media_type, headers={"Cache-Control": "public, max-age=86400"})
