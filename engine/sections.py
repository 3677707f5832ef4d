"""The sections of documents. Each writes Markdown from what is known, and names as open what is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from engine.deal import Person
from engine.dossier import Dossier, Heard
from engine.notes import shown
from engine.templates import NOT_KNOWN
from engine.what_if import what_if
from signals import Budget, Competitor, Element, KeyDate, Money, Pricing

__all__ = ["SECTIONS", "Section"]


@dataclass(slots=True)
class Section:
    """Lines of Markdown under a heading, and what is still open."""

    heading: str
    lines: list[str] = field(default_factory=list)
    open: list[str] = field(default_factory=list)

    def say(self, line: str, words: Iterable[str] = ()) -> None:
        """A point, with the words that it rests on quoted below it."""
        self.lines.append(f"- {plain(line)}")
        self.lines.extend(f"  > {plain(text)}" for text in words)


def plain(text: str) -> str:
    """Words as one line of Markdown that means nothing but itself."""
    line = " ".join(text.split())
    return "".join("\\" + sign if sign in "\\`*_[]<>#|" else sign for sign in line)


def day_of(heard: Heard) -> str:
    return heard.day.isoformat()


def overview(about: Dossier) -> Section:
    section = Section("Overview")
    facts = {
        "Account": about.told("account"),
        "Industry": about.told("industry"),
        "Size": about.told("size"),
        "Amount": about.amount,
        "Stage": about.pipeline.stages[about.deal.stage].id,
        "Close date": about.close_date,
        "Owner": about.told("owner"),
    }
    for name, value in facts.items():
        section.say(f"{name}: {value}")
        if value == NOT_KNOWN:
            section.open.append(name)
    return section


def elements(heading: str, element: Element, missing: str) -> Callable[[Dossier], Section]:
    """A section of what was heard of one element of MEDDIC."""

    def write(about: Dossier) -> Section:
        section = Section(heading)
        for heard in about.element(element):
            section.say(f"Told on {day_of(heard)}", heard.words)
        if not section.lines:
            section.open.append(missing)
        return section

    return write


def described(person: Person) -> str:
    parts = [person.title, None if person.role is None else person.role.replace("_", " ")]
    parts.append(None if person.champion is None else f"champion: {person.champion.value.replace('_', ' ')}")
    parts.append("has left" if person.left else "takes part" if person.engaged else "has not taken part yet")
    return f"{person.name} — " + ", ".join(part for part in parts if part)


def people(about: Dossier) -> Section:
    section = Section("People")
    for person in about.buyers:
        section.say(described(person))
    roles = {person.role for person in about.buyers if not person.left}
    for role in ("economic_buyer", "decision_maker"):
        if role not in roles:
            section.open.append(f"Who is the {role.replace('_', ' ')}")
    if not any(person.champion == "advocating" and not person.left for person in about.buyers):
        section.open.append("A champion who advocates")
    return section


def amount_of(money: Money | None) -> str:
    return "no amount" if money is None else shown(money)


def budget(about: Dossier) -> Section:
    section = Section("Budget")
    for signal, heard in about.of(Budget):
        section.say(f"{day_of(heard)}: {signal.status.value}, {amount_of(signal.amount)}", heard.words)
    if about.deal.budget_amount is None:
        section.open.append("The budget's amount")
    return section


def pricing(about: Dossier) -> Section:
    section = Section("Pricing")
    for signal, heard in about.of(Pricing):
        section.say(f"{day_of(heard)}: {signal.status.value}, {amount_of(signal.amount)}", heard.words)
    if not section.lines:
        section.open.append("A price that was named")
    return section


def terms(about: Dossier) -> Section:
    """The terms that a proposal or a contract rests on: the last price that stands."""
    section = Section("Terms")
    deal = about.deal
    agreed = deal.agreed if deal.pricing == "agreed" and deal.agreed is not None else None
    if agreed is not None:
        section.say(f"Price agreed: {amount_of(agreed)}")
    elif deal.quote is not None:
        section.say(f"Price quoted: {amount_of(deal.quote)}")
        section.open.append("A price that both sides agreed")
    else:
        section.open.append("A price")
    if deal.pricing == "agreed" and agreed is None:
        section.say("The buyer agreed the price quoted.")
    section.say(f"Currency: {deal.currency or NOT_KNOWN}")
    return section


def dates(about: Dossier) -> Section:
    section = Section("Dates")
    for signal, heard in about.of(KeyDate):
        period = signal.period
        days = period.start.isoformat() if period.days == 1 else f"{period.start} to {period.end}"
        moved = "" if signal.change == "set" else f" (moved {signal.change.value})"
        section.say(f"{signal.role.value.replace('_', ' ')}: {days}{moved}, told on {day_of(heard)}", heard.words)
    known = {role.value for role in about.deal.dates}
    section.open.extend(f"The {name.replace('_', ' ')} date" for name in ("close", "go_live") if name not in known)
    return section


def competitors(about: Dossier) -> Section:
    section = Section("Competition")
    for signal, heard in about.of(Competitor):
        section.say(f"{signal.name}: {signal.relation.value}, told on {day_of(heard)}", heard.words)
    if not section.lines:
        section.open.append("Whom else the buyer looks at")
    return section


def steps(about: Dossier) -> Section:
    section = Section("Steps done")
    for kind in about.deal.milestones:
        section.say(kind.value.replace("_", " "))
    return section


def to_do(about: Dossier) -> Section:
    """The gates of the stage that are open: what the next conversation is for."""
    section = Section("To be reached")
    begin, end = about.pipeline.gate_span[about.deal.stage]
    for n in range(begin, end):
        gate = about.pipeline.gates[n][1]
        section.say(f"{gate.id}: {'met' if about.deal.gates[n] else 'open'}. {gate.because}")
        if not about.deal.gates[n]:
            section.open.append(f"Gate {gate.id}")
    return section


def chances(about: Dossier) -> Section:
    section = Section("What would help")
    for change in what_if(about.deal, about.pipeline):
        section.say(f"With {change.if_}: {change.points:+g} points")
    return section


def ending(about: Dossier) -> Section:
    """How the deal ended, and why."""
    section = Section("Outcome")
    section.say(f"Stage: {about.pipeline.stages[about.deal.stage].id}")
    for name, said in (("loss_reason", "Loss reason"), ("lost_to", "Lost to"), ("lessons", "Lessons")):
        value = about.told(name)
        if about.deal.stage == about.pipeline.lost:
            section.say(f"{said}: {value}")
            if value == NOT_KNOWN:
                section.open.append(said)
    return section


SECTIONS: dict[str, Callable[[Dossier], Section]] = {
    "overview": overview,
    "pains": elements("Pains", Element.PAIN, "The pain that drives the purchase"),
    "metrics": elements("Metrics", Element.METRICS, "A figure for what it costs or brings"),
    "criteria": elements("Decision criteria", Element.DECISION_CRITERIA, "What the choice is judged by"),
    "process": elements("Decision process", Element.DECISION_PROCESS, "The way to a decision"),
    "people": people,
    "budget": budget,
    "pricing": pricing,
    "terms": terms,
    "dates": dates,
    "competitors": competitors,
    "steps": steps,
    "to_do": to_do,
    "chances": chances,
    "ending": ending,
}
