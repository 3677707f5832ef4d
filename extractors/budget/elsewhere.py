"""Money that is not this purchase's: other projects, other customers, losses, prices of the seller's."""

from __future__ import annotations

import re

from extractors.reading import Reading, Unit

__all__ = ["elsewhere"]

OTHER = re.compile(
    r"\b(?:turnover|revenue|we lose|we lost(?! (?:a |half|part|our budget|the budget|the money|funding|\d+ ?%|\w+ percent))|loses|fines?|fee of|invoice|salary|salaries|they paid|he paid|she paid|got theirs|paid for theirs"
    r"|another project|different project|not for this project|was for the generator|nothing to do with you|own capex"
    r"|radiology|kitchen|cost us|costs us|saved|billed me|billed us|talk at|they spent|he spent|moved from \w+ to \w+ in|we shot a|pickers|orders|asking price|list price|webinar|our customers)\b"
)


def elsewhere(reading: Reading, unit: Unit) -> bool:
    return bool(OTHER.search(unit.lower))
