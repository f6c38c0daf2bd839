"""deploy/halt.sh where the API server does not answer, or is not the one that was meant."""

from __future__ import annotations

from pathlib import Path

import pytest

from chaos.faults.own_rights import LEVER
from deploy.rehearsal.api import Effect, Mishap, Rule
from deploy.rehearsal.store import CHAOS_ENGINES, CONFIG_MAPS, LEASES, PODS
from tests.rehearsal.api.halting import Halt, names
from tests.support import kubectl
from tests.support.rehearsal_api import ADMIN, RunningApi

pytestmark = pytest.mark.skipif(not kubectl.program(), reason=kubectl.WHY_NOT)

AWAY = "the server is currently unable to handle the request"


def happen(cluster: RunningApi, effect: Effect = Effect.REFUSE, **more: object) -> None:
    cluster.do(lambda: cluster.mishaps.add(Mishap("today", effect, **more)))  # type: ignore[arg-type]


def test_an_api_server_that_is_away_at_first_is_asked_until_all_is_done(full: RunningApi, halt: Halt):
    happen(full, times=12)
    done = halt("--reason", "Now", "--wait", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (names(full, CHAOS_ENGINES), names(full, LEASES)) == (["theirs"], [])
    assert names(full, PODS) == ["theirs-1"] and names(full, CONFIG_MAPS) == [LEVER]
    assert "it is tried again" in done.stderr and "The halt lever is down" in done.stdout
    assert "Of Gameday: engines gd-0a1b2c3d-0;" in done.stdout


def test_a_server_that_was_away_and_then_shows_nothing_of_ours_is_clean(cluster: RunningApi, halt: Halt):
    happen(cluster, times=12)
    done = halt("--reason", "Now", "--wait", "30")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_lever_that_was_refused_once_is_pulled_again(full: RunningApi, halt: Halt):
    happen(full, verbs=frozenset({"create"}), resource="configmaps", times=1)
    done = halt("--reason", "Now", "--wait", "30")
    assert (done.returncode, names(full, CONFIG_MAPS)) == (0, [LEVER]), done.stdout + done.stderr


def test_what_could_not_be_deleted_at_first_is_deleted_again(full: RunningApi, halt: Halt):
    happen(full, verbs=frozenset({"delete"}), times=4)
    done = halt("--reason", "Now", "--wait", "30")
    assert done.returncode == 0, done.stdout + done.stderr
    assert (names(full, CHAOS_ENGINES), names(full, PODS)) == (["theirs"], ["theirs-1"])


def test_one_that_stays_away_is_asked_until_the_wait_is_over_and_that_is_said_once(full, halt: Halt):
    happen(full)
    done = halt("--reason", "Now", "--wait", "2")
    assert done.returncode == 2
    assert "The halt lever is NOT down" in done.stderr and "Nothing of Gameday" not in done.stdout
    assert done.stderr.count(AWAY) <= 2, done.stderr


def test_a_dry_run_of_an_empty_cluster_ends_with_0(cluster: RunningApi, halt: Halt):
    done = halt("--dry-run")
    assert done.returncode == 0, done.stderr
    assert "Nothing of Gameday is left in namespace chaos." in done.stdout


@pytest.mark.parametrize("resource", [".*", "pods", "networkpolicies.networking.k8s.io", "nodes"])
def test_a_dry_run_that_could_not_see_all_ends_with_2(cluster: RunningApi, halt: Halt, resource: str):
    happen(cluster, resource=resource)
    done = halt("--dry-run")
    assert done.returncode == 2
    assert AWAY in done.stderr and "Nothing of Gameday" not in done.stdout


@pytest.mark.parametrize("words", [("--dry-run",), ("--reason", "Now")], ids=["dry", "for good"])
def test_a_namespace_or_context_that_is_not_there_is_refused_in_a_sentence(full, halt: Halt, words):
    done = halt(*words, "--namespace", "chaso")
    assert (done.returncode, "Nothing of Gameday" in done.stdout) == (1, False)
    assert "There is no namespace chaso on that cluster." in done.stderr
    done = halt(*words, "--context", "nope")
    assert (done.returncode, done.stdout) == (1, "")
    assert "kubectl knows no context nope" in done.stderr and "get-contexts" in done.stderr
    assert names(full, CONFIG_MAPS) == [] and len(names(full, PODS)) == 4


def test_a_namespace_that_may_not_be_read_is_no_reason_to_refuse(full: RunningApi, halt: Halt):
    kinds = ("pods", "jobs", "leases", "chaosengines", "configmaps", "networkpolicies", "nodes")
    full.account("half", "half", Rule(("*",), ("*",), kinds))
    done = halt("--reason", "Now", token="half")
    assert done.returncode == 0, done.stdout + done.stderr
    assert names(full, PODS) == ["theirs-1"]


def test_which_cluster_it_is_stands_first_and_no_secret_does(full: RunningApi, halt: Halt, tmp_path: Path):
    done = halt("--dry-run", "--context", "it")
    assert done.stdout.startswith(f"Context it at {full.url}, namespace chaos.\n")
    assert ADMIN not in done.stdout + done.stderr
    assert "  kubectl --context=it uncordon n1" in done.stdout, "what is to be typed goes to the same cluster"
    config = tmp_path / "kubectl"
    config.write_text(
        f'#!/bin/sh\ncase "$*" in *"config view"*) echo "it at https://me:secret@host:6443"; exit ;; esac\n'
        f'exec {kubectl.program()} "$@"\n'
    )
    config.chmod(0o755)
    done = halt("--dry-run", program=str(config))
    assert done.stdout.startswith("Context it at https://host:6443, namespace chaos.\n")


def test_a_refusal_to_list_nodes_is_told_from_a_server_that_is_away(cluster: RunningApi, halt: Halt):
    happen(cluster, Effect.FORBID, resource="nodes")
    refused = halt("--dry-run")
    assert refused.returncode == 0, "a right that it need not have"
    assert "Nodes may not be listed with these rights: see that none was left cordoned" in refused.stdout
    happen(cluster, resource="nodes")
    away = halt("--dry-run")
    assert "Nodes could not be listed: see that none" in away.stderr and "these rights" not in away.stdout
