"""The standard library's threads as the production code uses them, on strands of the simulated processes."""

from __future__ import annotations

import queue
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator
from concurrent.futures import ALL_COMPLETED, FIRST_EXCEPTION, CancelledError
from contextlib import ExitStack, contextmanager
from functools import partial
from types import SimpleNamespace
from typing import Any

from tests.simulation.kernel import Kernel, Strand

FOR_EVER = 1e6


class Threads:
    """`threading`, `queue`, `time` and futures for the modules that run in one simulation."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = k = kernel
        self.threading = SimpleNamespace(
            Thread=lambda **said: Thread(k, **said),
            Event=lambda: Event(k),
            Condition=lambda: Condition(k),
            Lock=lambda: Condition(k),
        )
        self.queue = SimpleNamespace(Queue=lambda maxsize=0: Queue(k), Empty=queue.Empty, Full=queue.Full)
        self.time = SimpleNamespace(monotonic=lambda: k.now, sleep=k.sleep)

    def future(self) -> Future:
        return Future(self.kernel)

    def pool(self, size: int = 1) -> Pool:
        return Pool(self.kernel)


class Waiters:
    """Strands that wait for one thing to happen."""

    def __init__(self, kernel: Kernel) -> None:
        self.kernel = kernel
        self._strands: dict[Strand, None] = {}

    def wait(self, seconds: float | None, is_there: Callable[[], bool]) -> bool:
        """Until it is there, or for so long; whether it is."""
        until = self.kernel.now + (FOR_EVER if seconds is None else max(0.0, seconds))
        strand = self.kernel.strand
        with self.with_one_more(strand):
            while not is_there() and self.kernel.now < until:
                self.kernel.park(until - self.kernel.now)
        return is_there()

    @contextmanager
    def with_one_more(self, strand: Strand) -> Iterator[None]:
        self._strands[strand] = None
        try:
            yield
        finally:
            self._strands.pop(strand, None)

    def wake(self) -> None:
        for strand in self._strands:
            self.kernel.wake(strand)


class Thread:
    def __init__(
        self, kernel: Kernel, target: Callable[..., Any], args: Iterable[Any] = (), name: str = "", **_: Any
    ) -> None:
        self._kernel = kernel
        self._deed: Callable[[], Any] = partial(target, *args)
        self._over = Event(kernel)

    def start(self) -> None:
        self._kernel.spawn(self._kernel.process, self._run)

    def join(self, timeout: float | None = None) -> None:
        self._over.wait(timeout)

    def _run(self) -> None:
        try:
            self._deed()
        finally:
            self._over.set()


class Event:
    def __init__(self, kernel: Kernel) -> None:
        self._is_set, self._waiters = False, Waiters(kernel)

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        self._is_set = True
        self._waiters.wake()

    def wait(self, timeout: float | None = None) -> bool:
        return self._waiters.wait(timeout, self.is_set)


class Condition:
    """Also a lock: strands give way only where they wait, so that nobody ever finds one held."""

    def __init__(self, kernel: Kernel) -> None:
        self._told, self._waiters = 0, Waiters(kernel)

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...

    def notify(self) -> None:
        self._told += 1
        self._waiters.wake()

    def wait(self, timeout: float | None = None) -> bool:
        before = self._told
        return self._waiters.wait(timeout, lambda: self._told > before)


class Queue:
    def __init__(self, kernel: Kernel) -> None:
        self._items: deque[Any] = deque()
        self._waiters = Waiters(kernel)

    def put(self, item: Any, timeout: float | None = None) -> None:
        self._items.append(item)
        self._waiters.wake()

    def get(self, timeout: float | None = None) -> Any:
        if not self._waiters.wait(timeout, lambda: bool(self._items)):
            raise queue.Empty
        return self._items.popleft()


class Future:
    def __init__(self, kernel: Kernel) -> None:
        self._state, self._value = "pending", None
        self._error: BaseException | None = None
        self.waiters = Waiters(kernel)

    def done(self) -> bool:
        return self._state in ("done", "cancelled")

    @property
    def has_failed(self) -> bool:
        return self._error is not None

    def cancel(self) -> bool:
        if self._state == "pending":
            self._end("cancelled")
        return self._state == "cancelled"

    def set_running_or_notify_cancel(self) -> bool:
        if self._state == "pending":
            self._state = "running"
        return self._state == "running"

    def set_result(self, value: Any) -> None:
        self._value = value
        self._end("done")

    def set_exception(self, error: BaseException) -> None:
        self._error = error
        self._end("done")

    def exception(self, timeout: float | None = None) -> BaseException | None:
        if not self.waiters.wait(timeout, self.done):
            raise TimeoutError
        if self._state == "cancelled":
            raise CancelledError
        return self._error

    def result(self, timeout: float | None = None) -> Any:
        error = self.exception(timeout)
        if error:
            raise error
        return self._value

    def _end(self, state: str) -> None:
        self._state = state
        self.waiters.wake()


class Pool:
    """A pool with room for everybody."""

    def __init__(self, kernel: Kernel) -> None:
        self._kernel = kernel
        self._begun: list[Future] = []

    def __enter__(self) -> Pool:
        return self

    def __exit__(self, *_: object) -> None:
        for act in self._begun:
            act.waiters.wait(None, act.done)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """What has begun goes on; here everything has, at once."""

    def submit(self, deed: Callable[..., Any], *args: Any) -> Future:
        act = Future(self._kernel)
        self._begun.append(act)

        def do() -> None:
            try:
                act.set_result(deed(*args))
            except Exception as error:
                act.set_exception(error)

        self._kernel.spawn(self._kernel.process, do)
        return act


def wait(
    acts: Collection[Future], timeout: float | None = None, return_when: str = ALL_COMPLETED
) -> tuple[list[Future], list[Future]]:
    """`concurrent.futures.wait`: those that are done by then, and the others, in the order they were given.
    The order of a set would be another one in each process."""
    acts = list(acts)

    def is_over() -> bool:
        failed = return_when == FIRST_EXCEPTION and any(act.has_failed for act in acts)
        return failed or all(act.done() for act in acts)

    if acts:
        kernel = acts[0].waiters.kernel
        strand, until = kernel.strand, kernel.now + (FOR_EVER if timeout is None else timeout)
        with ExitStack() as stack:
            for act in acts:
                stack.enter_context(act.waiters.with_one_more(strand))
            while not is_over() and kernel.now < until:
                kernel.park(until - kernel.now)
    return [act for act in acts if act.done()], [act for act in acts if not act.done()]
