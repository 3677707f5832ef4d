"""Why a proposed signal was dropped, or what of it was put right."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["Fault", "Mark", "RefusedError"]


class Fault(StrEnum):
    """Why nothing is left of a proposal."""

    MALFORMED = "malformed"  # no signal of ours: unknown fields, statuses, types
    QUOTE_NOT_THERE = "quote not there"
    QUOTE_IN_SEVERAL_PLACES = "quote in several places"
    QUOTE_OF_CONTEXT = "quote of context"  # quoted history, or text that was withheld
    NOT_ASSERTED = "not asserted"  # asked, supposed, denied, a joke, told of others
    OTHER_AMOUNT = "other amount"  # the words say another one, and which one is open
    NO_AMOUNT = "no amount"
    OTHER_DATE = "other date"
    NO_DATE = "no date"
    PAST = "past"
    NAME_NOT_SAID = "name not said"
    NOT_AN_ALTERNATIVE = "not an alternative"  # the seller or the buyer themselves
    PERSON_NOT_MEANT = "person not meant"
    SELLERS_PERSON = "seller's person"
    TITLE_NOT_SAID = "title not said"
    NO_FIGURE = "no figure"


class Mark(StrEnum):
    """What of a proposal was put right or stays open; the signal carries it in `found_by`."""

    QUOTE = "quote repaired"
    AMOUNT = "amount as read"
    AMOUNT_OPEN = "amount may be another"
    AMOUNT_REMOVED = "amount removed"
    DATE = "date as read"
    DATE_OPEN = "date may be another"
    PERSON = "person may be another"
    ASKED = "put as a question"
    SUCCESSOR_REMOVED = "successor removed"


class RefusedError(Exception):
    """A proposal fails a check."""

    def __init__(self, fault: Fault) -> None:
        self.fault = fault
        super().__init__(fault.value)
