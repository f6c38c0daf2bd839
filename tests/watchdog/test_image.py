"""What is put into the watchdog's image, and how its pod may run."""

from __future__ import annotations

import re
from importlib.metadata import requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from chaos.faults.accounts import CHAOS, WATCHDOG
from deploy.watchdog import settings
from tests.architecture.source import ROOT

FOLDER = ROOT / "deploy" / "watchdog"


def locked(file: Path) -> dict[str, str]:
    """By package, its version and hashes."""
    parts = re.split(r"(?m)^(?=[a-z0-9])", file.read_text("utf-8"))
    found = (re.sub(r"\s*#.*", "", part).rstrip() for part in parts)
    return {part.split("==")[0]: part for part in found if "==" in part}


def needed(*names: str) -> set[str]:
    """These, and all that they require."""
    seen, waiting = set[str](), list(names)
    while waiting:
        name = re.sub(r"[-_.]+", "-", waiting.pop()).lower()
        if name not in seen:
            seen.add(name)
            wanted = map(Requirement, requires(name) or ())
            waiting += [one.name for one in wanted if not one.marker or one.marker.evaluate({"extra": ""})]
    return seen


def test_it_runs_on_just_what_its_client_needs_in_the_product_s_own_versions() -> None:
    asked = re.findall(r"(?m)^[a-z]\S+", (FOLDER / "requirements.in").read_text())
    product = locked(ROOT / "requirements.txt")
    assert locked(FOLDER / "requirements.txt") == {name: product[name] for name in sorted(needed(*asked))}


def test_the_image_gets_nothing_of_the_product_but_what_it_loads() -> None:
    lines = (FOLDER / "Dockerfile").read_text().splitlines()
    copied = {source for line in lines if line.startswith("COPY") for source in line.split()[1:-1]}
    for path in copied:
        assert (ROOT / path).exists(), path
    ours = {path for path in copied if path.startswith("chaos/")}
    assert ours == {"chaos/__init__.py", "chaos/ports.py", "chaos/domain", "chaos/faults", "chaos/adapters"}


@pytest.fixture
def deployment() -> dict[str, Any]:
    objects = list(yaml.safe_load_all((FOLDER / "watchdog.yaml").read_text()))
    (found,) = [one for one in objects if one["kind"] == "Deployment"]
    return dict(found)


def test_its_pod_has_its_account_and_no_power_beside_it(deployment: dict[str, Any]) -> None:
    assert deployment["metadata"]["namespace"] == CHAOS and deployment["spec"]["replicas"] == 1
    pod = deployment["spec"]["template"]["spec"]
    assert pod["serviceAccountName"] == WATCHDOG
    assert pod["securityContext"]["runAsNonRoot"]
    (container,) = pod["containers"]
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] and not security["allowPrivilegeEscalation"]
    assert security["capabilities"] == {"drop": ["ALL"]}
    assert {"requests", "limits"} <= set(container["resources"])


def test_what_its_pod_is_told_is_what_it_reads(deployment: dict[str, Any]) -> None:
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    told = {one["name"]: one["value"] for one in container["env"]}
    source = Path(settings.__file__).read_text()
    assert [name for name in told if f'"{name}"' not in source] == []
    file = told["GAMEDAY_WATCHDOG_ALIVE_FILE"]
    assert file in " ".join(container["livenessProbe"]["exec"]["command"])
    assert file.startswith(container["volumeMounts"][0]["mountPath"])
