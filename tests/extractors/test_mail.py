"""Which lines of a mail are its writer's own."""

from __future__ import annotations

import time

import pytest

from extractors.mail import blocks

OWN = "Board moved it, so it is the 21st now."


def kinds(body: str, *, sender: str | None = None) -> list[tuple[str, str]]:
    """(kind, first line) of each block."""
    return [(str(block.kind), body[block.start : block.end].split("\n")[0]) for block in blocks(body, sender=sender)]


@pytest.mark.parametrize(
    "history",
    [
        "On 3 Mar 2026, at 09:12, Inês Carvalho <ines@a.example> wrote:\n> still good?\n> yes?",
        "On Tue, Mar 3, 2026 at 9:12 AM Inês Carvalho <\nines@a.example> wrote:\n\n> still good?",
        "Am 03.03.2026 um 09:12 schrieb Inês Carvalho:\n> noch gut?",
        "Le mar. 3 mars 2026 à 09:12, Inês Carvalho a écrit :\nEncore bon ?",
        "> On 3 Mar 2026, at 09:12, Inês wrote:\n>\n> still good?",
        "-----Original Message-----\nFrom: Inês\nSent: Tuesday\nTo: Lorcan\nSubject: dates\n\nstill good?",
        "From: Inês Carvalho\nSent: 03 March 2026 09:12\nTo: Lorcan\nSubject: dates\n\nstill good?\n\nRegards\nInês",
        "__________\nFrom: Inês Carvalho\nDate: 03 March 2026\nTo: Lorcan\nSubject: d\n\nstill good?",
        "Von: Inês\nGesendet: Dienstag\nAn: Lorcan\nBetreff: Termin\n\nnoch gut?",
        "Van: Inês\nVerzonden: dinsdag\nAan: Lorcan\nOnderwerp: datum\n\nnog goed?",
        "Da: Inês\nInviato: martedì\nA: Lorcan\nOggetto: data\n\nva bene?",
        "Från: Inês\nSkickat: tisdag\nTill: Lorcan\nÄmne: datum\n\nbra?",
        "De: Inês\nEnviada em: terça\nPara: Lorcan\nAssunto: data\n\nainda bom?",
        "2026-03-03 09:12 GMT+01:00 Inês Carvalho <ines@a.example>:\n> still good?",
        "Tuesday, 3 March 2026, 09:12 +0000 from Inês <ines@a.example>:\nstill good?",
        "Inês <ines@a.example> wrote on Tue, 3 Mar 2026 at 09:12:\n> still good?",
        "Inês <ines@a.example> schrieb am Di., 3. März 2026, 09:12:\n\n> noch gut?",
        "2026年3月3日(火) 9:12 Inês <ines@a.example>:\n> still good?",
    ],
)
def test_history_is_not_own(history: str) -> None:
    found = kinds(f"{OWN}\n\n{history}\n")
    assert [text for kind, text in found if kind == "own" and "___" not in text] == [OWN]
    assert not any(kind == "forwarded" for kind, _ in found)


def test_answers_between_quoted_lines_are_own() -> None:
    found = kinds("> 1. price?\n\nToo high.\n\n> 2. date?\n\nMay.\n")
    assert found == [("quoted", "> 1. price?"), ("own", "Too high."), ("quoted", "> 2. date?"), ("own", "May.")]


@pytest.mark.parametrize(
    "signature",
    [
        "Best regards,\nLorcan Devaney\nHead of Digital\n+44 20 7946 0000",
        "Thanks!\nLorcan",
        "-- \nLorcan Devaney\nFenwick & Rowe",
        "Mit freundlichen Grüßen\nLorcan Devaney",
        "Lorcan Devaney\nHead of Digital",
        "Sent from my iPhone",
    ],
)
def test_signatures_are_not_content(signature: str) -> None:
    found = kinds(f"{OWN}\n\n{signature}\n", sender="Lorcan Devaney")
    assert found[0] == ("own", OWN)
    assert {kind for kind, _ in found[1:]} <= {"signature", "notice"}


