"""What a break-glass token does: a halt of every cluster that is known here, with or without the database."""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime

from django.db import connections

from chaos import wiring
from chaos.services import address_book, halting
from chaos.services.address_book import Address
from chaos.services.beside import begun
from chaos.services.halting import Halted
from gameday.conduct.services import ANSWERS_WITHIN

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ByToken:
    """`known`: by what the clusters are known that were halted, and as of when, for people."""

    halted: Halted
    known: str


def halt_by_token(holder: str, reason: str, now: datetime) -> ByToken:
    """Halt the clusters of the address book at once. The database is asked beside that, never before: what it
    has besides is halted too, and where it answers late, then."""
    began = time.monotonic()
    by, why = f"break-glass {holder}", reason or "No reason was given."
    book, known = address_book.read(), address_book.as_known()
    others = _Others(by, why, book, now)
    act = begun(others.halt)
    halted = _halted(by, why, book, now) if book else Halted()
    within = ANSWERS_WITHIN.total_seconds()
    others.asked.wait(max(0.0, began + within - time.monotonic()))
    if others.registered is not None:
        return ByToken(_both(halted, act.result()), "The database was asked just now: no cluster is missing.")
    missing = "One that was registered since is not among them." if book else "Nothing was stopped."
    known = f"{known} The database did not answer. {missing}"
    if not book:
        log.error("%s broke the glass in vain: %s", holder, known)
    return ByToken(halted, known)


def _halted(by: str, why: str, addresses: list[Address], now: datetime) -> Halted:
    return halting.halt(by, why, wiring.ports_at(addresses), now, patience=ANSWERS_WITHIN)


class _Others:
    """The clusters that the database has and the book has not, or has elsewhere."""

    def __init__(self, by: str, why: str, book: list[Address], now: datetime) -> None:
        self._by, self._why, self._book, self._now = by, why, book, now
        self.asked = threading.Event()
        self.registered: list[Address] | None = None

    def halt(self) -> Halted:
        """Raises nothing: the book's own are halted whatever becomes of these."""
        try:
            self._ask()
            others = [item for item in self.registered or () if item not in self._book]
            return _halted(self._by, self._why, others, self._now) if others else Halted()
        finally:
            connections.close_all()

    def _ask(self) -> None:
        try:
            self.registered = address_book.registered()
        except Exception as error:
            log.warning("The database could not be asked for its clusters: %s", error)
        finally:
            self.asked.set()


def _both(book: Halted, others: Halted) -> Halted:
    """Of a cluster that both have, at two addresses, what became of it where the database has it."""
    again = {*others.deleted, *others.waiting}
    failed = {name: why for name, why in book.failed.items() if name not in again}
    return replace(
        book if book.deleted or book.waiting else others,
        deleted={**book.deleted, **others.deleted},
        failed={**failed, **others.failed},
        waiting=(*(name for name in book.waiting if name not in again), *others.waiting),
        leaving=(*(name for name in book.leaving if name not in again), *others.leaving),
    )
