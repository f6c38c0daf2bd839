"""How apt is called: quietly, without locks, and with lists of our own where the machine's do not serve."""

import functools
import os
import subprocess
from collections.abc import Sequence
from pathlib import Path

from .paths import cache
from .say import step

COMMON = [
    "-q",
    "-o", "Debug::NoLocking=1",
    "-o", "Acquire::Retries=2",
    "-o", "Acquire::http::Timeout=30",
    "-o", "APT::Sandbox::User=root",
]  # fmt: skip

# Hooks that a machine hangs on `apt-get update` expect root and the system's own folders.
CONFIGURATION = """\
Dir::State::lists "{folder}/lists";
Dir::Cache "{folder}/cache";
#clear APT::Update::Pre-Invoke;
#clear APT::Update::Post-Invoke;
#clear APT::Update::Post-Invoke-Success;
"""


def run(command: Sequence[str], cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run one program to its end, in English and without questions. Raises CalledProcessError."""
    environment = {**os.environ, "LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"}
    return subprocess.run(
        command,
        cwd=cwd,
        env=environment,
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=True,
    )


def machine() -> list[str]:
    """Options to use the package lists that the machine has."""
    return list(COMMON)


@functools.cache  # fetched once a run
def private() -> list[str]:
    """Options to use package lists of our own in the cache folder, freshly fetched: this needs no root.

    A source that does not answer is no trouble as long as the wanted packages come from another.
    """
    folder = cache() / "apt"
    for part in ("lists/partial", "cache/archives/partial"):
        (folder / part).mkdir(parents=True, exist_ok=True)
    configuration = folder / "apt.conf"
    configuration.write_text(CONFIGURATION.format(folder=folder))
    settings = ["-c", str(configuration), *COMMON]
    step("the machine's package lists do not serve: fetching our own (no root needed)")
    try:
        run(["apt-get", *settings, "update"])
    except subprocess.CalledProcessError as error:
        if "Permission denied" in (error.stderr or ""):
            raise
    return settings
