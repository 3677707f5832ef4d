"""The training corpus: every source compiles, every gold signal is a signal, its words are where it says."""

from __future__ import annotations

from pathlib import Path

import pytest

from models.labels import UNITS, unit_labels_of
from models.source import SourceError, compile_source
from signals import Conversation, signal_from_json

FOLDER = Path(__file__).parents[2] / "models" / "corpus"
SOURCES = sorted(FOLDER.glob("*.src"))

SOURCE = """=== HEAD
{"id": "x-1", "kind": "call", "occurred_at": "2026-03-12T15:00:00Z", "participants": [{"id": "p1"}]}
=== TEXT
p1| we have eighty
?| eighty what
p1| eighty thousand
=== GOLD
{"type": "budget", "status": "stated", "amount": {"low": 8, "high": 8, "currency": "USD"}, "evidence": ["2#eighty"]}
"""


@pytest.mark.parametrize("path", SOURCES, ids=lambda path: path.stem)
def test_source(path: Path) -> None:
    labelled = compile_source(path.read_text(encoding="utf-8"), path.name)
    assert labelled["id"] == path.stem
    Conversation.from_json(labelled)
    for fact in labelled["gold"]:
        assert signal_from_json(fact).evidence, f"{path.name}: a {fact['type']} without evidence"
        assert set(unit_labels_of(fact)) <= set(UNITS)


def test_quotes_find_their_place() -> None:
    labelled = compile_source(SOURCE, "x-1.src")
    assert [piece["segment"] for piece in labelled["gold"][0]["evidence"]] == [1]
    assert labelled["segments"][1]["speaker"] is None
    assert labelled["gold"][0]["amount"]["per"] == "total"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("=== GOLD", "=== GOULD"), "expected the parts HEAD"),
        (("p1| we", "p1 we"), "expected 'speaker| text'"),
        (('"2#eighty"', '"eighty"'), "stands in 3 places"),
        (('"2#eighty"', '"ninety"'), "not in the text"),
        (('{"type": "budget"', '{"type" "budget"'), "expected a JSON object"),
    ],
)
def test_faults_are_named(change: tuple[str, str], message: str) -> None:
    with pytest.raises(SourceError, match=message) as caught:
        compile_source(SOURCE.replace(*change), "x-1.src")
    assert str(caught.value).startswith("x-1.src: ")
