"""Images: read as a container runtime would, allowed only when pinned and on the list."""

import pytest

from chaos.domain.errors import Refused
from chaos.domain.images import (
    USUAL_IMAGES,
    Image,
    check_entry,
    in_registry,
    is_same_elsewhere,
    read,
    why_not,
)

DIGEST = f"sha256:{'a1' * 32}"
OURS = "litmuschaos/go-runner:3.28.0"


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("ubuntu:16.04", Image("docker.io/library/ubuntu", "16.04")),
        ("docker.io/ubuntu", Image("docker.io/library/ubuntu")),
        ("index.docker.io/library/ubuntu", Image("docker.io/library/ubuntu")),
        (OURS, Image("docker.io/litmuschaos/go-runner", "3.28.0")),
        ("registry.bank.example:5000/a/b/c:1", Image("registry.bank.example:5000/a/b/c", "1")),
        ("localhost/x:1", Image("localhost/x", "1")),
        (f"ghcr.io/a/b@{DIGEST}", Image("ghcr.io/a/b", "", DIGEST)),
        (f"ghcr.io/a/b:1@{DIGEST}", Image("ghcr.io/a/b", "1", DIGEST)),
    ],
)
def test_an_image_is_read_as_a_runtime_completes_it(text, image):
    assert read(text) == image


NONSENSE = ["", " ", "UBUNTU:1", "a b:1", "a:1\n", "a:$(id)", "a@sha256:12", "/a:1", "a//b:1", "a:1:2:3 ",
            "a/../b:1", "-a:1", ":1", "a/:1", "http://a/b:1"]  # fmt: skip


@pytest.mark.parametrize("text", NONSENSE)
def test_what_names_no_image_is_refused_and_never_allowed(text):
    with pytest.raises(Refused, match="is no name of an image"):
        read(text)
    assert why_not(text, ("docker.io/", "a/", text or "x")) == "is no name of an image"


@pytest.mark.parametrize(
    "text", [OURS, f"litmuschaos/go-runner@{DIGEST}", "docker.io/litmuschaos/go-runner:3.1", "ubuntu:16.04"]
)
def test_what_is_pinned_and_on_the_list_may_run(text):
    assert why_not(text, USUAL_IMAGES) == ""


@pytest.mark.parametrize(
    "text", ["litmuschaos/go-runner", "litmuschaos/go-runner:latest", "docker.io/ubuntu"]
)
def test_what_names_no_version_may_not_run_though_it_is_on_the_list(text):
    assert why_not(text, (*USUAL_IMAGES, "ubuntu")).startswith("is not pinned")


@pytest.mark.parametrize(
    "text",
    [
        "evil/go-runner:3.28.0",
        "litmuschaos/go-runner-x:3.28.0",
        "litmuschaos.evil.example/litmuschaos/go-runner:3.28.0",
        "evil.example/litmuschaos/go-runner:3.28.0",
        "ubuntu:22.04",
        f"ubuntu@{DIGEST}",
    ],
)
def test_another_registry_repository_or_version_is_not_on_the_list(text):
    assert why_not(text, USUAL_IMAGES) == (
        "is not on this cluster's list (litmuschaos/go-runner, ubuntu:16.04)"
    )
    assert why_not(text, ()) == "is not on this cluster's list (which is empty)"


@pytest.mark.parametrize(
    ("entry", "fits", "fails"),
    [
        ("registry.bank.example/", "registry.bank.example/a/b:1", "registry.bank.example.evil.test/a:1"),
        ("registry.bank.example/litmus/", "registry.bank.example/litmus/x:1", "registry.bank.example/lit:1"),
        ("litmuschaos/", "litmuschaos/py-runner:1", "litmuschaosx/py-runner:1"),
        ("a/b:1", "docker.io/a/b:1", "a/b:2"),
        (f"a/b@{DIGEST}", f"a/b:7@{DIGEST}", "a/b:7"),
    ],
)
def test_an_entry_allows_a_version_a_repository_or_all_below_a_path(entry, fits, fails):
    check_entry(entry)
    assert why_not(fits, (entry,)) == ""
    assert why_not(fails, (entry,)).startswith("is not on this cluster's list")


@pytest.mark.parametrize("entry", ["", "/", "a b", "*", "A/", "../", "a//", "ubuntu:latest", "x/y:1/"])
def test_an_entry_that_would_allow_anything_or_nothing_is_refused(entry):
    with pytest.raises(Refused):
        check_entry(entry)


@pytest.mark.parametrize("entry", ["docker.io/", "index.docker.io/", "quay.io/", "ghcr.io/"])
def test_all_of_a_registry_where_anybody_may_publish_is_no_list(entry):
    with pytest.raises(Refused, match="all of a registry where anybody may publish; name a path of it"):
        check_entry(entry)
    check_entry(f"{entry}bank/")


def test_an_image_in_a_mirror_is_the_same_under_its_own_name_and_tag():
    mirrored = in_registry(OURS, "registry.bank.example/mirror/")
    assert mirrored == f"registry.bank.example/mirror/{OURS}"
    assert is_same_elsewhere(mirrored, OURS) and is_same_elsewhere(OURS, OURS)
    for other in ("mirror/xlitmuschaos/go-runner:3.28.0", f"{mirrored}1", "x/litmuschaos/go-runner:latest"):
        assert not is_same_elsewhere(other, OURS)
