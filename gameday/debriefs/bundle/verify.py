#!/usr/bin/env python3
"""Checks a Gameday evidence bundle with nothing but Python 3.8 or newer. What it checks: see SPEC.md.

    python3 verify.py [BUNDLE.zip or folder] [--key PUBLIC_KEY.pem]

Exit status: 0 everything is as it was signed, 1 something is not, 2 the bundle could not be read.
It reads only the bundle, writes nothing, runs nothing from it and talks to nobody.
"""

from __future__ import annotations

import argparse
import base64
import hashlib
import json
import sys
import zipfile
from pathlib import Path
from typing import Any

FIELDS = {"v", "stream", "seq", "at", "recorded_at", "kind", "text", "actor", "actor_name", "audience"}
FIELDS |= {"scenario", "run", "body", "prev_hash"}
GENESIS = "0" * 64
Files = dict[str, bytes]
Point = tuple[int, int, int, int]


class Broken(Exception):
    """Something in the bundle is not as it was signed."""


def main(arguments: list[str] | None = None) -> int:
    options = argparse.ArgumentParser(description="Check a Gameday evidence bundle.")
    options.add_argument("bundle", nargs="?", default=str(Path(__file__).resolve().parent))
    options.add_argument("--key", help="the public key (PEM) that you were given by another way")
    chosen = options.parse_args(arguments)
    try:
        files = load(Path(chosen.bundle))
        key = Path(chosen.key).read_bytes() if chosen.key else None
    except (OSError, ValueError, zipfile.BadZipFile, RuntimeError) as error:
        print(f"The bundle could not be read: {error}", file=sys.stderr)
        return 2
    failed = 0
    for check in CHECKS:
        try:
            print("ok      " + check(files, key))
        except Broken as broken:
            failed = 1
            print(f"BROKEN  {broken}")
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            failed = 1
            print(f"BROKEN  {check.__name__}: not in the form that SPEC.md describes ({error!r})")
    if key is None:
        print("note    Compare the key id above with one that you were given by another way (or use --key).")
    for run in left_behind(files):
        print(f"note    Run {run}: its fault was NOT proven gone.")
    print("The bundle is BROKEN." if failed else "The bundle is sound.")
    return failed


def load(place: Path) -> dict[str, bytes]:
    """Every file by its path in the bundle."""
    if place.is_dir():
        found = (path for path in sorted(place.rglob("*")) if path.is_file())
        return {path.relative_to(place).as_posix(): path.read_bytes() for path in found}
    with zipfile.ZipFile(str(place)) as archive:
        names = archive.namelist()
        if len(names) != len(set(names)):
            raise ValueError("a name is in the ZIP twice")
        return {name: archive.read(name) for name in names}


def check_files(files: Files, given: bytes | None = None) -> str:
    listed = json.loads(files["manifest.json"].decode("utf-8"))["files"]
    for path in sorted(set(listed) | set(files) - {"manifest.json", "manifest.sig"}):
        if path not in listed:
            raise Broken(f"{path} is not in the manifest")
        if path not in files:
            raise Broken(f"{path} is missing")
        if len(files[path]) != listed[path]["size"] or sha256(files[path]) != listed[path]["sha256"]:
            raise Broken(f"{path} is not the file that was signed")
    return f"{len(listed)} files are those of the manifest"


def check_signatures(files: Files, given: bytes | None) -> str:
    pem = files["public-key.pem"]
    if given is not None and raw_key(given) != raw_key(pem):
        raise Broken("public-key.pem is not the key that you gave")
    for path in ("manifest", "checkpoint"):
        if not ed25519_verify(raw_key(pem), files[path + ".sig"], files[path + ".json"]):
            raise Broken(f"{path}.sig is not the key's signature of {path}.json")
    return f"manifest and checkpoint are signed by key {sha256(raw_key(pem))}"