def test_a_postscript_is_content() -> None:
    found = kinds(f"{OWN}\n\nBest,\nLorcan\n\nPS: budget is cut to 40k.\n", sender="Lorcan Devaney")
    assert ("own", "PS: budget is cut to 40k.") in found


def test_thanks_in_the_beginning_closes_nothing() -> None:
    found = kinds("Thanks,\n" + "\n".join(f"Sentence {n} goes on." for n in range(20)))
    assert all(kind == "own" for kind, _ in found)


def test_a_legal_notice_is_not_content() -> None:
    found = kinds(f"{OWN}\n\nThis e-mail and any attachments are confidential. If approved, delete it.\n")
    assert found[-1][0] == "notice"


def test_a_forwarded_note_is_handed_on_with_its_author() -> None:
    header = "From: Mark Ohle\nDate: 2 March 2026\nTo: Dana\nSubject: b\n"
    body = f"FYI\n\nBegin forwarded message:\n\n{header}\nWe sign.\n\n> older\n"
    note = next(block for block in blocks(body, subject="Fwd: b") if block.kind == "forwarded")
    assert body[note.start : note.end] == "We sign."
    assert note.author == "Mark Ohle"
    assert note.written_at is not None
    assert note.written_at.date().isoformat() == "2026-03-02"


def test_an_address_in_a_sentence_begins_no_history() -> None:
    text = "Please write to Inês <ines@a.example> before 09:30:\n\n- price\n- date"
    assert {kind for kind, _ in kinds(text)} == {"own"}


@pytest.mark.parametrize(
    "banner",
    [
        "[EXTERNAL]",
        "[EXTERNAL] This email originated from outside of the organization. Do not click links.",
        "CAUTION: This message came from outside your organization.",
        "This email was sent from an external sender.",
        "You don't often get email from inês@a.example. Learn why this is important",
    ],
)
def test_a_banner_above_is_not_content(banner: str) -> None:
    body = banner + "\n\n" + OWN + "\n\nMore.\n" * 30
    assert [kind for kind, _ in kinds(body)][:2] == ["notice", "own"]


@pytest.mark.parametrize("text", ["[EXTERNAL] we approved it.", "Attention: this mail came late."])
def test_words_beside_what_looks_like_a_banner_are_own(text: str) -> None:
    assert kinds(text) == [("own", text)]


def test_a_first_name_alone_closes_the_mail() -> None:
    found = kinds(f"{OWN}\n\nLorcan\n", sender="Lorcan Devaney")
    assert found == [("own", OWN), ("signature", "Lorcan")]


def test_a_first_name_in_a_list_closes_nothing() -> None:
    found = kinds("These will come:\nLorcan\nInês\nTom\n\nSee you.", sender="Lorcan Devaney")
    assert {kind for kind, _ in found} == {"own"}


def test_what_a_forwarded_note_quotes_is_nobody_s_word_now() -> None:
    header = "---------- Forwarded message ---------\nFrom: Mark Ohle\nDate: 2 March 2026\nSubject: b\nTo: Dana\n"
    body = f"FYI\n\n{header}\nWe sign.\n\nOn Thu, 26 Feb 2026 at 10:00, Tom wrote:\n\nUnlike RivalCo we can.\n"
    assert kinds(body)[2:] == [
        ("forwarded", "We sign."),
        ("header", "On Thu, 26 Feb 2026 at 10:00, Tom wrote:"),
        ("quoted", "Unlike RivalCo we can."),
    ]


def test_many_attributions_are_quick() -> None:
    began = time.process_time()
    blocks("On 3 Mar 2026, at 09:12, Inês wrote:\n> yes\n" * 20_000)
    assert time.process_time() - began < 5


def test_a_long_run_of_blanks_is_quick_and_harmless() -> None:
    assert kinds(" " * 200_000 + "\n" + OWN) == [("own", OWN)]
