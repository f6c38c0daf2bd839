"""verify.py in the hands of a stranger, and of somebody who changed something."""

from __future__ import annotations

import hashlib
import json
import runpy
import shutil
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from chaos.journal import plan_stream
from chaos.journal.keys import public_pem, signing_key
from gameday.debriefs.evidence import Bundle
from tests.gameday.debriefs.a_day import SLUG

pytestmark = pytest.mark.django_db


def run_verifier(*words: str) -> tuple[int, str]:
    """The bundle's own verify.py, in this process: many runs of it."""
    said = StringIO()
    with redirect_stdout(said), redirect_stderr(said):
        status = runpy.run_path(words[0])["main"](list(words[1:] or [str(Path(words[0]).parent)]))
    return status, said.getvalue()


def as_a_stranger(*words: str) -> tuple[int, str]:
    """Python without our environment and without installed packages."""
    words = (sys.executable, "-I", "-S", *words)
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=60)
    return done.returncode, done.stdout + done.stderr


def test_a_stranger_can_verify_the_zip_and_the_folder(bundle: Bundle, unpacked: Path) -> None:
    status, said = as_a_stranger(str(unpacked / "verify.py"), str(bundle.path))
    assert status == 0, said
    assert "The bundle is sound." in said
    status, said = as_a_stranger(str(unpacked / "verify.py"))
    assert status == 0, said
    assert "2 runs ran what had been approved before" in said


def test_any_changed_byte_in_any_file_is_found(unpacked: Path, tmp_path: Path) -> None:
    for path in sorted(item for item in unpacked.rglob("*") if item.is_file() and item.name != "verify.py"):
        kept = path.read_bytes()
        path.write_bytes(bytes([kept[0] ^ 1]) + kept[1:] if kept else b"x")
        status, said = run_verifier(str(unpacked / "verify.py"))
        assert (status, "BROKEN" in said) == (1, True), f"{path.name}: {said}"
        path.write_bytes(kept)


def test_a_missing_and_a_foreign_file_are_found(unpacked: Path) -> None:
    (unpacked / "extra.txt").write_text("x")
    assert "extra.txt is not in the manifest" in run_verifier(str(unpacked / "verify.py"))[1]
    (unpacked / "extra.txt").unlink()
    (unpacked / "plan.yaml").unlink()
    assert "plan.yaml is missing" in run_verifier(str(unpacked / "verify.py"))[1]


def resigned(folder: Path, sign: bool) -> None:
    """Make manifest and, with the installation's key, its signature fit the changed files again."""
    listed = json.loads((folder / "manifest.json").read_text())
    for path, item in listed["files"].items():
        content = (folder / path).read_bytes()
        item |= {"sha256": hashlib.sha256(content).hexdigest(), "size": len(content)}
    (folder / "manifest.json").write_text(json.dumps(listed))
    if sign:
        (folder / "manifest.sig").write_bytes(signing_key().sign((folder / "manifest.json").read_bytes()))


def test_a_manifest_made_to_fit_is_found_by_its_signature(unpacked: Path) -> None:
    (unpacked / "report.html").write_text("<p>All held.</p>")
    resigned(unpacked, sign=False)
    assert "not the key's signature of manifest.json" in run_verifier(str(unpacked / "verify.py"))[1]


@pytest.mark.parametrize(
    ("file", "old", "new", "said"),
    [
        ("events.jsonl", "Looks safe.", "Looks good.", "was edited"),
        ("plan-digest.json", "rehearsal", "elsewhere", "plan-digest.json does not have the plan's digest"),
        ("specs/pod-kill.json", "pod-kill", "pod-hill", "specs/pod-kill.json does not have its digest"),
        (
            "verdicts.json",
            "2026-03-05T09:00:00.000000Z",
            "2020-01-01T00:00:00.000000Z",
            "without an approval",
        ),
    ],
)
def test_what_the_installation_itself_changed_afterwards_is_found(
    unpacked: Path, file: str, old: str, new: str, said: str
) -> None:
    text = (unpacked / file).read_text()
    assert old in text
    (unpacked / file).write_text(text.replace(old, new))
    resigned(unpacked, sign=True)
    status, output = run_verifier(str(unpacked / "verify.py"))
    assert (status, said in output) == (1, True), output


def test_a_dropped_last_event_is_found_by_the_checkpoint(unpacked: Path) -> None:
    stream = plan_stream(SLUG)
    lines = (unpacked / "events.jsonl").read_text().splitlines()
    ours = [index for index, line in enumerate(lines) if json.loads(line)["stream"] == stream]
    del lines[ours[-1]]
    (unpacked / "events.jsonl").write_text("\n".join(lines) + "\n")
    resigned(unpacked, sign=True)
    assert "does not end where the signed checkpoint says" in run_verifier(str(unpacked / "verify.py"))[1]


def test_another_key_than_the_known_one_is_refused(unpacked: Path, tmp_path: Path) -> None:
    known = tmp_path / "known.pem"
    known.write_bytes((unpacked / "public-key.pem").read_bytes())
    assert run_verifier(str(unpacked / "verify.py"), "--key", str(known))[0] == 0
    known.write_bytes(public_pem(Ed25519PrivateKey.generate().public_key()))
    assert run_verifier(str(unpacked / "verify.py"), "--key", str(known))[0] == 1


def test_what_is_no_bundle_exits_with_2(unpacked: Path, tmp_path: Path) -> None:
    assert run_verifier(str(unpacked / "verify.py"), str(tmp_path / "nothing.zip"))[0] == 2


@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
@pytest.mark.parametrize("name", ["manifest", "checkpoint"])
def test_stock_openssl_agrees_with_the_signatures(unpacked: Path, name: str) -> None:
    words = ["openssl", "pkeyutl", "-verify", "-pubin", "-inkey", "public-key.pem", "-rawin"]
    words += ["-in", f"{name}.json", "-sigfile", f"{name}.sig"]
    assert subprocess.run(words, cwd=unpacked, capture_output=True, check=False).returncode == 0


def changed(unpacked: Path, path: str, change: Any) -> str:
    """What the bundle's own verify.py says once `change` was made to this file, and the manifest was not."""
    found = json.loads((unpacked / path).read_text())
    change(found)
    (unpacked / path).write_text(json.dumps(found))
    status, said = run_verifier(str(unpacked / "verify.py"))
    assert status == 1
    return said


def test_a_proof_that_the_journal_does_not_have_is_found(unpacked: Path) -> None:
    def later(receipts: Any) -> None:
        receipts[0]["injections"][0]["progress"]["proof"][0]["found"] = "all is well"

    assert "what was measured of its end is not what the journal has" in changed(
        unpacked, "receipts.json", later
    )


def test_a_certificate_that_says_clean_of_what_was_not_measured_is_found(unpacked: Path) -> None:
    def one_less(certificates: Any) -> None:
        assert certificates[0]["verdict"] == "clean"
        certificates[0]["injections"][0]["lines"][0]["at"] = None

    assert "is certified clean, and not all of it was measured" in changed(
        unpacked, "certificates.json", one_less
    )


def test_a_certificate_that_is_missing_is_found(unpacked: Path) -> None:
    said = changed(unpacked, "certificates.json", lambda certificates: certificates.pop())
    assert "certificates.json is not of the runs of receipts.json" in said
