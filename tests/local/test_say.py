"""What the person at the terminal reads, and that nothing depends on somebody reading it."""

from __future__ import annotations

import errno
from unittest import mock

import pytest

from deploy.local.say import step, warn


@pytest.mark.parametrize("number", [errno.EPIPE, errno.EIO])
def test_a_terminal_or_a_pipe_that_is_gone_keeps_nothing_from_being_stopped(monkeypatch, number):
    gone = mock.Mock(**{"write.side_effect": OSError(number, "gone")})
    monkeypatch.setattr("sys.stdout", gone)
    monkeypatch.setattr("sys.stderr", gone)
    step("stopping what is live")
    warn("worker has ended")
    assert gone.write.call_count == 2
