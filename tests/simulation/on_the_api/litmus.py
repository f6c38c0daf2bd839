"""The real adapter, put under the schedules."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

from chaos.adapters import parallel
from tests.simulation.adapter import Adapter
from tests.simulation.kernel import START
from tests.simulation.on_the_api import look_alikes, mishaps
from tests.simulation.on_the_api.asked import ASKED
from tests.simulation.on_the_api.kube import Kube
from tests.simulation.on_the_api.ports import LitmusWatchdog, Port
from tests.simulation.production import production_on
from tests.simulation.schedule import Outcome, simulate
from tests.simulation.threads import Threads, wait
from tests.simulation.verdict import Verdict

PAGE = 4
"""So that a list of six pods is two pages."""

OBEYED = 45.0
"""Seconds within which a fault is over once its engine was told to go, where the helpers obey, with Litmus'
operator or without: whoever told it may have died over it, and is waited for as long as a grant lasts."""


@contextmanager
def on_strands(threads: Threads) -> Iterator[None]:
    """As production_on, and the adapter's threads and clocks as well."""
    instead = {
        "chaos.adapters.parallel.ThreadPoolExecutor": threads.pool,
        "chaos.adapters.parallel.wait": wait,
        "chaos.adapters.litmus_start.gather": parallel.gather,
        "chaos.adapters.kubernetes_api.PAGE": PAGE,
        "deploy.watchdog.look.datetime": mock.Mock(now=lambda zone: START),
    }
    instead |= {
        f"chaos.adapters.{module}.time": threads.time
        for module in ("kubernetes_api", "kubernetes_answers", "litmus_ending", "litmus_look", "litmus_start")
    }
    with production_on(threads), ExitStack() as stack:
        for name, value in instead.items():
            stack.enter_context(mock.patch(name, value))
        yield


def judge(kube: Kube, verdict: Verdict) -> None:
    """What is left that the other cluster does not have, who was deleted wrongly, and who was waited for."""
    verdict.orphans += [f"{job.name} ({job.uid}) is there" for job in kube.jobs.values()]
    verdict.orphans += [f"{policy.name} is there" for policy in kube.policies.values()]
    verdict.orphans += [f"the result of {engine} is there" for engine in kube.results]
    verdict.wronged += kube.wronged
    for name, texts in kube.found.items():
        getattr(verdict, name).extend(texts)
    if kube.temper.helper_killed or kube.temper.helper_lies:
        return
    for fault in kube.history.faults:
        told_at, until = fault.engine.told_to_go_at, fault.until or kube.kernel.now
        if told_at is None or kube.mishaps.is_unlisted(told_at, until):
            continue  # nobody but the watchdog could see more; what that owes is judged apart
        if until > max(told_at, fault.since) + OBEYED and not fault.needs_a_person:
            lived = f"lived until {until:.1f}, and its engine was told to go at {told_at:.1f}"
            verdict.ignored.append(f"the fault in {fault.target} {lived}")


def beside(seed: int, kube: Kube) -> None:
    look_alikes.put(seed, kube)
    mishaps.put(seed, kube)


def simulate_litmus(seed: int, keeps_trace: bool = False) -> Outcome:
    """The schedule of this seed with the real adapter."""
    litmus = Adapter(Kube, Port, LitmusWatchdog, ASKED, on_strands, judge, beside)
    return simulate(seed, keeps_trace, adapter=litmus)
