"""How long Recognizers-Text takes for texts. Runs in the peers' environment (`make peers` makes it):

    python benchmarks/recognizers.py ROUNDS < texts.json > seconds.json

`texts.json` is a list of texts; what is printed are the CPU seconds of each round, after a warm one.
"""

from __future__ import annotations

import json
import sys
import time
import warnings


def main() -> None:
    warnings.simplefilter("ignore")
    from recognizers_date_time import recognize_datetime

    texts = json.load(sys.stdin)
    seconds = []
    for round_ in range(int(sys.argv[1]) + 1):
        part = texts[:20] if round_ == 0 else texts  # warm is warm: a whole round more would be ten seconds
        begun = time.process_time()
        for text in part:
            recognize_datetime(text, "en-us")
        if round_:
            seconds.append(time.process_time() - begun)
    json.dump(seconds, sys.stdout)


if __name__ == "__main__":
    main()
