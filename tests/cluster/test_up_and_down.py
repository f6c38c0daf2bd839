"""`make cluster` and `make cluster-down`, on a second control plane beside the one under test."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.cluster import build, detached, handle, starting, state, up
from deploy.cluster.handle import Cluster
from deploy.cluster.plane import PROGRAMS, Plane
from deploy.local import ports
from deploy.local.paths import ROOT
from deploy.local.say import Trouble

pytestmark = pytest.mark.cluster


@pytest.fixture(scope="module")
def folder(our_cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Of a control plane that is up at first; the tests below are one story, told in order."""
    home = tmp_path_factory.mktemp("cluster")
    with ports.elsewhere(ports.CLUSTER):
        programs = build.binaries(*PROGRAMS)
        with state.alone(home):
            starting.start(Plane(home, programs, ports.CLUSTER.number()))
        yield home
        state.stop(home)


def pids(folder: Path) -> list[int]:
    return [process.pid for process in detached.known(folder) if process.is_alive]


def test_a_second_start_says_that_it_is_up_and_leaves_it_alone(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = pids(folder)
    assert len(before) == 5
    assert up.bring_up(folder) == 0
    assert "is up already" in capsys.readouterr().out
    assert pids(folder) == before


def test_its_port_is_one_that_another_is_told_is_taken(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"Port \d+ is taken.*GAMEDAY_CLUSTER_PORT"):
        up.bring_up(tmp_path)
    assert pids(tmp_path) == []


def test_a_killed_part_is_noticed_and_named_and_the_next_start_begins_anew(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    before = pids(folder)
    [store] = [process for process in detached.known(folder) if process.name == "etcd"]
    store.send(signal.SIGKILL)
    os.waitpid(store.pid, 0)
    with pytest.raises(Trouble, match=r"has ended: etcd\. Start it anew: make cluster"):
        handle.ours(folder)
    assert up.bring_up(folder) == 0
    assert "has ended: etcd" in capsys.readouterr().out
    assert len(pids(folder)) == 5
    assert not set(pids(folder)) & set(before)
    assert handle.ours(folder).version().startswith("v1.")


def test_nothing_is_left_running_after_the_end(folder: Path) -> None:
    running = pids(folder)
    done = subprocess.run(
        [ROOT / "deploy" / "local" / "run", "cluster-down", "--folder", folder],
        capture_output=True,
        text=True,
        check=True,
    )
    assert "stopped (5 processes)" in done.stdout
    assert pids(folder) == []
    assert not [pid for pid in running if _runs(pid)]
    with pytest.raises(Trouble, match="No control plane is up"):
        handle.ours(folder)


def _runs(pid: int) -> bool:
    """Whether it still does something; our own dead children wait for us to collect them."""
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"
