"""The relation that the talk tells of a company, where it speaks against what was found at first: it is often told in
another sentence than the name ("And Veldora?" - "They had our letter in May"), and the last word of it wins."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from extractors.reading import Unit
from signals import Relation

__all__ = ["relation_by_words"]

# `OWN` stands for the name in what is told of a company (`told.py`).
OWN = "<own>"
IT = rf"(?:them|'em|it|that|{OWN})"
REJECTED = re.compile(
    rf"\b(?:gave|given|giving|got|sent|had) (?:{IT} |him )?(?:already )?(?:their |the |our |a )?"
    r"(?:notice|letter)\b(?! (?:that|of|about))"
    r"|\bletter(?:'s| is) out\b|\bnotice (?:was|went|is given|has gone)\b"
    r"|\b(?:won't|will not|don't|not going to) (?:go on|continue|renew|prolong|extend)\b|\bno prolongation\b"
    rf"|\b(?:put|set|laid) {IT} (?:aside|away)\b|\bturned {IT} (?:down|off)\b"
    rf"|(?:\b(?:it|that one)|{OWN}) goes (?:off|away)\b"
    r"|\b(?:gets?|is|are|be|being) (?:turned off|switched off|taken out|unplugged|dismounted|ripped out|thrown out"
    r"|phased out|retired(?=[.,;]|$| (?:in|on|by|now|soon|this|next|and|from|when|as)\b))\b"
    r"(?! (?:at|every|on) (?:night|weekends?))"
    r"|\b(?:going to leave|bye|goodbye|loses? its seat)\b"
    r"|\b(?:out of|not(?: more)? in|no longer in|no more in) the (?:race|running|game|picture|mix)\b"
    rf"|(?:(?:^|[.,;] )(?:i'll |i will |don't )?tell {OWN}|\bi'll tell (?:them|{OWN}))"
    r"(?![^.,;]{0,40}\b(?:who|what|when|whether|if|about|to)\b)"
    r"|\bso,? no\.?$"
    rf"|\b(?:crossed|crossing) {IT} (?:off|out)\b|\bdropp(?:ed|ing) {IT}|\bruled {IT} out\b"
    rf"|\brid of {IT}(?!\w)|\breplacing {IT}(?!\w)"
    rf"|\btold (?:them|him|her|the guys?|{OWN}) (?:no\b|myself|already)|\bhave told {OWN}|{OWN}(?:'s| has) been told[.]"
    r"|\bthey lost\b(?! (?:our|my|your|the data|a|some|two|three)\b)"
    rf"|\bwe(?:'ve)? left {OWN}(?! a)|\bdone with {OWN}|\bknows? (?:they're|they are) (?:going|out)\b"
    rf"|\bnon-?renewal\b|\b(?:isn't|is not|not|won't be) renewed\b|\bdisqualified\b|\bthrew {IT} out\b"
    rf"|\bnot going on with {IT}|\bsent {IT} home\b|{OWN} is out\b(?! (?:of )?(?:office|there))"
)
SELECTED = re.compile(
    rf"\b(?:chosen|chose|picked|went with|signed (?:with|them|for)) (?:{OWN}|them|'em)(?!\w)|\bre-?signed\b"
    rf"|\b(?:get|gets|got) the (?:renewal|order|award)\b(?! for (?:the )?best)|\bdecided for (?:{OWN}|them)"
)
FAVORED = re.compile(
    r"\bin front\b(?! of (?!you))|\b(?<!there )before you\b(?! \w+ed\b)"
    r"|(?<!days )(?<!weeks )(?<!months )(?<!go )(?<!goes )(?<!going )(?<!went )\bahead\b"
    r"|\bfirst place\b|\branked first\b"
    r"|\bfront.?runner\b|\bfavou?rite(?=[.,:;!]|$| (?:at|for|of|so|now|he|she|and|by)\b)|\bdarling\b"
    rf"|(?<!anybody )(?<!anyone )\bprefers?\b(?! (?:you|yours?)\b)|\bpreferred (?:by|bidder)\b|\bwould rather have\b"
    rf"|\blean(?:s|ing)? (?:to|towards?) (?:them|{OWN})"
    rf"|\blean to\b|\blikes? (?:more|better|(?:them|the|{OWN})(?: {OWN})? (?:more|better)|them best)\b|\blike more\b"
    r"|\bif i had to (?:choose|pick)\b|\bthe edge\b|\bsweet on\b|\bsold on (?:them|it)\b|\btheirs to lose\b"
    r"|\bmore points than\b|\bgoes first\b"
    rf"|{OWN}[^.,;]{{0,20}} first by\b"
)
# A preference is all that it is so far.
NOT_YET = re.compile(
    r"\b(?:not|isn't|n't been) (?:yet )?(?:decided|inked|chosen|picked|signed|notified)\b|\bfavou?rite\b"
)
MENTIONED = re.compile(
    r"\b(?:haven't|have not|hasn't|nobody has|never|do not|don't|didn't|did not) (?:\w+ )?"
    r"(?:look(?:ed)?(?: at (?:it|them))?|bothered(?: with)?|had '?(?:th)?em in)(?=[.,;]|$| only| we| it's| they)"
    r"|\b(?:just|only) (?:a |the )?(?:name|thought|mention|word)\b|\ba word in an? e?-?mail\b|\bnever more than\b"
    r"|\bthat's (?:all|about it)\.?$|\bnot on the table\b(?! any)|\bnot in the tender\b"
    r"|\bonly (?:rang|called)\b|\bphoned me\b"
)
INCUMBENT = re.compile(
    rf"\b(?:we're|we are|i'm|i am|clinics are|sites are|still) on {OWN}|{OWN} is what we(?:'ve got| have| use| run)\b"
    rf"|\bwhat we've got being {OWN}|\b(?:went|gone|came) back to {OWN}|\btoday we have {OWN}"
    rf"|\bkeep(?:ing)? {OWN} until\b"
    rf"|\bstaying put with {OWN}|{OWN} (?:we have|has been in|has us) since\b"
)
# Still weighed, whatever else is said.
EVALUATING = re.compile(
    rf"(?<!was )\bstill (?:alive|in it|in the (?:race|running|mix)|you and {OWN})|\bin the hunt\b"
    rf"|\b(?:isn't|not) dead\b"
    rf"|\bthe other one left\b|\bwouldn't say out\b|\b(?:they're|they are|{OWN}'s|{OWN} is|also) in it\b"
    rf"|\bcompare you with {OWN}|\bshortlist(?:ed)? (?:you and )?{OWN}|{OWN} (?:is|are) on the shortlist"
)
# What is only supposed, wished for, or about to be so.
SUPPOSED = re.compile(r"\b(?:if|unless|until|till|whether|before|once|i'd|would|has to|must)\b[^.,;]{0,25}$")
# The seller's own standing: "you are ahead of them".
YOURS = re.compile(
    r"\b(?:you(?:'re|'ve| are| were| have| come| look)|yours is)(?: (?:got|the|our|still|now|a|bit|well|clearly))* ?$"
)
NOT = re.compile(r"(?:n't|\b(?:not|never|no one|nobody))(?: [\w']+){0,3} ?$")
# From which relations the words lead to which others, the first that is told.
LEADS = (
    (Relation.REJECTED, REJECTED, {Relation.INCUMBENT, Relation.EVALUATING, Relation.MENTIONED}),
    (Relation.SELECTED, SELECTED, {Relation.EVALUATING, Relation.FAVORED, Relation.INCUMBENT}),
    (Relation.FAVORED, FAVORED, {Relation.EVALUATING, Relation.MENTIONED, Relation.INCUMBENT}),
    (Relation.EVALUATING, EVALUATING, {Relation.REJECTED, Relation.MENTIONED}),
    (Relation.MENTIONED, MENTIONED, {Relation.EVALUATING, Relation.INCUMBENT}),
    (Relation.INCUMBENT, INCUMBENT, {Relation.EVALUATING, Relation.MENTIONED}),
)


def relation_by_words(pieces: Iterable[tuple[Unit, str]], relation: Relation) -> tuple[Relation, Unit | None]:
    """The relation that the words tell of the company and the sentence that tells it; `relation` itself and None where
    they tell no other. `pieces` as of `told_of`."""
    said = [(unit, text) for unit, text in pieces if not text.rstrip().endswith("?")]
    if relation is Relation.SELECTED and any(NOT_YET.search(text) for _, text in said):
        unit = first(FAVORED, said)
        return (Relation.FAVORED, unit) if unit is not None else (relation, None)
    for meant, words, sources in LEADS:
        if relation in sources and (unit := first(words, said)) is not None:
            return meant, unit
    return relation, None


def first(words: re.Pattern[str], said: Sequence[tuple[Unit, str]]) -> Unit | None:
    return next((unit for unit, text in said if told(words, text)), None)


def told(words: re.Pattern[str], text: str) -> bool:
    """Whether the words stand there as a fact."""
    for match in words.finditer(text):
        before = text[: match.start()]
        if not any(unlike.search(before) for unlike in (SUPPOSED, NOT, YOURS)):
            return True
    return False
