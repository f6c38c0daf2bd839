"""The real kubectl, where this machine has one, and a kubeconfig for it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

_BUILT = Path.home() / ".cache" / "gameday" / "cluster"


def program() -> str:
    """On the path, else the one that `make cluster` built; "" where there is none."""
    built = sorted(_BUILT.glob("*/kubectl"))
    return shutil.which("kubectl") or (str(built[-1]) if built else "")


WHY_NOT = "there is no kubectl here: install one, or `make cluster` builds it"


def kubeconfig(path: Path, server: str, token: str, ca_file: Path | str) -> Path:
    """Written to `path`, as JSON, which is YAML too."""
    here = {"cluster": "it", "user": "it"}
    cluster = {"server": server, "certificate-authority": str(ca_file)}
    path.write_text(
        json.dumps(
            {
                "apiVersion": "v1",
                "kind": "Config",
                "clusters": [{"name": "it", "cluster": cluster}],
                "users": [{"name": "it", "user": {"token": token}}],
                "contexts": [{"name": "it", "context": here}],
                "current-context": "it",
            }
        )
    )
    return path
