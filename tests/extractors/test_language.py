"""Another language is told from English, and says so; foreign words in English are no other language."""

from __future__ import annotations

import pytest

from extractors import extract, notes
from extractors.language import language_of
from signals import Conversation

TALK = {
    "de": [
        "Guten Tag, wir haben für dieses Projekt ein Budget von 80.000 Euro und der Vorstand hat es freigegeben.",
        "Das ist gut, und wann wollen Sie mit dem Vertrag anfangen, noch in diesem Quartal oder erst im Januar?",
        "Wir sind auch mit Salesforce im Gespräch, aber deren Preis ist für uns nicht möglich.",
    ],
    "fr": [
        "Bonjour, nous avons un budget de 80 000 euros pour ce projet et le conseil l'a approuvé.",
        "Très bien, et quand est-ce que vous voulez signer le contrat, avant la fin du trimestre ou plus tard ?",
        "Nous sommes aussi en discussion avec Salesforce mais leur prix est trop élevé pour nous.",
    ],
    "es": [
        "Buenos días, tenemos un presupuesto de 80.000 euros para este proyecto y el consejo lo aprobó.",
        "Muy bien, y cuándo quieren firmar el contrato, antes de que termine el trimestre o más tarde?",
        "También estamos hablando con Salesforce pero su precio es muy alto para nosotros.",
    ],
    "pt": [
        "Bom dia, nós temos um orçamento de 80 mil para este projeto e o conselho já aprovou.",
        "Muito bem, e quando vocês querem assinar o contrato, antes do fim do trimestre ou mais tarde?",
        "Também estamos em conversa com a Salesforce mas o preço não é bom para nós.",
    ],
    "hi": [
        "हमारे पास इस परियोजना के लिए अस्सी हज़ार का बजट है और बोर्ड ने इसे मंज़ूर कर दिया है।",
        "बहुत अच्छा, आप अनुबंध पर कब हस्ताक्षर करना चाहते हैं?",
        "hum Salesforce se bhi baat kar rahe hain",
    ],
    "ja": [
        "このプロジェクトの予算は八万ドルで、取締役会が承認しました。",
        "契約はいつ締結されますか。今四半期中ですか。",
        "Salesforceとも話をしていますが、価格が高すぎます。",
    ],
}
ENGLISH = [
    "We have set aside 80k for this, and the Vorstand, I mean the board, has approved it.",
    "Wunderbar, and when do you want to sign, mañana or next quarter?",
    "Let's see what Herr Müller from der Einkauf says, c'est la vie, but we want it by March.",
]


def call(texts: list[str]) -> Conversation:
    people = [{"id": "b", "name": "Dana Reyes", "side": "buyer"}, {"id": "s", "name": "Sam Okoro", "side": "seller"}]
    segments = [{"speaker": "bs"[index % 2], "text": text} for index, text in enumerate(texts)]
    return Conversation.from_json(
        {
            "id": "c",
            "kind": "call",
            "occurred_at": "2026-03-12T15:00:00Z",
            "deal": {"currency": "EUR", "competitors": [{"name": "Salesforce"}]},
            "participants": people,
            "segments": segments,
        }
    )


@pytest.mark.parametrize("code", TALK)
def test_another_language_has_no_facts_and_the_result_says_so(code: str) -> None:
    conversation = call(TALK[code])
    assert extract(conversation) == []
    (note,) = notes(conversation)
    assert f"({code})" in note
    assert "only English is read" in note


def test_english_with_foreign_words_is_english() -> None:
    conversation = call(ENGLISH)
    assert notes(conversation) == []
    assert {signal.type for signal in extract(conversation)} >= {"budget"}


@pytest.mark.parametrize("text", ["", "Danke!", "123 456", "😀 😀", "De acuerdo, 11.500 al año. Send the contract."])
def test_too_little_tells_nothing(text: str) -> None:
    assert language_of(text) is None
