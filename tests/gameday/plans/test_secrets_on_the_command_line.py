"""Secrets that a command reads are kept sealed, stay until they are changed, and move to a new key."""

from __future__ import annotations

import io

import pytest
from django.core.management import call_command

from chaos.models import Cluster
from chaos.services import sealing
from tests.gameday.plans.registering import add

__all__ = ["add"]

pytestmark = pytest.mark.django_db


@pytest.fixture
def typed(monkeypatch: pytest.MonkeyPatch):
    return lambda text: monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_secrets_read_from_standard_input_are_kept_sealed(add, typed):
    typed("the-token\nthe password\n")
    add("--token-stdin", "--prometheus-secret-stdin", "--prometheus-user", "me", token_file=False)
    row = Cluster.objects.get(name="home")
    assert (row.token_file, row.prometheus_username) == ("", "me")
    assert sealing.opened(row.sealed_token, "It") == "the-token"
    assert sealing.opened(row.sealed_prometheus_secret, "It") == "the password"


def test_what_is_not_given_again_stays(add, typed):
    typed("the-token\nthe password\n")
    add("--token-stdin", "--prometheus-secret-stdin", "--prometheus-user", "me", token_file=False)
    before = Cluster.objects.get(name="home")
    add("--max-percent", "10", token_file=False)
    after = Cluster.objects.get(name="home")
    assert (after.sealed_token, after.sealed_prometheus_secret) == (
        before.sealed_token, before.sealed_prometheus_secret,
    )  # fmt: skip
    add("--prometheus-no-secret", token_file=False)
    assert Cluster.objects.get(name="home").sealed_prometheus_secret == ""


def test_an_empty_line_is_no_token(add, typed, capsys: pytest.CaptureFixture[str]):
    typed("\n")
    with pytest.raises(SystemExit):
        add("--token-stdin", token_file=False)
    assert "There is no token on standard input" in capsys.readouterr().err


def test_a_new_key_is_printed_and_secrets_move_to_it(
    add, typed, settings, capsys: pytest.CaptureFixture[str]
):
    typed("the-token\n")
    add("--token-stdin", token_file=False)
    call_command("cluster", "new-key")
    key = capsys.readouterr().out.splitlines()[-1]
    settings.CREDENTIAL_KEYS = [key, *settings.CREDENTIAL_KEYS]
    call_command("cluster", "seal-anew", "--as", "ada")
    assert "1 secrets are sealed with the first key" in capsys.readouterr().out
    settings.CREDENTIAL_KEYS = [key]
    assert sealing.opened(Cluster.objects.get(name="home").sealed_token, "It") == "the-token"


def test_nobody_but_an_administrator_seals_anew(add):
    with pytest.raises(SystemExit):
        call_command("cluster", "seal-anew", "--as", "petra")
