"""The conversation's participants, by every form in which they are spoken of."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.people.words import HONORIFIC, nicknames, plain
from signals import Participant

__all__ = ["People", "people_of"]


@dataclass(frozen=True, slots=True)
class People:
    """The conversation's participants, by every form in which they are spoken of."""

    by_form: dict[str, Participant]
    first_words: frozenset[str]  # of the forms

    def named(self, name: str) -> Participant | None:
        """The participant whom this name can only mean, or None."""
        words = [word for word in plain(name).split() if not re.fullmatch(HONORIFIC, word)]
        if not words:
            return None
        return self.by_form.get(" ".join(words))


def people_of(participants: tuple[Participant, ...]) -> People:
    """Full names, given and family names, nicknames; a form that two people share means neither."""
    forms: dict[str, set[int]] = {}
    for index, person in enumerate(participants):
        for form in name_forms(person.name or ""):
            forms.setdefault(form, set()).add(index)
    unique = {form: participants[next(iter(owners))] for form, owners in forms.items() if len(owners) == 1}
    return People(unique, frozenset(form.split(" ")[0] for form in unique))


def name_forms(name: str) -> set[str]:
    """'Pillai, Ravindra' → pillai ravindra, ravindra pillai, ravindra, pillai, ravi (a short form of four letters)."""
    if re.fullmatch(r"\s*(?:speaker|unknown|participant|caller|guest)\b.*", name, re.IGNORECASE):
        return set()
    if "," in name:
        family, given = (part.strip() for part in name.split(",", 1))
        name = f"{given} {family}"
    words = [word for word in plain(re.sub(r"\(.*?\)", "", name)).split() if not re.fullmatch(HONORIFIC, word)]
    if not words:
        return set()
    forms = {" ".join(words), words[0], words[-1], " ".join(words[1:]) or words[0]}
    forms |= {short for short, full in nicknames().items() if full == words[0]} | {nicknames().get(words[0], words[0])}
    if len(words[0]) >= 6:
        forms |= {words[0][:3], words[0][:4]}
    return {form for form in forms if len(form) > 1}
