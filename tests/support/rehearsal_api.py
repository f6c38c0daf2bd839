"""A rehearsal API server in a thread of its own, for tests that speak to it with real clients.

    with running_api() as api:
        api.client()                                  # kubernetes.client.ApiClient as administrator
        api.do(lambda: api.store.create(PODS, ...))   # anything on the store, in its own thread

Every client made by `client()` is closed with the server.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from kubernetes import client as kubernetes_client

from deploy.rehearsal.api import Api, Listener, Mishaps, Pace, Rule, Server, Tokens, install
from deploy.rehearsal.api.http import App
from deploy.rehearsal.store import NAMESPACES, PODS, Change, Store
from deploy.rehearsal.store.objects import is_going, name_of, namespace_of

ADMIN = "admin-token"
T = TypeVar("T")


@dataclass
class RunningApi:
    store: Store
    tokens: Tokens
    mishaps: Mishaps
    loop: asyncio.AbstractEventLoop
    urls: list[str] = field(default_factory=list)
    _clients: list[Any] = field(default_factory=list)

    @property
    def url(self) -> str:
        return self.urls[0]

    def do(self, act: Callable[[], T]) -> T:
        """Carry out something on the store in the server's thread, and wait for it."""

        async def in_loop() -> T:
            return act()

        return asyncio.run_coroutine_threadsafe(in_loop(), self.loop).result(timeout=10)

    def client(self, token: str = ADMIN, *, retries: int | None = None) -> Any:
        configuration = kubernetes_client.Configuration(host=self.url)
        configuration.api_key = {"authorization": f"Bearer {token}"} if token else {}
        if retries is not None:
            configuration.retries = retries
        made = kubernetes_client.ApiClient(configuration)
        self._clients.append(made)
        return made

    def account(self, token: str, user: str, *rules: Rule) -> str:
        self.do(lambda: self.tokens.grant(token, user, rules))
        return token

    def play_kubelet(self) -> None:
        """End deleted pods at once, as their kubelets would."""

        def on_change(change: Change) -> None:
            if change.type == "MODIFIED" and is_going(change.object):
                self.store.delete(PODS, name_of(change.object), namespace_of(change.object), grace=0)

        self.do(lambda: self.store.subscribe(on_change, PODS))

    def close_clients(self) -> None:
        for one in self._clients:
            one.close()


@contextmanager
def running_api(
    *,
    namespaces: Sequence[str] = ("default", "payments", "chaos"),
    pace: float = 0.0,
    collect_after: float = 0.02,
    litmus: bool = True,
    listeners: Sequence[Listener] = (Listener(),),
    mounts: Mapping[str, App] | None = None,
    history: int = 2000,
) -> Iterator[RunningApi]:
    """A server on free loopback ports; `pace` 0 answers without a real server's delays."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=_run, args=[loop], name="rehearsal-api", daemon=True).start()

    async def start() -> tuple[RunningApi, Server]:
        store, tokens, mishaps = Store(history=history), Tokens(), Mishaps()
        tokens.grant(ADMIN, "admin")
        for name in namespaces:
            store.create(NAMESPACES, {"metadata": {"name": name}})
        if litmus:
            install(store)
        api = Api(store, tokens, mishaps=mishaps, pace=Pace(pace), mounts=mounts)
        server = Server(api, collect_after=collect_after)
        urls = await server.start(listeners)
        return RunningApi(store, tokens, mishaps, loop, urls), server

    running, server = asyncio.run_coroutine_threadsafe(start(), loop).result(timeout=10)
    try:
        yield running
    finally:
        running.close_clients()
        # Stopping takes uvicorn a fifth of a second, which no test needs to wait for.
        stopped = asyncio.run_coroutine_threadsafe(server.stop(), loop)
        stopped.add_done_callback(lambda _: loop.call_soon_threadsafe(loop.stop))


def _run(loop: asyncio.AbstractEventLoop) -> None:
    loop.run_forever()
    loop.close()
