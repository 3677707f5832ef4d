"""The socket on which the service answers."""

from __future__ import annotations

import contextlib
import socket

from service.commands.serve import opened


def test_no_answer_waits_for_the_reader_to_acknowledge_its_head() -> None:
    """Head and body are two packets: with Nagle's algorithm the second waited 40 ms for the first one's receipt."""
    with contextlib.ExitStack() as stack:
        listening = stack.enter_context(opened("127.0.0.1", 0, or_any=False))
        stack.enter_context(socket.create_connection(listening.getsockname()))
        accepted, _ = listening.accept()
        stack.enter_context(accepted)
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
