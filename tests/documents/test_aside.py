"""What a second core does beside the first one."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

from daemon.documents.aside import Owed


def test_what_the_second_core_has_not_begun_the_first_one_does() -> None:
    held, begun = threading.Event(), threading.Event()

    def long() -> int:
        begun.set()
        held.wait(30)
        return threading.get_ident()

    with ThreadPoolExecutor(1) as second:
        first = Owed(second, long)
        waits = Owed(second, threading.get_ident)
        assert begun.wait(30)
        assert waits.result() == threading.get_ident(), "it does not wait for what is before it"
        held.set()
        assert first.result() != threading.get_ident(), "what was begun is not done twice"
