"""What those who work with the bank's cluster are given: tokens, and how Gameday is told of it."""

import argparse
import json
from pathlib import Path

from deploy.cluster.handle import Cluster
from deploy.rehearsal.platform.access import HOME, PRODUCT, TARGETS
from deploy.rehearsal.platform.tokens import write_secret

SECONDS = 8 * 3600  # that a token is good for


def write(cluster: Cluster, asked: argparse.Namespace) -> None:
    """Write the files that were asked for: those that are named."""
    if asked.token_file:
        write_secret(asked.token_file, cluster.account_token(HOME, PRODUCT, SECONDS))
    if asked.administrator_token_file:
        write_secret(asked.administrator_token_file, cluster.administrator_token(SECONDS))
    if asked.access_file:
        told = registration(cluster, asked.access_file.with_name("ca.crt"), asked.port)
        asked.access_file.write_text(json.dumps({"registration": told}))


def registration(cluster: Cluster, authority: Path, port: int) -> list[str]:
    """The words of `cluster add` that say where it is and what may be done there."""
    words = ["--server", cluster.server, "--service-account", "chaos-{family}"]
    words += ["--services", f"http://127.0.0.1:{port}/services"]
    if cluster.authority:
        authority.write_text(cluster.authority)
        words += ["--ca-file", str(authority)]
    return words + [word for namespace in TARGETS for word in ("--opt-in", namespace)]
