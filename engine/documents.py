"""Documents written from what is known of a deal, as Markdown. What is not known is listed as open, never invented.

Every statement that rests on words said carries them as a quotation, so that a reader can check it.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.dossier import Dossier
from engine.sections import SECTIONS, plain
from engine.templates import NOT_KNOWN

__all__ = ["DOCUMENTS", "write"]


@dataclass(frozen=True, slots=True)
class Plan:
    """A document's title and its sections, in order."""

    title: str
    sections: tuple[str, ...]


DOCUMENTS: dict[str, Plan] = {
    "account_research": Plan("Account research", ("overview", "people", "competitors", "to_do")),
    "ideal_contacts": Plan("Ideal contacts", ("overview", "people")),
    "research_brief": Plan(
        "Research brief", ("overview", "people", "pains", "budget", "dates", "competitors", "to_do")
    ),
    "buying_committee": Plan("Buying committee", ("people", "process", "criteria")),
    "meeting_preparation": Plan("Meeting preparation", ("overview", "people", "pains", "to_do", "chances")),
    "discovery_summary": Plan(
        "Discovery summary",
        ("overview", "pains", "metrics", "criteria", "process", "people", "budget", "dates", "competitors", "steps"),
    ),
    "demo_preparation": Plan("Demo preparation", ("pains", "metrics", "people", "criteria", "competitors", "to_do")),
    "competitive_intelligence": Plan("Competitive intelligence", ("competitors", "criteria", "pricing", "ending")),
    "proposal": Plan("Proposal", ("overview", "pains", "metrics", "terms", "dates", "people")),
    "contract": Plan("Contract", ("overview", "terms", "dates", "people")),
    "hand_off": Plan(
        "Hand-off", ("overview", "people", "pains", "metrics", "criteria", "dates", "terms", "steps", "competitors")
    ),
    "win_loss_analysis": Plan(
        "Win/loss analysis", ("ending", "overview", "competitors", "pricing", "budget", "people", "criteria", "steps")
    ),
}


def write(document: str, about: Dossier) -> str:
    """The document of that name; KeyError where there is none."""
    plan = DOCUMENTS[document]
    sections = [SECTIONS[name](about) for name in plan.sections]
    account = about.told("account")
    lines = [f"# {plan.title}: {plain(account)}", ""]
    lines += [f"As of {about.pipeline.calendar.day(about.deal.now).isoformat()}.", ""]
    for section in sections:
        if section.lines:
            lines += [f"## {section.heading}", "", *section.lines, ""]
    still_open = [item for section in sections for item in section.open]
    if still_open:
        lines += ["## Open", "", *(f"- {plain(item)}: {NOT_KNOWN}" for item in dict.fromkeys(still_open)), ""]
    return "\n".join(lines)
