"""It ends what there is to end also where nothing that it says can be written down anywhere."""

from __future__ import annotations

import errno
import io
import sys
from pathlib import Path
from typing import Any

import pytest

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from deploy.watchdog.decide import Seen
from deploy.watchdog.say import Teller
from tests.watchdog.test_watch import Scripted

LEVER_DOWN = Seen(lever="Smoke.", ours=("an engine",))


class Full(io.StringIO):
    """Takes what is written, and can never put it anywhere."""

    def flush(self) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")


class Broken(io.StringIO):
    def write(self, text: str) -> int:
        raise BrokenPipeError(errno.EPIPE, "Broken pipe")


def closed() -> io.StringIO:
    out = io.StringIO()
    out.close()
    return out


@pytest.mark.parametrize("out", [Full(), Broken(), closed(), None], ids=["full", "broken", "closed", "none"])
def test_a_watchdog_that_can_print_nothing_looks_again_and_ends_what_is_to_end(
    out: io.StringIO | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    dog = Scripted(RuntimeError("Odd."), LEVER_DOWN)
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", out)
        dog.watched(4)
    assert dog.tries == 1 and dog.events == ["Ending", "Deleted", "SetBack"]


def test_a_file_that_cannot_be_touched_keeps_it_from_nothing(tmp_path: Path) -> None:
    assert Scripted(LEVER_DOWN).watched(2, tmp_path / "no" / "such" / "folder").tries == 1


class Odd(KubernetesApi):
    def create(self, *args: Any, **options: Any) -> dict[str, Any]:
        raise KeyError("metadata")


def test_an_event_that_cannot_be_left_in_whatever_way_is_a_line_and_no_more(
    capsys: pytest.CaptureFixture[str],
) -> None:
    odd = Odd(Connection("https://there.is.none"))
    Teller(odd, "chaos").event("Ending", "Because.", {})
    assert '"what": "event-not-left", "reason": "Ending", "error": "KeyError' in capsys.readouterr().out