def check_events(files: Files, given: bytes | None = None) -> str:
    stream = plan_stream(files)
    heads = json.loads(files["checkpoint.json"].decode("utf-8"))["heads"]
    head = {item["stream"]: item for item in heads}
    last = {stream: (0, GENESIS)}
    rows = lines(files["events.jsonl"])
    for row in rows:
        name, seq = row["stream"], row["seq"]
        where = f"events.jsonl: stream {name}, entry {seq}"
        hashed = {field: row[field] for field in FIELDS}
        if set(row) != FIELDS | {"hash"} or sha256(canonical(hashed)) != row["hash"]:
            raise Broken(where + " was edited")
        before = last.get(name, (0, GENESIS))
        if name == stream:
            if seq != before[0] + 1 or row["prev_hash"] != before[1]:
                raise Broken(where + " does not follow the one before it")
        elif seq <= before[0] or seq > head[name]["seq"]:  # entries of other streams are a selection
            raise Broken(where + " is out of order")
        last[name] = (seq, row["hash"])
    end = head.get(stream, {"seq": 0, "hash": GENESIS})
    if last[stream] != (end["seq"], end["hash"]):
        raise Broken("events.jsonl does not end where the signed checkpoint says")
    return f"{len(rows)} events are chained up to the signed checkpoint"


def check_digests(files: Files, given: bytes | None = None) -> str:
    digests = json.loads(files["digests.json"].decode("utf-8"))
    if sha256(files["plan-digest.json"]) != digests["plan"]:
        raise Broken("plan-digest.json does not have the plan's digest")
    planned = [item["spec"] for item in json.loads(files["plan-digest.json"].decode("utf-8"))["scenarios"]]
    if planned != [item["sha256"] for item in digests["scenarios"]]:
        raise Broken("the plan's digest covers other scenarios than digests.json names")
    for item in digests["scenarios"] + digests["earlier"]:
        if sha256(files[item["file"]]) != item["sha256"]:
            raise Broken(item["file"] + " does not have its digest")
    return f"the plan's digest covers the digests of its {len(planned)} scenarios"


def check_approvals(files: Files, given: bytes | None = None) -> str:
    digests = json.loads(files["digests.json"].decode("utf-8"))
    known = {item["sha256"] for item in digests["scenarios"] + digests["earlier"]}
    decided = [row for row in lines(files["events.jsonl"]) if row["stream"] == plan_stream(files)]
    approved = [(row["body"]["digest"], row["at"]) for row in decided if row["kind"] == "plan.approved"]
    runs = json.loads(files["verdicts.json"].decode("utf-8"))
    for run in runs:
        if run["spec_digest"] not in known:
            raise Broken(f"run {run['run']} ran a spec that is not in the bundle")
        if not any(digest == run["plan_digest"] and at <= run["launched_at"] for digest, at in approved):
            raise Broken(f"run {run['run']} was launched without an approval of its plan digest")
    return f"{len(runs)} runs ran what had been approved before"


def check_certificates(files: Files, given: bytes | None = None) -> str:
    receipts = {item["run"]: item for item in json.loads(files["receipts.json"].decode("utf-8"))}
    rows = [row for row in lines(files["events.jsonl"]) if row["kind"] == "run.clean"]
    told = {row["run"]: row["body"].get("proof") for row in rows}
    certificates = json.loads(files["certificates.json"].decode("utf-8"))
    if sorted(item["run"] for item in certificates) != sorted(receipts):
        raise Broken("certificates.json is not of the runs of receipts.json")
    for item in certificates:
        run, receipt = item["run"], receipts[item["run"]]
        proofs = [one["progress"].get("proof", []) for one in receipt["injections"]]
        if any(proofs) and sha256(canonical(proofs)) != told.get(run):
            raise Broken(f"run {run}: what was measured of its end is not what the journal has")
        certified = [line for one in item["injections"] for line in one["lines"]]
        kept = [(one["part"], one["at"], one["doubt"]) for proof in proofs for one in proof]
        is_whole = all((line["part"], line["at"], "") in kept for line in certified)
        if item["verdict"] == "clean" and not (certified and is_whole and receipt["is_proven_gone"]):
            raise Broken(f"run {run} is certified clean, and not all of it was measured")
    return f"{len(certificates)} residue certificates rest on what the journal has"


