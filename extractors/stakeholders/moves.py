"""What words around a person say of how their part changes, where that speaks against what was found at first."""

from __future__ import annotations

import re
from collections.abc import Iterable

from signals import StakeholderChange

__all__ = ["change_by_words"]

HEAD = (
    r"(?:director|manager|head|lead|leader|chief|president|officer|ceo|cfo|coo|cto|cio|gm|md|supervisor|responsible"
    r"|partner|chair|superintendent|boss|treasurer|controller)"
)
POST = rf"(?:\w+ ){{0,3}}{HEAD}\b"
IS = r"(?:is|'s|am|'m)"
FROM = (
    r"(?:now|as of|since|from (?:mon|tues|wednes|thurs|fri)day|from (?:the first|next|january|february|march|april|may"
    r"|june|july|august|september|october|november|december))\b"
)
# Someone who gets another post in the company: "they've made me country head", "he is GM for treasury from the first".
APPOINTED = re.compile(
    r"\b(?:been|was|were|got|get|gets|is|'s|am|they|they've|have|has) (?:just |now |since )*"
    r"(?:made|make|named|appointed|promoted|bumped|elevated)\b"
    r"(?! (?:it|a |sure|redundant|the (?:call|decision|order|offer)))"
)
ANOTHER_POST = re.compile(
    r"\b(?:moved|moves|put|made|named|appointed|promoted|given|make|gave) (?:me|him|her)\b(?: up| over| across)?"
    rf"(?: to| as| in| the| \w+){{0,3}} ?{POST}"
    rf"|(?<!\w){IS} (?:now |also )+(?:the |our |a )?{POST}"
    rf"|(?<!\w){IS} (?:the |our |a |also )*{POST}(?: \w+){{0,5}} {FROM}"
    rf"|\b(?:no longer|no more|not|isn't|ain't) (?:the |our )?{POST}"
    r"|\b(?:job|my|his|her) title (?:is |has )?chang"
)
# Someone who moves or takes more on and is still there: "same desk", "she keeps the project", "on top of Commercial".
STAYS = re.compile(
    r"\bsame (?:desk|building|project|office)\b"
    r"|\b(?:still|stays|staying|remains?)(?: \w+)? (?:with us|here|on the (?:board|project)|signing|our sponsor|chair"
    r"|in the (?:company|house|group))\b"
    r"|\b(?:keep|keeps|kept|keeping) (?:it(?! (?:in|as|up)\b)|this|the (?:project|file)|(?:his|her) seat)\b"
    r"|\bcomes with (?:him|her|me)\b"
    r"|\bon top of\b|\bboth jobs\b|\bas well (?:now|since|from|as of)\b|\bnow over\b|\bbigger (?:chair|job)\b"
)
# Whatever the new post is, this project is no longer theirs.
OFF_THE_PROJECT = re.compile(
    r"\b(?:isn't|is not|not|no longer|no more) (?:\w+ )?(?:with|on|in|part of) (?:the|this) (?:\w+ )?"
    r"(?:project|file|team|case)"
    r"|\b(?:gives?|hands?|handing|giving|passes) (?:\w+ )?(?:part|seat|file|project|half|it)\b"
    r"(?! (?:a|to us|all|some)\b)"
    r"|\b(?:taken|took|takes) (?:\w+ ){0,3}(?:over |away )?from (?:him|her)\b|\bnot a vote\b"
)
QUIET = re.compile(
    r"(?<!\bi )(?<!\bwe )\b(?:hasn't|haven't|has not|have not|didn't|did not|never|not once)(?: even| so much as| yet)?"
    r" (?:said|answer\w*|surfaced|return\w*|repl\w+|respond\w*|written|called|opened|react\w*|come back|been seen)"
    r"|\bhear(?:d)? nothing\b|\bnot (?:one|a|a single) (?:word|line|reply|answer)\b"
)
# "signs off" is no leaving, where nothing else tells of one.
SIGNS_OFF = re.compile(r"\bsign(?:s|ed|ing)? (?:it |this |them )?off\b")
LEAVES = re.compile(
    r"\b(?:left|leav\w+|gone|last day|notice|quit\w*|resign\w*|retir\w+|replac\w+|successor|no longer|any ?more)\b"
)
# Who has gone for good is no longer waited for.
GONE_FOR_GOOD = re.compile(
    r"\b(?:quit|resigned|retired|left (?:us|the (?:company|firm|bank|group)|for (?:good|another)))\b"
)
# A part that begins: "comes too", "is added", "it goes through him from now on".
BEGINS = re.compile(
    r"\b(?:is|was|been)(?: now)? (?:added|assigned)\b|\b(?:comes|coming) too\b|\bbringing (?:also|in)\b|\blooping in\b"
    r"|\bwelcome on board\b|\bjoin(?:s|ed|ing)?\b|\b(?:she|he)'s new\b|\bput (?:him|her|them) (?:in|on)\b"
    r"|\bfrom (?:here|now) on\b|\bfrom (?:here|this week)\b|\bas of (?:this|today|now|monday)\b"
    r"|\bsince (?:monday|the first|this week|last week)\b"
)


def change_by_words(texts: Iterable[str], change: StakeholderChange) -> StakeholderChange:
    """The change that the words tell of the person, `change` where they tell none; `texts` in lower case."""
    said = " | ".join(texts)
    match change:
        case StakeholderChange.LEFT | StakeholderChange.JOINED | StakeholderChange.UNRESPONSIVE:
            moved = APPOINTED.search(said) or ANOTHER_POST.search(said) or STAYS.search(said)
            if moved and not OFF_THE_PROJECT.search(said):
                return StakeholderChange.ROLE_CHANGED
            left = change is StakeholderChange.LEFT and GONE_FOR_GOOD.search(said)
            if QUIET.search(said) and not left:
                return StakeholderChange.UNRESPONSIVE
            signs = change is StakeholderChange.LEFT and SIGNS_OFF.search(said) and not LEAVES.search(said)
            return StakeholderChange.IDENTIFIED if signs else change
        case StakeholderChange.ROLE_CHANGED:
            return StakeholderChange.LEFT if OFF_THE_PROJECT.search(said) else change
        case StakeholderChange.IDENTIFIED:
            if ANOTHER_POST.search(said):
                return StakeholderChange.ROLE_CHANGED
            if QUIET.search(said):
                return StakeholderChange.UNRESPONSIVE
            return StakeholderChange.JOINED if BEGINS.search(said) else change
