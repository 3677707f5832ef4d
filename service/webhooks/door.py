"""The registry of sources: those that are built in, and those that mapping files describe."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import resources
from pathlib import Path

from service.webhooks import (
    asana,
    assemblyai,
    calendly,
    docusign,
    fireflies,
    generic,
    google_calendar,
    hubspot,
    pandadoc,
    recall,
    salesforce,
    slack,
    zoom,
)
from service.webhooks.mapping_file import MappingError, load, one_mistake, source_from_text
from service.webhooks.source import Source

__all__ = ["BUILT_IN", "MappingError", "sources"]

BUILT_IN: tuple[Source, ...] = (
    docusign.SOURCE,
    pandadoc.SOURCE,
    hubspot.SOURCE,
    salesforce.SOURCE,
    calendly.SOURCE,
    google_calendar.SOURCE,
    slack.SOURCE,
    asana.SOURCE,
    zoom.SOURCE,
    fireflies.SOURCE,
    recall.SOURCE,
    assemblyai.SOURCE,
    generic.STANDARD,
    generic.CLOUDEVENTS,
)


def sources(folder: Path | None) -> Mapping[str, Source]:
    """By name. Files of the folder come before those that are shipped, and never replace what is built in.

    Raises MappingError for a file that cannot be followed, OSError for one that cannot be read.
    """
    out = {source.name: source for source in BUILT_IN}
    own = {}
    for file in sorted(folder.glob("*.toml")) if folder else ():
        source = load(file)
        if source.name in out or source.name in own:
            raise one_mistake(str(file), f'"{source.name}" is taken', "Choose another name.")
        own[source.name] = source
    if folder and not folder.is_dir():
        raise one_mistake(str(folder), "it is no folder", "TELLTALE_WEBHOOK_MAPPINGS names a folder of TOML files.")
    return {source.name: source for source in shipped()} | out | own


def shipped() -> Iterator[Source]:
    for file in sorted(resources.files("service.webhooks").joinpath("mappings").iterdir(), key=lambda file: file.name):
        if file.name.endswith(".toml"):
            yield source_from_text(file.read_text("utf-8"), source=file.name)
