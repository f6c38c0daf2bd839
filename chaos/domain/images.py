"""Which images experiments may run: pinned ones only, and only what is on the cluster's list.

Whoever can change a ChaosExperiment chooses what runs privileged on the nodes; so its images are read before
each start, and a foreign one is refused.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from chaos.domain.errors import Refused

USUAL_IMAGES = ("litmuschaos/go-runner", "ubuntu:16.04")
"""What our own experiments run. The second stops kubelets, and is allowed in that one version."""

_HUB = "docker.io"
_ANYBODYS = frozenset((_HUB, f"index.{_HUB}", "quay.io", "ghcr.io", "gcr.io", "public.ecr.aws"))
"""Registries where anybody may publish."""
_PART = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9][-A-Za-z0-9]*(?:\.[A-Za-z0-9][-A-Za-z0-9]*)*)(?::\d{1,5})?"
_PATH = re.compile(rf"{_PART}(?:/{_PART})*")
_REFERENCE = re.compile(
    r"(?P<name>[A-Za-z0-9][-A-Za-z0-9._/:]{0,254}?)(?::(?P<tag>\w[-\w.]{0,127}))?"
    r"(?:@(?P<digest>sha256:[0-9a-f]{64}))?",
    re.ASCII,
)


@dataclass(frozen=True, slots=True)
class Image:
    """`repository` with its registry, as `docker.io/library/ubuntu`; `tag` and `digest` may be empty."""

    repository: str
    tag: str = ""
    digest: str = ""

    @property
    def is_pinned(self) -> bool:
        """Whether it names one version, and not whichever is the newest."""
        return bool(self.digest) or self.tag not in ("", "latest")


def read(text: str, field: str = "") -> Image:
    """Raises Refused for what names no image."""
    match = _REFERENCE.fullmatch(text)
    repository = _whole(match["name"]) if match else ""
    if not match or not repository:
        raise Refused(f"{text!r} is no name of an image, like registry.example/team/image:1.2.", field)
    return Image(repository, match["tag"] or "", match["digest"] or "")


def check_entry(text: str, field: str = "") -> None:
    """An entry of the list: `repository` (any pinned version), `repository:tag` or `repository@digest` (that
    one), or `path/` (whatever is below). All of a registry where anybody may publish is no list. Raises
    Refused."""
    below = _below(text) if text.endswith("/") else ""
    if below.rstrip("/") in _ANYBODYS:
        sentence = f"{text!r} is all of a registry where anybody may publish; name a path of it, like team/."
        raise Refused(sentence, field)
    if below:
        return
    if read(text, field).tag == "latest":
        sentence = f"{text!r} is whatever is newest; name a version, or no tag for all that are pinned."
        raise Refused(sentence, field)


def why_not(text: str, allowed: Sequence[str]) -> str:
    """What is wrong with running this image, to be read after its name; empty when it may run."""
    try:
        image = read(text)
    except Refused:
        return "is no name of an image"
    if not image.is_pinned:
        return "is not pinned: it names no version, so it is whatever is newest"
    if not any(_matches(image, entry) for entry in allowed):
        return f"is not on this cluster's list ({', '.join(allowed) or 'which is empty'})"
    return ""


def in_registry(text: str, registry: str) -> str:
    """The same image in another registry (`host` or `host/path`), where it has the same name."""
    return f"{registry.rstrip('/')}/{text}"


def is_same_elsewhere(text: str, ours: str) -> bool:
    """Whether it is our image under its own name and tag, from whichever registry."""
    return text == ours or text.endswith(f"/{ours}")


def _matches(image: Image, entry: str) -> bool:
    if entry.endswith("/"):
        return image.repository.startswith(_below(entry) or "//")
    wanted = read(entry)
    return (
        image.repository == wanted.repository
        and wanted.tag in ("", image.tag)
        and wanted.digest in ("", image.digest)
    )


def _whole(name: str) -> str:
    """The name with its registry, as a container runtime would complete it; empty for what is none."""
    host, _, path = name.partition("/")
    if not path or not ("." in host or ":" in host or host == "localhost"):
        host, path = _HUB, name
    if host == f"index.{_HUB}":
        host = _HUB
    if host == _HUB and "/" not in path:
        path = f"library/{path}"
    return f"{host}/{path}" if re.fullmatch(_HOST, host) and _PATH.fullmatch(path) else ""


def _below(entry: str) -> str:
    """What the repositories below an entry that ends in / begin with; empty for what is no such entry."""
    name = entry.removesuffix("/")
    if re.fullmatch(_HOST, name) and ("." in name or ":" in name or name == "localhost"):
        return f"{name}/"
    whole = _whole(f"{name}/x") if name else ""
    return whole.removesuffix("x")
