"""What the end of a demo does to what is live."""

from __future__ import annotations

from unittest import mock

from deploy.local import cast
from deploy.local.demo import Demo
from deploy.local.loading import PLAN


def test_its_end_stops_what_is_live_by_the_administrator_and_not_by_who_facilitates(monkeypatch):
    script = cast.script_for(PLAN, cast.opened(PLAN))
    demo, run = Demo(script, mock.Mock()), mock.Mock()
    monkeypatch.setattr("deploy.local.demo.subprocess.run", run)
    demo.stop_runs()
    command = run.call_args.args[0]
    assert "stop" in command and "--all" in command
    assert command[command.index("--as") + 1] == "ada" != script.conductor
    assert command[command.index("--reason") + 1] == "The demo was ended from the terminal."
