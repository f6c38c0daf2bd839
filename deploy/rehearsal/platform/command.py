"""The command line: one process, one loop, the cluster and the bank on it, until a signal."""

import argparse
import asyncio
import os
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

from deploy.rehearsal.api import Api, Certificates, Listener, Mishaps, Pace, Server, Tokens, install, make
from deploy.rehearsal.platform import kubeconfig
from deploy.rehearsal.platform.access import PRODUCT, WATCHDOG
from deploy.rehearsal.platform.api_switch import ApiSwitch
from deploy.rehearsal.platform.metrics import Metrics
from deploy.rehearsal.platform.site import Site
from deploy.rehearsal.platform.switches import Switches
from deploy.rehearsal.platform.tokens import grant_account, grant_admin, write_secret
from deploy.rehearsal.platform.world import TICK, built
from deploy.rehearsal.store import Store


def arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m deploy.rehearsal", description=__doc__)
    add = parser.add_argument
    add("--host", default="127.0.0.1", help="address to listen on (default %(default)s)")
    add("--port", type=int, default=26443, help="plain HTTP port, 0 takes a free one (default %(default)s)")
    add("--token-file", type=Path, help="where to write the product's restricted token")
    add("--watchdog-token-file", type=Path, help="where to write that of its watchdog")
    add("--kubeconfig", type=Path, help="write an administrator's kubeconfig, and listen on TLS for it")
    add("--tls-port", type=int, default=0, help="TLS port for --kubeconfig (default: a free one)")
    add("--time-scale", type=float, default=1.0, help="how much faster pods start and Litmus works")
    add("--seed", type=int, default=7, help="seed of the traffic and of random picks")
    add("--uid", default="", help="who the cluster is, so that one started again is the same (default: new)")
    return parser.parse_args(given)


class Rehearsal:
    """The whole practice cluster of one process."""

    def __init__(self, *, time_scale: float = 1.0, seed: int = 7, uid: str = "") -> None:
        store, mishaps = Store(), Mishaps()
        install(store)
        self.tokens = Tokens()
        self.world = built(store, seed=seed, uid=uid)
        metrics = Metrics(self.world)
        self.switches = Switches(self.world, metrics, ApiSwitch(mishaps))
        site = Site(self.world, self.switches, metrics)
        pace = Pace(1.0 / time_scale)
        self.server = Server(Api(store, self.tokens, mishaps=mishaps, pace=pace, mounts=site.mounts()))
        self._scale = time_scale

    async def keep_time(self) -> None:
        """Ten times a second: controllers on the scaled clock, traffic on the real one."""
        start, built, before = time.monotonic(), self.world.now, time.monotonic()
        while True:
            await asyncio.sleep(TICK)
            now = time.monotonic()
            self.world.tick(built + (now - start) * self._scale)
            self.world.flow(now - before)
            before = now


async def serve(options: argparse.Namespace) -> int:
    over = asyncio.Event()
    for one in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(one, over.set)
    rehearsal = Rehearsal(time_scale=options.time_scale, seed=options.seed, uid=options.uid)
    for account, file in ((PRODUCT, options.token_file), (WATCHDOG, options.watchdog_token_file)):
        if file:
            write_secret(file, grant_account(rehearsal.tokens, account))
    with tempfile.TemporaryDirectory() as folder:
        certificates = make(Path(folder), options.host) if options.kubeconfig else None
        try:
            urls = await rehearsal.server.start(_listeners(options, certificates))
        except OSError as error:
            print(_refusal(options, error), file=sys.stderr)
            return 1
        if certificates:
            token = grant_admin(rehearsal.tokens)
            kubeconfig.write(options.kubeconfig, urls[1], certificates.authority, token)
        print(f"The rehearsal cluster is ready at {urls[0]}", flush=True)
        await _run_until(over, rehearsal)
        await rehearsal.server.stop()
    return 0


async def _run_until(over: asyncio.Event, rehearsal: Rehearsal) -> None:
    clock = asyncio.create_task(rehearsal.keep_time())
    clock.add_done_callback(lambda task: over.set())
    await over.wait()
    if clock.done():
        clock.result()
    clock.cancel()


def _listeners(options: argparse.Namespace, certificates: Certificates | None) -> list[Listener]:
    listeners = [Listener(options.host, options.port)]
    if certificates:
        secure = Listener(options.host, options.tls_port, certificates.certificate, certificates.key)
        listeners.append(secure)
    return listeners


def _refusal(options: argparse.Namespace, error: OSError) -> str:
    where = f"{options.host}:{options.port}"
    return (
        f"The rehearsal cluster cannot listen on {where} ({os.strerror(error.errno or 0)}). "
        "Stop what is listening there, or give another port with --port."
    )


def main(given: Sequence[str] | None = None) -> int:
    options = arguments(sys.argv[1:] if given is None else given)
    if not options.time_scale > 0:
        print("--time-scale takes a number above 0, for example 10.", file=sys.stderr)
        return 1
    return asyncio.run(serve(options))
