"""What an engine's state is worth: `stopped` and `completed` beside what became of the targets."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path

import pytest

from chaos.domain.postcondition import not_restored
from deploy.cluster.handle import Answered
from tests.adapters.faults.cases import CASES
from tests.adapters.things import until
from tests.cluster.litmus.engines import Engines, status

pytestmark = pytest.mark.cluster


def test_stopped_before_its_result_there_is_none(engines: Engines) -> None:
    engine = engines.make(engines.of(engines.planned("node-taint")))
    until(lambda: engines.pods(engine), bool)
    engines.patch(engine, engineState="stop")
    engines.is_stopped(engine)
    assert engines.result(engine) == {}


def test_a_killed_helper_leaves_its_target_injected_in_an_engine_that_completed(engines: Engines) -> None:
    """The helper is played; what the experiment, the operator and the result make of its death is not."""
    engine = engines.injected(engines.of(engines.planned("pod-network-latency")))
    os.kill(helper_of(engine["metadata"]["name"]), signal.SIGKILL)
    engines.becomes(engine, lambda now: status(now).get("engineStatus") == "completed")
    result = status(engines.result(engine))
    assert result["experimentStatus"]["phase"] == "Error"
    assert [target["chaosStatus"] for target in result["history"]["targets"]] == ["injected"]


def test_a_delete_with_another_uid_is_refused_and_with_its_own_ends_the_engine(engines: Engines) -> None:
    injection = engines.drill.launch(CASES["node-taint"])
    engine = engines.now({"metadata": {"name": injection.name}})
    with pytest.raises(Answered) as refused:
        engines.delete(engine, uid="00000000-0000-0000-0000-000000000000")
    assert refused.value.status == 409
    assert "deletionTimestamp" not in engines.now(engine)["metadata"]
    engines.delete(engine)
    engines.is_gone(engine)
    assert not_restored(injection, engines.drill.look(injection)) == ()


def helper_of(engine: str) -> int:
    """The process of this engine's only helper, which the pod runner started on this machine."""
    wanted = f"CHAOSENGINE={engine}".encode()
    (found,) = (
        int(process.name)
        for process in Path("/proc").iterdir()
        if process.name.isdigit()
        and b"tests.cluster.pod_runner.helper" in read(process / "cmdline").split(b"\0")
        and wanted in read(process / "environ").split(b"\0")
    )
    return found


def read(file: Path) -> bytes:
    with contextlib.suppress(OSError):  # it has ended, or is somebody else's
        return file.read_bytes()
    return b""
