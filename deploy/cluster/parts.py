"""What can be built: each row is a folder below modules/, whose go.mod and go.sum pin all of it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

MODULES_FOLDER = Path(__file__).parent / "modules"


@dataclass(frozen=True, slots=True)
class Module:
    """A pinned Go module of ours and the programs that come out of it.

    `versioned` is the module path whose version is the programs' version. `stamps` are the variables that the
    linker sets, as their sources expect it: {version} is v1.2.3, {bare} 1.2.3, {major} 1, {minor} 2.
    """

    name: str
    versioned: str
    programs: Mapping[str, str]  # name of the program -> its main package ("./cmd/x" for sources of our own)
    stamps: tuple[str, ...] = ()

    @property
    def folder(self) -> Path:
        """Where its go.mod lies."""
        return MODULES_FOLDER / self.name

    @property
    def version(self) -> str:
        """The version that go.mod pins, such as v1.36.3. Raises ValueError where it pins none."""
        pinned = rf"^(?:require)?\s*{re.escape(self.versioned)} (v\S+)"
        found = re.search(pinned, (self.folder / "go.mod").read_text(), flags=re.MULTILINE)
        if found is None:
            raise ValueError(f"{self.folder / 'go.mod'} requires no {self.versioned}")
        return found.group(1)

    def link_flags(self) -> str:
        """What the linker is told: no symbol tables, and the version that the program is to say it is."""
        numbers = self.version.removeprefix("v").split(".")
        values = {
            "version": self.version,
            "bare": ".".join(numbers),
            "major": numbers[0],
            "minor": numbers[1],
        }
        return " ".join(["-s", "-w", *(f"-X {stamp.format(**values)}" for stamp in self.stamps)])


KUBERNETES_VERSIONS = ("k8s.io/component-base/version", "k8s.io/client-go/pkg/version")

MODULES = (
    Module("etcd", "go.etcd.io/etcd/server/v3", {"etcd": "go.etcd.io/etcd/server/v3"}),
    Module(
        "kwok",
        "sigs.k8s.io/kwok",
        {"kwok": "sigs.k8s.io/kwok/cmd/kwok"},
        ("sigs.k8s.io/kwok/pkg/consts.Version={bare}",),
    ),
    Module(
        "kubernetes",
        "k8s.io/kubernetes",
        {
            name: f"k8s.io/kubernetes/cmd/{name}"
            for name in ("kube-apiserver", "kube-controller-manager", "kube-scheduler", "kubectl")
        },
        tuple(
            f"{package}.{stamp}"
            for package in KUBERNETES_VERSIONS
            for stamp in (
                "gitVersion={version}",
                "gitMajor={major}",
                "gitMinor={minor}",
                "gitTreeState=archive",
            )
        ),
    ),
    Module(
        "litmus-operator",
        "github.com/litmuschaos/chaos-operator",
        {"chaos-operator": "github.com/litmuschaos/chaos-operator"},
    ),
    Module(
        "litmus-go",
        "github.com/litmuschaos/litmus-go",
        {"go-runner": "github.com/litmuschaos/litmus-go/bin/experiment"},
    ),
)


def module_of(program: str) -> Module:
    """The module that a program comes out of. Raises KeyError."""
    for module in MODULES:
        if program in module.programs:
            return module
    raise KeyError(f"no module builds {program}; known: {', '.join(p for m in MODULES for p in m.programs)}")


def toolchain_wanted() -> tuple[int, int]:
    """The newest Go that any of the modules asks for, such as (1, 26)."""
    asked = [
        re.search(r"^go (\d+)\.(\d+)", (module.folder / "go.mod").read_text(), flags=re.MULTILINE)
        for module in MODULES
    ]
    return max((int(found.group(1)), int(found.group(2))) for found in asked if found)
