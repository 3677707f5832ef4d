"""The service or a worker as a process, with a reader of marks: what is tried is everything but the language, unless
RELIABILITY_READER is "real".

`python -m tests.reliability.server serve|worker`, with settings from the environment.
"""

from __future__ import annotations

import logging
import os
import sys
import time
from typing import Any

from service.app import running
from service.commands.processes import serve_by_many
from service.commands.serve import listen, stop_on_terminate, work_until_told
from service.logs import log_to_stderr
from service.settings import Settings
from signals import Conversation
from tests.service.samples import extract_marks

SLOW = "[slow]"


def extract(conversation: Conversation) -> Any:
    """Marks; a text with [slow] in it takes three seconds, so that a worker can be killed in the midst of it."""
    said = [conversation.body or "", *(segment.text for segment in conversation.segments)]
    if any(SLOW in text for text in said):
        time.sleep(3)
    return extract_marks(conversation)


def main() -> None:
    log_to_stderr(logging.ERROR)
    stop_on_terminate()
    settings = Settings()
    reader = None if os.environ.get("RELIABILITY_READER") == "real" else extract
    if sys.argv[1] == "serve" and settings.processes > 1:
        serve_by_many(settings, lambda url: print(f"ready {url}", flush=True), extract=reader)
        return
    with running(settings, extract=reader) as service:
        if sys.argv[1] == "serve":
            listen(service, lambda url: print(f"ready {url}", flush=True))
        else:
            work_until_told(service, lambda: print("ready worker", flush=True))


if __name__ == "__main__":
    main()
