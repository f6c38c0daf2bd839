"""`make lock`: compile requirements*.in to requirements*.txt, with hashes, for Python 3.11 and newer."""

import subprocess
import sys
import venv

from .paths import ROOT, STATE
from .say import step, warn

TOOLS = STATE / "tools"
LOCKS = ("requirements", "requirements-dev")


def main() -> int:
    """Returns 0 where both locks were written. The resolver (uv) lives in an environment of its own."""
    python = TOOLS / "bin" / "python"
    if not (TOOLS / "bin" / "uv").exists():
        step("getting uv into .state/tools")
        venv.create(TOOLS, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "--quiet", "uv"], check=True)
    for name in LOCKS:
        command = [str(TOOLS / "bin" / "uv"), "pip", "compile", f"{name}.in", "--output-file", f"{name}.txt",
                   "--generate-hashes", "--universal", "--python-version", "3.11", "--quiet",
                   "--no-emit-index-url", "--no-emit-find-links", "--no-header", *sys.argv[1:]]  # fmt: skip
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            warn(f"{name}.in could not be compiled; {name}.txt is as it was")
            return 1
        step(f"{name}.txt is compiled")
    return 0


if __name__ == "__main__":
    sys.exit(main())
