"""The language model as a reader, and the cascade."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from service.readers.cascade import read_in_cascade
from service.readers.choose import options_of, reader_of
from service.readers.model import ModelRefusedError, ModelUnreachableError
from service.readers.options import ReaderKind, ReaderSettingsError
from service.readers.prompt import Request, prompt_version
from service.readers.reader import Read, read_by_model
from service.settings import Settings
from signals import Conversation
from tests.service.readers.conversations import (
    OPTIONS,
    Scripted,
    conversation,
    enumerated,
    local,
    long_call,
    proposal,
    whole,
)

AMOUNT = {"low": 80000, "high": 80000, "currency": "USD", "per": "total"}
APPROVED = {"type": "budget", "status": "approved", "amount": AMOUNT}
SIGNED = "The board signed off on eighty thousand for this."


def by_model(of: Conversation, model: Scripted, **changes: object) -> Read:
    return read_by_model(of, ask=model, local=local, options=replace(OPTIONS, **changes), cache=None)


def cascade(of: Conversation, model: Scripted, **changes: object) -> Read:
    options = replace(OPTIONS, **{"threshold": 0.0, **changes})
    return read_in_cascade(of, ask=model, local=local, options=options, cache=None)


def finding(word: str, fields: dict[str, object]) -> Scripted:
    """A model that proposes `fields` for every line with the word in it."""

    def answer(request: Request) -> str:
        return whole(*(proposal(fields, (number, text)) for number, text in enumerated(request.user) if word in text))

    return Scripted(answer)


def test_a_proposal_becomes_a_signal_that_tells_model_and_prompt() -> None:
    result = by_model(conversation("s1: Hi.", f"b1: {SIGNED}"), finding("board", APPROVED))
    (signal,) = result.signals
    assert signal.found_by == f"scripted, prompt {prompt_version()}"
    assert signal.confidence == OPTIONS.confidence
    assert result.report.to_json() | {"dropped": [], "marked": []} == {
        "conversations": 1, "windows": 1, "asked": 1, "cached": 0, "over_budget": 0, "unanswered": 0, "broken": 0,
        "withheld": 0, "sent_tokens": 100, "answer_tokens": 10, "proposals": 1, "kept": 1, "dropped": [], "marked": [],
    }  # fmt: skip


def test_what_is_dropped_is_counted_by_type_and_reason() -> None:
    model = Scripted(whole(proposal(APPROVED, (1, "The CEO approved it")), {"type": "bonus"}, None))
    report = by_model(conversation("s1: Hi.", f"b1: {SIGNED}"), model).report
    assert report.to_json()["dropped"] == [
        {"type": "", "why": "malformed", "count": 1},
        {"type": "bonus", "why": "malformed", "count": 1},
        {"type": "budget", "why": "quote not there", "count": 1},
    ]
    assert (report.proposals, report.kept) == (3, 0)


def test_the_same_fact_in_two_windows_is_one_signal() -> None:
    model = finding("board approved", APPROVED)
    result = by_model(long_call(), model, window=600)
    assert len(model.asked) > 3
    (signal,) = result.signals
    assert [piece.segment for piece in signal.evidence] == [2]


@pytest.mark.parametrize("text", ["", "I am sorry, but I cannot do that.", "{" * 5000, "x" * 10_000_000, "无"])
def test_what_a_model_says_nothing_usable_to_is_read_locally(text: str) -> None:
    of = conversation("s1: Was the budget approved?", "b1: Yes, finance approved the budget of 80k.")
    result = by_model(of, Scripted(text))
    assert result.signals == local(of) != []
    assert result.report.unanswered == 1


def test_half_an_answer_is_taken_and_counted() -> None:
    text = whole(proposal(APPROVED, (1, SIGNED)), proposal(APPROVED, (1, SIGNED)))[:-60]
    result = by_model(conversation("s1: Hi.", f"b1: {SIGNED}"), Scripted(text))
    assert len(result.signals) == 1
    assert result.report.broken == 1


def test_a_request_that_is_refused_is_read_locally() -> None:
    def refuse(request: Request) -> str:
        raise ModelRefusedError("too long")

    of = conversation("b1: Finance approved the budget of 80k.")
    result = by_model(of, Scripted(refuse))
    assert result.signals == local(of)
    assert result.report.unanswered == 1


def test_a_model_that_is_away_is_told() -> None:
    def away(request: Request) -> str:
        raise ModelUnreachableError("http://127.0.0.1:9: ConnectError")

    with pytest.raises(ModelUnreachableError):
        by_model(conversation("b1: Hello."), Scripted(away))


def test_what_exceeds_the_budget_is_read_locally() -> None:
    of = long_call()
    model = Scripted(whole())
    result = by_model(of, model, window=600, budget=20_000)
    assert 0 < len(model.asked) < result.report.windows
    assert result.report.over_budget == result.report.windows - len(model.asked)
    # The competitor near the end is the local reader's; the model, asked about the beginning, tells no budget.
    assert {signal.type for signal in result.signals} == {"competitor"}


def test_a_meeting_in_which_nobody_sells_is_asked_about_by_nobody() -> None:
    talk = "We looked at the minutes of the last meeting and agreed on the agenda for the coming weeks of the project. "
    people = [{"id": "a"}, {"id": "b"}]
    segments = [{"speaker": "ab"[n % 2], "text": talk * 3} for n in range(10)]
    value = {"id": "x", "kind": "call", "occurred_at": "2026-03-02T15:00:00Z", "participants": people}
    model = Scripted(whole())
    result = by_model(Conversation.from_json({**value, "segments": segments}), model)
    assert result.signals == []
    assert model.asked == []


# --- the cascade

SURE = "Finance approved the budget of 80k."


def test_below_the_threshold_nobody_is_asked() -> None:
    of = conversation(f"b1: {SURE}")
    model = Scripted(whole())
    result = cascade(of, model, threshold=50.0)
    assert model.asked == []
    assert result.signals == local(of)
    assert (result.report.windows, result.report.asked) == (1, 0)


def test_an_answer_confirms() -> None:
    of = conversation(f"b1: {SURE}")
    (alone,) = local(of)
    (signal,) = cascade(of, finding("Finance", APPROVED)).signals
    assert signal.confidence == pytest.approx(1 - (1 - max(alone.confidence, OPTIONS.confidence)) / 2)


def test_an_answer_replaces() -> None:
    of = conversation(f"b1: {SURE}")
    (alone,) = local(of)
    (signal,) = cascade(of, finding("Finance", {**APPROVED, "status": "pending"})).signals
    assert (alone.status, signal.status) == ("approved", "pending")


def test_an_answer_drops_what_is_unsure_and_leaves_what_is_sure() -> None:
    of = conversation(f"b1: {SURE}")
    (alone,) = local(of)
    nothing = Scripted(whole())
    unsure = replace(alone, confidence=0.3)
    sure = replace(alone, confidence=0.95)
    options = replace(OPTIONS, threshold=0.0)
    for given, left in ((unsure, []), (sure, [sure])):
        read = read_in_cascade(of, ask=nothing, local=lambda _, one=given: [one], options=options, cache=None)
        assert read.signals == left


def test_an_answer_adds() -> None:
    text = "There is nothing in the pot for it, I tell you."
    of = conversation(f"b1: {text}")
    found = cascade(of, finding("pot", {"type": "budget", "status": "none", "amount": None})).signals
    assert [signal.status for signal in found] == ["none"]


@pytest.mark.parametrize("text", ["", "no", "{}"])
def test_a_useless_answer_changes_nothing(text: str) -> None:
    of = conversation(f"b1: {SURE}")
    assert cascade(of, Scripted(text)).signals == local(of)


def test_a_window_that_is_not_asked_about_stays_as_it_was() -> None:
    of = long_call()
    model = Scripted(whole())
    found = [replace(signal, confidence=0.4) for signal in local(of)]
    options = replace(OPTIONS, window=600, threshold=0.5)
    result = read_in_cascade(of, ask=model, local=lambda _: found, options=options, cache=None)
    assert 0 < len(model.asked) < result.report.windows
    asked = {number for request in model.asked for number, _ in enumerated(request.user)}
    kept = [signal for signal in found if signal.evidence[0].segment not in asked]
    assert [signal for signal in result.signals if signal in found] == kept


# --- as set


def test_the_options_are_the_settings(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path, llm_url="http://127.0.0.1:1/v1", llm_model="m", llm_key="k", llm_window=900)
    options = options_of(settings, ReaderKind.LLM)
    assert (options.kind, options.url, options.model, options.key) == ("llm", "http://127.0.0.1:1/v1", "m", "k")
    assert (options.window, options.cache, options.weights) == (900, tmp_path / "answers", None)
    assert options_of(settings.model_copy(update={"llm_cache_size": 0}), ReaderKind.LLM).cache is None
    with_weights = settings.model_copy(update={"llm_local": True, "llm_model": str(tmp_path)})
    assert options_of(with_weights, ReaderKind.LLM).weights == tmp_path
    assert "llm_key" not in repr(settings)


@pytest.mark.parametrize("kind", ["llm", "cascade"])
def test_a_reader_that_cannot_be_made(kind: str, tmp_path: Path) -> None:
    with pytest.raises(ReaderSettingsError, match="TELLTALE_LLM_URL"):
        reader_of(options_of(Settings(data=tmp_path), ReaderKind(kind)), local=local)
    with pytest.raises(ReaderSettingsError, match="TELLTALE_LLM_MODEL"):
        options_of(Settings(data=tmp_path, llm_local=True), ReaderKind(kind))
    missing = Settings(data=tmp_path, llm_local=True, llm_model=str(tmp_path / "none"))
    with pytest.raises(ReaderSettingsError, match="weights"):
        reader_of(options_of(missing, ReaderKind(kind)), local=local)


def test_the_local_reader_needs_nothing(tmp_path: Path) -> None:
    of = conversation(f"b1: {SURE}")
    assert reader_of(options_of(Settings(data=tmp_path), ReaderKind.LOCAL), local=local)(of).signals == local(of)
