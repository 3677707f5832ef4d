"""Which sentences are worth asking the encoder about: those where phrases found something, and those whose words are
like the words of facts. Far quicker than the encoder, so that a long call costs little more than a short one.
"""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from extractors.reading import Reading, Unit

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["BUCKETS", "MOST", "WORTH_FILE", "buckets", "worth_asking"]

WORTH_FILE = "worth.npy"
BUCKETS = 1 << 15
# A conversation is read within about half a second on one core: asking about a sentence takes 5 ms, all else 0.3 ms a
# sentence. So of a long one only the likeliest sentences are asked about.
MOST, FEWEST, FEWER_A_UNIT = 100, 25, 0.066
# A sentence in which phrases found something counts for more by these log odds.
FOUND = 2.0


def buckets(reading: Reading, unit: Unit) -> Iterator[int]:
    """Where the weights of the unit's words, pairs of words and speaker's side lie; the last two are for every unit and
    for the least sum that is worth it."""
    yield BUCKETS
    side = str(reading.side_of(unit) or "nobody")
    words = ["#" if word[0].isdigit() else word for word in unit.words if word]
    for word in words:
        yield bucket(word)
        yield bucket(f"{side}:{word}")
    for first, second in zip(["^", *words], [*words, "$"], strict=True):
        yield bucket(f"{first} {second}")


def bucket(name: str) -> int:
    return zlib.crc32(name.encode()) % BUCKETS


@cache
def weights(folder: Path) -> NDArray[np.float32] | None:
    """BUCKETS weights, one for every unit, and the least sum; None where the folder has none."""
    import numpy as np

    path = folder / WORTH_FILE
    return np.load(path).astype(np.float32) if path.is_file() else None


def worth_asking(reading: Reading, folder: Path, found: Collection[int]) -> set[int]:
    """Indexes of units, the likeliest first served; every one that has a chance in a conversation of usual length.
    `found`: where phrases found something."""
    own = [unit for unit in reading.own_units() if unit.words]
    most = max(FEWEST, int(MOST - FEWER_A_UNIT * len(own)))
    table = weights(folder)
    if table is None:
        return {unit.index for unit in own[:most]}
    scored = []
    for unit in own:
        score = float(table[list(buckets(reading, unit))].sum())
        if unit.index in found:
            scored.append((score + FOUND, -unit.index))
        elif score >= table[BUCKETS + 1]:
            scored.append((score, -unit.index))
    return {-index for _, index in sorted(scored, reverse=True)[:most]}
