"""A store whose writes fail or hang on demand, for tests of the recorder."""

import threading
import time
from datetime import UTC, datetime

from chaos.domain.errors import StoreUnavailable
from chaos.domain.record import Change, Event

AT = datetime(2026, 7, 1, 10, 0, tzinfo=UTC)
WAIT = 5.0


def change(text):
    return Change(AT, events=(Event("note", text, AT),))


class Store:
    """`trouble` is raised by writes; `gate` holds them up; `written` and `renewed` is what came through."""

    def __init__(self):
        self.trouble, self.gate, self.fence_is_ours = None, threading.Event(), True
        self.gate.set()
        self.written, self.renewed, self.tries, self.rested = [], [], 0, threading.Event()

    def record(self, run, fence, change):
        self.tries += 1
        self.gate.wait(WAIT)
        trouble = self.trouble(change) if callable(self.trouble) else self.trouble
        if trouble:
            raise trouble
        if self.fence_is_ours:
            self.written.append(change.events[0].text)
        return self.fence_is_ours

    def renew(self, run, fence, now):
        self.renewed.append(now)
        return self.fence_is_ours

    def rest(self):
        self.rested.set()


def until(what, seconds=WAIT):
    deadline = time.monotonic() + seconds
    while not what():
        assert time.monotonic() < deadline, "it did not come about"
        time.sleep(0.002)


AWAY = StoreUnavailable("The database cannot be used.")
