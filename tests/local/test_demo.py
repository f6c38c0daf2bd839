"""What the end of a demo does to what is live."""

from __future__ import annotations

import signal
from unittest import mock

from deploy.local import cast
from deploy.local.demo import Demo
from deploy.local.loading import PLAN


def test_its_end_stops_what_is_live_by_the_administrator_and_not_by_who_facilitates(monkeypatch):
    script = cast.script_for(PLAN, cast.opened(PLAN))
    started = mock.Mock(return_value=mock.Mock(**{"poll.return_value": 0, "returncode": 0}))
    monkeypatch.setattr("deploy.local.demo.subprocess.Popen", started)
    Demo(script, mock.Mock(count=1)).stop_runs(mock.Mock())
    command = started.call_args.args[0]
    assert "stop" in command and "--all" in command
    assert command[command.index("--as") + 1] == "ada" != script.conductor
    assert command[command.index("--reason") + 1] == "The demo was ended from the terminal."


def test_ctrl_c_again_ends_the_waiting_and_what_drives_is_looked_after_meanwhile(monkeypatch, capsys):
    monkeypatch.setattr("deploy.local.demo.LOOK_EVERY", 0)
    child = mock.Mock(returncode=2)
    child.poll.side_effect = lambda: 2 if child.send_signal.called else None
    monkeypatch.setattr("deploy.local.demo.subprocess.Popen", mock.Mock(return_value=child))
    interrupts, supervisor = mock.Mock(count=1), mock.Mock()
    supervisor.tend.side_effect = lambda: setattr(interrupts, "count", 2)
    script = cast.script_for(PLAN, cast.opened(PLAN))
    Demo(script, interrupts).stop_runs(supervisor)
    assert child.send_signal.call_args_list == [mock.call(signal.SIGINT)]
    assert "`make demo` takes it up again" in capsys.readouterr().err
