"""Where things are kept: the clone, its state, and the cache that all clones on the machine share."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
STATE = ROOT / ".state"
LOGS = STATE / "logs"
RUN = STATE / "run"
EVIDENCE = STATE / "evidence"


def cache() -> Path:
    """The folder of unpacked programs: GAMEDAY_CACHE, else ~/.cache/gameday (XDG_CACHE_HOME respected)."""
    named = os.environ.get("GAMEDAY_CACHE")
    if named:
        return Path(named).expanduser().resolve()
    home = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(home) / "gameday"
