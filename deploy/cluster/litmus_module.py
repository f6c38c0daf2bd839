"""What the operator's Go module carries besides the operator: Litmus' resource definitions and its rights.

Kept beside the program that was built out of the same module, so that a clone needs the network only once.
"""

import shutil
import subprocess
from pathlib import Path

from deploy.local.say import tail

from . import toolchain
from .build import shelf
from .parts import module_of
from .toolchain import Unobtainable

OPERATOR = module_of("chaos-operator")
DEFINITIONS, RIGHTS, DEPLOYMENT = "chaos_crds.yaml", "rbac.yaml", "operator.yaml"


def manifests() -> Path:
    """The folder of the three files. Raises Unobtainable where the module cannot be had."""
    go = toolchain.find()
    kept = shelf(OPERATOR, go) / "manifests"
    if kept.exists():
        return kept
    # The module's checksum is in our go.sum: what is copied here was verified by the go command.
    command = [str(go.go), "mod", "download", "-json", OPERATOR.versioned]
    look = [str(go.go), "list", "-m", "-mod=readonly", "-f", "{{.Dir}}", OPERATOR.versioned]
    for asked in (command, look):
        done = subprocess.run(
            asked, cwd=OPERATOR.folder, env=go.environment(), capture_output=True, text=True, check=False
        )
        if done.returncode != 0:
            raise Unobtainable(
                f"{OPERATOR.versioned} {OPERATOR.version} cannot be had: check the network and what "
                f"`go env GOPROXY` says.\n{tail(done.stderr, 6)}"
            )
    aside = kept.with_name(".manifests")
    aside.mkdir(parents=True, exist_ok=True)
    for name in (DEFINITIONS, RIGHTS, DEPLOYMENT):
        shutil.copyfile(Path(done.stdout.strip(), "deploy", name), aside / name)
    aside.rename(kept)
    return kept
