"""Each source that the service knows has its fixtures and a line in the documentation that can be tried."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from service.intake import FORMATS, Format
from service.webhooks.door import BUILT_IN
from tests.service.test_formats_transcripts import SOURCES as TRANSCRIPTS
from tests.service.test_mail_formats import SOURCES as MAILS
from tests.service.webhooks.senders import all_fixtures

PAGES = Path(__file__).parents[2] / "docs" / "formats"
DOCUMENTED = "\n".join(file.read_text(encoding="utf-8") for file in sorted(PAGES.glob("*.md")))
CURL = re.compile(r"\bcurl [^\n]*?/v1/(ingest|webhooks)/([a-z0-9-]+)")
TRIED = set(CURL.findall(DOCUMENTED))
# Telltale's own shape comes by a call of its own, which /openapi.json describes.
FOREIGN = sorted(set(FORMATS) - {Format.CANONICAL})


@pytest.mark.parametrize("source", FOREIGN)
def test_what_can_be_ingested(source: Format) -> None:
    assert source.value in {*TRANSCRIPTS, *MAILS}, "its fixtures are not tested"
    assert ("ingest", source.value) in TRIED, "docs/formats has no curl line for it"


@pytest.mark.parametrize("source", sorted(each.name for each in BUILT_IN))
def test_what_can_call(source: str) -> None:
    assert any(name.startswith(f"{source}/") for name in all_fixtures()), "it has no fixture"
    assert ("webhooks", source) in TRIED, "docs/formats has no curl line for it"
