"""A model's signals are as sure as people found such ones to be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from service.app import running
from service.flows.accept_conversation import accept_conversation
from service.flows.model_confidence import FEWEST, PRIOR, Kind, kind_of, learned
from service.flows.read_conversation import read_conversation
from service.flows.review_signal import review
from service.settings import Settings
from service.store import conversations
from service.store import signals as stored
from signals import Conversation, Signal, signal_from_json
from tests.service.readers.conftest import Reply, Server
from tests.service.readers.conversations import proposal, whole
from tests.service.samples import call

PLAIN = Kind("qwen3", "qualification", marked=False, confirmed=False)


@pytest.mark.parametrize(
    ("found_by", "expected"),
    [
        ("qwen3, prompt 1-ab", PLAIN),
        ("qwen3, prompt 1-ab; quote repaired", PLAIN),
        ("qwen3, prompt 2-cd; date may be another", Kind("qwen3", "qualification", marked=True, confirmed=False)),
        ("qwen3, prompt 1-ab; found by both readers", Kind("qwen3", "qualification", marked=False, confirmed=True)),
        ("a, prompt b, prompt 1-ab", Kind("a, prompt b", "qualification", marked=False, confirmed=False)),
        ("pain: too slow", None),
        (None, None),
    ],
)
def test_what_is_counted_together(found_by: str | None, expected: Kind | None) -> None:
    assert kind_of("qualification", found_by) == expected


@pytest.mark.parametrize(
    ("found_by", "seen", "confidence"),
    [
        pytest.param("qwen3, prompt 1-ab", (FEWEST - 1, FEWEST - 1), 0.75, id="too few"),
        pytest.param("qwen3, prompt 1-ab", (30, 30), (30 + PRIOR * 0.75) / (30 + PRIOR), id="all were right"),
        pytest.param("qwen3, prompt 1-ab", (0, 30), PRIOR * 0.75 / (30 + PRIOR), id="none was right"),
        pytest.param("llama, prompt 1-ab", (0, 30), 0.75, id="another model's"),
        pytest.param("qwen3, prompt 1-ab; amount as read", (0, 30), 0.75, id="another kind"),
        pytest.param("pain: too slow", (0, 30), 0.75, id="the local reader's"),
    ],
)
def test_the_share_that_was_accepted_is_drawn_to_the_guess(
    found_by: str, seen: tuple[int, int], confidence: float
) -> None:
    (signal,) = learned([pain(found_by)], {PLAIN: seen})
    assert signal.confidence == pytest.approx(confidence, abs=1e-4)


def pain(found_by: str) -> Signal:
    return signal_from_json(
        {"type": "qualification", "element": "pain", "confidence": 0.75, "found_by": found_by}
        | {"evidence": [{"segment": 0, "start": 0, "end": 4, "text": "Slow"}]}
    )


PAINS = [f"Our month-end number {n} takes too long and it hurts." for n in range(FEWEST)]


@pytest.mark.parametrize(
    ("action", "confidence"),
    [("dismiss", PRIOR * 0.75 / (FEWEST + PRIOR)), ("accept", (FEWEST + PRIOR * 0.75) / (FEWEST + PRIOR))],
)
def test_reviews_decide_how_sure_the_next_ones_are(
    database: str, model_server: Server, tmp_path: Path, action: Any, confidence: float
) -> None:
    pains = [proposal({"type": "qualification", "element": "pain"}, (n, said)) for n, said in enumerate(PAINS)]
    model_server.replies = [Reply(whole(*pains)), Reply(whole(pains[0]))]
    settings = Settings(
        database=database, worker=False, data=tmp_path, reader="llm", llm_url=model_server.url, llm_model="tiny"
    )
    with running(settings) as service:
        context = service.context
        for id, said in (("c-1", PAINS), ("c-2", PAINS[:1])):
            source = call(id, *(f"b1: {one}" for one in said))
            accept_conversation(context, Conversation.from_json(source))
            assert read_conversation(context, id)
            with context.database.connect() as connection:
                row = conversations.get(connection, context.workspace, id)
            assert row is not None
            assert row.state == "read", row
            with context.database.connect() as connection:
                found = stored.of_conversation(connection, context.workspace, id)
            if id == "c-1":
                assert [signal.confidence for signal in found] == [0.75] * FEWEST
                for signal in found:
                    review(context, signal.id, action=action, corrected=None, reason=None, by="dana")
        assert [signal.confidence for signal in found] == [pytest.approx(confidence, abs=1e-4)]
