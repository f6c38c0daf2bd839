"""What the end of a demo does to what is live."""

from __future__ import annotations

import signal
from unittest import mock

import pytest

from deploy.local import cast
from deploy.local.demo import Demo, main
from deploy.local.loading import PLAN
from deploy.local.only_one import only_one
from deploy.local.say import Trouble


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
    assert "`make demo` takes the run up again" in capsys.readouterr().err


def test_a_second_one_in_a_clone_is_refused_before_it_takes_the_first_for_a_leftover(tmp_path):
    with only_one("demo", tmp_path):
        with pytest.raises(Trouble, match="Another `make demo` is under way"), only_one("demo", tmp_path):
            pass
        with only_one("day", tmp_path):  # beside a demo, on ports of its own
            pass
    with only_one("demo", tmp_path):
        pass


def test_a_demo_touches_nothing_of_another_that_is_under_way(monkeypatch, tmp_path, capsys):
    ended = mock.Mock()
    monkeypatch.setattr("deploy.local.demo.STATE", tmp_path)
    monkeypatch.setattr("deploy.local.demo.Interrupts", mock.Mock())
    monkeypatch.setattr("deploy.local.demo.leftovers.end", ended)
    with only_one("demo", tmp_path / "demo" / "run"):
        assert main() == 1
    assert not ended.called
    assert "Another `make demo`" in capsys.readouterr().err