CHECKS = (check_files, check_signatures, check_events, check_digests, check_approvals, check_certificates)


def left_behind(files: Files) -> list[str]:
    """Runs whose fault was requested and never measured to be gone."""
    try:
        receipts = json.loads(files["receipts.json"].decode("utf-8"))
        return [item["run"] for item in receipts if item["was_requested"] and not item["is_proven_gone"]]
    except (KeyError, TypeError, ValueError):
        return []


def plan_stream(files: Files) -> str:
    return f"plan:{json.loads(files['manifest.json'].decode('utf-8'))['plan']}"


def lines(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.decode("utf-8").split("\n") if line]


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def canonical(value: Any) -> bytes:
    """RFC 8785 for what Gameday writes: no floats."""
    if isinstance(value, float):
        raise ValueError("a number with a fraction")
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return b"{" + b",".join(canonical(key) + b":" + canonical(value[key]) for key in keys) + b"}"
    if isinstance(value, list):
        return b"[" + b",".join(canonical(item) for item in value) + b"]"
    return json.dumps(value, ensure_ascii=False).encode("utf-8")


# Ed25519, RFC 8032, only verifying: slow and plain, so that it can be read.
P = 2**255 - 19
Q = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P


def raw_key(pem: bytes) -> bytes:
    """The 32 bytes at the end of a PEM SubjectPublicKeyInfo."""
    body = b"".join(line for line in pem.splitlines() if line and not line.startswith(b"-"))
    der = base64.b64decode(body)
    if len(der) != 44 or der[:12] != bytes.fromhex("302a300506032b6570032100"):
        raise ValueError("not an Ed25519 public key")
    return der[12:]


def ed25519_verify(key: bytes, signature: bytes, message: bytes) -> bool:
    if len(signature) != 64:
        return False
    point, r = decompress(key), decompress(signature[:32])
    s = int.from_bytes(signature[32:], "little")
    if point is None or r is None or s >= Q:
        return False
    h = int.from_bytes(hashlib.sha512(signature[:32] + key + message).digest(), "little") % Q
    base = decompress((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))
    left, right = times(s, extended(base)), add(extended(r), times(h, extended(point)))
    same_x = (left[0] * right[2] - right[0] * left[2]) % P == 0
    return same_x and (left[1] * right[2] - right[1] * left[2]) % P == 0


def root(y: int, sign: int) -> int | None:
    """The x of the point with this y and sign, or None."""
    xx = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(xx, (P + 3) // 8, P)
    if (x * x - xx) % P:
        x = x * pow(2, (P - 1) // 4, P) % P
    if (x * x - xx) % P or (x == 0 and sign):
        return None
    return x if x & 1 == sign else P - x


def decompress(raw: bytes) -> tuple[int, int] | None:
    y = int.from_bytes(raw, "little")
    sign, y = y >> 255, y & ((1 << 255) - 1)
    x = root(y, sign) if y < P else None
    return None if x is None else (x, y)


def extended(point: tuple[int, int] | None) -> Point:
    if point is None:
        raise ValueError("not a point of the curve")
    x, y = point
    return (x, y, 1, x * y % P)


def add(p: Point, q: Point) -> Point:
    a, b = (p[1] - p[0]) * (q[1] - q[0]) % P, (p[1] + p[0]) * (q[1] + q[0]) % P
    c, d = 2 * p[3] * q[3] * D % P, 2 * p[2] * q[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def times(factor: int, point: Point) -> Point:
    result = (0, 1, 1, 0)
    while factor:
        if factor & 1:
            result = add(result, point)
        point = add(point, point)
        factor >>= 1
    return result


if __name__ == "__main__":
    sys.exit(main())
