"""An administrator changes a cluster's limits: what is not named stays."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from chaos.domain.errors import Refused
from chaos.domain.limits import LimitsChange, in_words
from chaos.domain.targets import ALWAYS_PROTECTED, Limits

STORED = Limits(20, (*ALWAYS_PROTECTED, "vault"), timedelta(minutes=5), 2, ("payments",))


def test_nothing_named_changes_nothing():
    assert LimitsChange().applied(STORED) == STORED


def test_what_is_named_changes_and_the_rest_stays():
    changed = LimitsChange(max_percent=30, max_fault=timedelta(minutes=2)).applied(STORED)
    assert changed == Limits(30, STORED.protected_namespaces, timedelta(minutes=2), 2, ("payments",))


def test_protecting_a_namespace_takes_the_protection_from_no_other():
    changed = LimitsChange(protect=("ledger", "vault")).applied(STORED)
    assert changed.protected_namespaces == (*ALWAYS_PROTECTED, "vault", "ledger")


def test_a_protection_goes_only_when_it_is_named():
    assert LimitsChange(unprotect=("vault",)).applied(STORED).protected_namespaces == ALWAYS_PROTECTED


def test_those_who_opt_in_are_the_only_ones_until_every_namespace_is_allowed():
    assert LimitsChange(opt_in=("fraud", "kafka")).applied(STORED).opted_in_namespaces == ("fraud", "kafka")
    assert LimitsChange(any_namespace=True).applied(STORED).opted_in_namespaces == ()


@pytest.mark.parametrize(
    ("change", "field", "words"),
    [
        (LimitsChange(max_percent=0), "max-percent", "between 1 and 100"),
        (LimitsChange(max_percent=101), "max-percent", "between 1 and 100"),
        (LimitsChange(protect=("Vault",)), "protect", "'Vault' is no name of a namespace"),
        (LimitsChange(opt_in=("payments*",)), "opt-in", "no name of a namespace"),
        (LimitsChange(unprotect=("kube-system",)), "unprotect", "kube-system is always protected"),
        (LimitsChange(unprotect=("valut",)), "unprotect", "valut is not on the list"),
        (LimitsChange(allow_images=("$(id)",)), "allow-image", "is no name of an image"),
        (LimitsChange(allow_images=("ubuntu:latest",)), "allow-image", "is whatever is newest"),
        (LimitsChange(disallow_images=("evil/x",)), "disallow-image", "evil/x is not on the list of images"),
        (LimitsChange(opt_in=("a",), any_namespace=True), "opt-in", "either --opt-in or --any-namespace"),
    ],
)
def test_what_cannot_be_is_refused_with_its_option(change: LimitsChange, field: str, words: str):
    with pytest.raises(Refused, match=words) as refusal:
        change.applied(STORED)
    assert refusal.value.field == field


def test_limits_are_said_in_sentences():
    assert in_words(STORED) == (
        "At most 20 % of the pods a selector finds and 1 of the nodes, for 5 min at the longest.",
        "Protected: kube-system, kube-public, kube-node-lease, vault.",
        "Only these namespaces have opted in: payments.",
        "Experiments run pinned images alone, of: litmuschaos/go-runner, ubuntu:16.04.",
    )
    assert len(in_words(Limits())) == 3


def test_images_are_allowed_and_disallowed_one_by_one():
    changed = LimitsChange(
        allow_images=("registry.bank.example/litmus/",), disallow_images=("ubuntu:16.04",)
    ).applied(STORED)
    assert changed.images == ("litmuschaos/go-runner", "registry.bank.example/litmus/")
    assert LimitsChange(allow_images=("ubuntu:16.04",)).applied(STORED) == STORED
    assert in_words(replace(STORED, images=()))[-1].endswith("of: none at all.")


def test_what_watches_and_what_injects_is_protected_unless_somebody_says_otherwise():
    usual = ("litmus", "monitoring", "gameday")
    assert set(usual) <= set(Limits().protected_namespaces)
    assert LimitsChange(unprotect=usual).applied(Limits()).protected_namespaces == (ALWAYS_PROTECTED)
