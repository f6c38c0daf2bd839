"""`python -m deploy.cluster.bank --kubeconfig FILE`: lay the bank, then be its traffic until SIGTERM."""

import argparse
import asyncio
import contextlib
import logging
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import uvicorn

from deploy.cluster import handle
from deploy.cluster.bank import access, fit, laying
from deploy.cluster.bank.helpers import Helpers
from deploy.cluster.bank.mirror import Mirror
from deploy.cluster.bank.played import PlayedPods, is_chaos
from deploy.cluster.bank.wire import Wire
from deploy.local.say import Trouble, warn
from deploy.rehearsal.api.http import Answer, Receive, Scope, Send, read_request, send_answer
from deploy.rehearsal.litmus.operator import Operator
from deploy.rehearsal.litmus.programs import Programs
from deploy.rehearsal.platform.kubelet import Kubelet
from deploy.rehearsal.platform.metrics import Metrics
from deploy.rehearsal.platform.nodes import Pressures
from deploy.rehearsal.platform.site import Site
from deploy.rehearsal.platform.switches import Switches
from deploy.rehearsal.platform.troubles import Troubles
from deploy.rehearsal.platform.world import TICK, Assembly, Controller, World
from deploy.rehearsal.store import ApiError, Cluster


def with_stand_in(store: Cluster, troubles: Troubles, programs: Programs) -> list[Controller]:
    """The pods of chaos are ours to run."""
    kubelet = Kubelet(store, troubles, programs, plays=is_chaos)
    return [Pressures(store, troubles), PlayedPods(store, troubles), kubelet, Operator(store)]


def with_litmus(store: Cluster, troubles: Troubles, programs: Programs) -> list[Controller]:
    """The pods of chaos are run by somebody else; we see to the effects of helpers."""
    return [Pressures(store, troubles), PlayedPods(store, troubles), Helpers(store, troubles)]


class Beside:
    """The platform beside one cluster: everything that uses the mirror does so on one thread."""

    def __init__(self, mirror: Mirror, assembly: Assembly, seed: int, times_faster: float) -> None:
        self._mirror, self.world = mirror, World(mirror, assembly, seed=seed)
        metrics = Metrics(self.world)
        self._site = Site(self.world, Switches(self.world, metrics), metrics)
        self._thread, self._times_faster = ThreadPoolExecutor(1, "platform"), times_faster
        self._start = self._before = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """An ASGI application: the practice platform's pages, and /readyz."""
        request = await read_request(scope, receive)
        answer = self._ready if request.path == "/readyz" else lambda: self._site.answer(request)
        loop = asyncio.get_running_loop()
        await send_answer(send, await loop.run_in_executor(self._thread, answer))

    async def keep_time(self) -> None:
        while True:
            await asyncio.sleep(TICK)
            await asyncio.get_running_loop().run_in_executor(self._thread, self._step)

    def _step(self) -> None:
        now = time.monotonic()
        self._mirror.catch_up()
        self.world.tick((now - self._start) * self._times_faster)
        self.world.flow(now - self._before)
        self._before = now

    def _ready(self) -> Answer:
        ready = self.world.settled()
        return Answer({"ready": ready}, 200 if ready else 503)


async def serve(beside: Beside, port: int) -> None:
    """Until SIGINT or SIGTERM."""
    config = uvicorn.Config(
        beside, "127.0.0.1", port, log_config=None, access_log=False, ws="none", lifespan="off"
    )
    server = uvicorn.Server(config)
    clock = asyncio.create_task(beside.keep_time())
    clock.add_done_callback(lambda task: setattr(server, "should_exit", True))
    await server.serve()
    clock.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await clock


def main() -> int:
    """Returns 0 after SIGTERM, 1 where the cluster may not or cannot be used."""
    parser = argparse.ArgumentParser(prog="python -m deploy.cluster.bank", description=__doc__)
    parser.add_argument("--kubeconfig", type=Path, required=True, help="an administrator's")
    parser.add_argument("--port", type=int, default=26443, help="for metrics and switches")
    parser.add_argument("--token-file", type=Path, help="where to write Gameday's own token")
    parser.add_argument("--access-file", type=Path, help="where to write what `cluster add` is to be told")
    parser.add_argument(
        "--administrator-token-file", type=Path, help="where to write an administrator's token"
    )
    faster = "how much faster pods start and the stand-in works; Litmus itself keeps its own time"
    parser.add_argument("--time-scale", type=float, default=1.0, help=faster)
    parser.add_argument("--seed", type=int, default=7, help="seed of the traffic and of random picks")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(message)s")
    logging.getLogger("urllib3").setLevel(logging.ERROR)  # watches come and go beside its pool
    try:
        cluster = handle.somebodys(asked.kubeconfig)
        fit.check(cluster)
        wire = Wire(cluster)
        stand_in = not fit.has_litmus(wire)
        laying.lay(wire, stand_in=stand_in, times_faster=asked.time_scale)
        access.write(cluster, asked)
        mirror = Mirror(wire)
        mirror.start()
    except Trouble as trouble:
        warn(str(trouble))
        return 1
    except ApiError as refused:
        warn(f"The bank cannot be laid onto that cluster: {refused}")
        return 1
    threading.Thread(target=mirror.write_events, name="events", daemon=True).start()
    played = "Litmus' stand-in" if stand_in else "Litmus itself"
    print(f"The practice bank is on {cluster.server}, its traffic beside it, with {played}", flush=True)
    assembly = with_stand_in if stand_in else with_litmus
    times_faster = asked.time_scale if stand_in else 1.0
    asyncio.run(serve(Beside(mirror, assembly, asked.seed, times_faster), asked.port))
    return 0


if __name__ == "__main__":
    sys.exit(main())
