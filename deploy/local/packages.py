"""Distribution packages, unpacked into a folder and not installed: no root, no service that starts by itself.

Which shared libraries a program still needs is asked of apt (a simulated install), not kept in a table here.
"""

import re
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from . import apt
from .say import Trouble, step, tail

# What a simulated install lists beside the wanted packages: take what programs link to, leave what they show.
LIBRARY = re.compile(r"^(lib(?!js-)|lua)")


def unpack(wanted: Sequence[str], into: Path) -> dict[str, str]:
    """Download `wanted` and the libraries they lack on this machine, unpack all into `into`.

    Returns name -> version of what was unpacked. Raises Trouble with what to do.
    """
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        raise Trouble(
            f"{', '.join(wanted)}: this machine has no apt-get. Install them so that they are "
            "on the PATH, then run this again."
        )
    with tempfile.TemporaryDirectory(prefix="gameday-apt-") as folder:
        chosen = _download(wanted, Path(folder))
        for archive in sorted(Path(folder).glob("*.deb")):
            apt.run(["dpkg-deb", "-x", str(archive), str(into)])
    return chosen


def _download(wanted: Sequence[str], folder: Path) -> dict[str, str]:
    """Try the machine's own package lists first; where they are missing or stale, private fresh ones."""
    problem = ""
    for options in (apt.machine, apt.private):
        try:
            settings = options()
            chosen = _closure(wanted, settings)
            step(f"downloading {', '.join(chosen)}")
            names = [f"{name}={version}" for name, version in chosen.items()]
            apt.run(["apt-get", *settings, "download", *names], cwd=folder)
            return chosen
        except subprocess.CalledProcessError as error:
            problem = f"{error.stdout or ''}{error.stderr or ''}"
    raise Trouble(
        f"The packages {', '.join(wanted)} could not be downloaded:\n{tail(problem, 6)}\n"
        f"Run as root: apt-get update && apt-get install --no-install-recommends "
        f"{' '.join(wanted)}\n(and `systemctl disable --now` what you do not want running)."
    )


def _closure(wanted: Sequence[str], settings: Sequence[str]) -> dict[str, str]:
    """The wanted packages and the libraries missing here: name -> version."""
    command = [
        "apt-get",
        *settings,
        "--simulate",
        "--no-install-recommends",
        "--reinstall",
        "install",
        *wanted,
    ]
    listed = apt.run(command).stdout
    found = dict(re.findall(r"^Inst (\S+?)(?::\S+)? (?:\[[^]]*\] )?\((\S+)", listed, flags=re.MULTILINE))
    return {name: version for name, version in found.items() if name in wanted or LIBRARY.match(name)}
