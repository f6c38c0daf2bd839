"""A container that is played: it holds for some seconds, or until SIGTERM, and touches nothing."""

import signal
import sys

signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
if len(sys.argv) > 1:
    signal.sigtimedwait((), float(sys.argv[1]))
else:
    signal.pause()
