"""Credentials at rest: never in the clear, opened late, and moved from key to key."""

from __future__ import annotations

import json

import pytest
from django.db import IntegrityError, connection, transaction

from chaos import wiring
from chaos.domain.errors import Forbidden, Refused
from chaos.domain.limits import LimitsChange
from chaos.journal.models import JournalEntry
from chaos.models import Cluster
from chaos.services import address_book, cluster_details, evidence_queries, sealing
from chaos.services.cluster_entry import Entry
from gameday.secrets import fernet_key, kept_secret
from tests.adapters.stub_server import Answer, stub_server
from tests.chaos.services.troubles import refuse_everything

TOKEN, PASSWORD = "the-token-of-home", "the password of prometheus"


@pytest.fixture
def api():
    """An API server that says who it is to whoever asks."""
    with stub_server(
        lambda asked: Answer(body={"metadata": {"name": "kube-system", "uid": "uid-1"}, "items": []})
    ) as stub:
        yield stub


@pytest.fixture
def home(db, api, settings, tmp_path):
    settings.STATE_DIR = tmp_path
    entry = Entry(
        name="home",
        environment="staging",
        server=api.url,
        token=TOKEN,
        prometheus_url=api.url,
        prometheus_auth="basic",
        prometheus_username="gameday",
        prometheus_secret=PASSWORD,
    )
    wiring.enter_cluster(entry, LimitsChange(), "ada", "Ada")
    return Cluster.objects.get(name="home")


def test_what_is_sealed_opens_again_and_is_never_the_same_twice():
    assert sealing.opened(sealing.seal(TOKEN), "It") == TOKEN
    assert sealing.seal(TOKEN) != sealing.seal(TOKEN)
    assert sealing.seal("") == ""


def test_what_no_key_opens_is_a_sentence_that_says_what_to_do(settings):
    sealed = sealing.seal(TOKEN)
    settings.CREDENTIAL_KEYS = [fernet_key()]
    with pytest.raises(Forbidden, match=r"The token of home was sealed with a key .* enter the secret again"):
        sealing.opened(sealed, "The token of home")


def test_keys_that_are_none_are_refused_by_name(settings):
    settings.CREDENTIAL_KEYS = ["not a key"]
    with pytest.raises(Refused, match="GAMEDAY_SECRET_KEYS holds something that is no key"):
        sealing.seal(TOKEN)


def test_a_key_of_a_bare_machine_is_made_once_and_is_for_its_owner_only(tmp_path):
    key = kept_secret(tmp_path / "keys", fernet_key)
    assert kept_secret(tmp_path / "keys", fernet_key) == key
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


def test_a_token_is_used_and_lies_in_the_clear_nowhere(home, api, tmp_path, caplog):
    caplog.set_level("DEBUG")
    api.answers = lambda asked: Answer(403, {"message": "No."})
    wiring.try_connection("home")
    assert api.asked[-1].headers["Authorization"] == f"Bearer {TOKEN}"
    everything = json.dumps([list(row) for row in Cluster.objects.values_list()], default=str)
    everything += (tmp_path / "clusters.json").read_text()
    everything += json.dumps([[row.text, row.body] for row in JournalEntry.objects.all()], default=str)
    everything += repr(cluster_details.of("home")) + caplog.text
    assert "/version" in caplog.text, "the log was on"
    assert TOKEN not in everything and PASSWORD not in everything


def test_the_database_refuses_a_token_in_the_clear(home):
    for column in ("sealed_token", "sealed_prometheus_secret"):
        with pytest.raises(IntegrityError), transaction.atomic():
            Cluster.objects.update(**{column: TOKEN})


def test_the_address_book_is_for_its_owner_only(home, tmp_path):
    assert (tmp_path / "clusters.json").stat().st_mode & 0o077 == 0
    assert address_book.read()[0].sealed_token == home.sealed_token


def test_a_halt_without_the_database_opens_the_kept_token_out_of_the_address_book(home, api):
    wiring._at.cache_clear()
    with connection.execute_wrapper(refuse_everything):
        port = wiring.ports_for_a_halt()["home"]
        port.identity()
    assert api.asked[-1].headers["Authorization"] == f"Bearer {TOKEN}"


def test_a_token_that_cannot_be_opened_keeps_no_other_cluster_from_its_halt(home, settings):
    settings.CREDENTIAL_KEYS = [fernet_key()]
    wiring._at.cache_clear()
    port = wiring.ports_for_a_halt()["home"]
    assert "was sealed with a key" in port.revert_all().failures[0]


def test_an_export_knows_every_secret_that_must_not_go_along(home, settings):
    known = evidence_queries.secrets_of_clusters()
    basic = "Z2FtZWRheTp0aGUgcGFzc3dvcmQgb2YgcHJvbWV0aGV1cw=="
    assert {TOKEN, PASSWORD, basic, *settings.CREDENTIAL_KEYS} <= known


def test_a_new_first_key_takes_over_and_the_old_one_can_go(home, api, settings):
    old, new = settings.CREDENTIAL_KEYS[0], fernet_key()
    settings.CREDENTIAL_KEYS = [new, old]
    assert cluster_details.seal_anew("ada", "Ada", home_time()) == 2
    settings.CREDENTIAL_KEYS = [new]
    wiring.cluster_port("home").identity()
    assert api.asked[-1].headers["Authorization"] == f"Bearer {TOKEN}"
    assert sealing.opened(address_book.read()[0].sealed_token, "It") == TOKEN
    assert JournalEntry.objects.get(kind="cluster.sealed_anew").actor == "ada"


def test_sealing_anew_is_for_all_or_for_none(home, settings):
    Cluster.objects.create(
        name="other", uid="uid-2", environment="staging", server="http://127.0.0.1:1",
        prometheus_url="http://127.0.0.1:1", sealed_token="gAAAA-of-another-key",
    )  # fmt: skip
    with pytest.raises(Forbidden, match="The token of other"):
        cluster_details.seal_anew("ada", "Ada", home_time())
    assert Cluster.objects.get(name="home").sealed_token == home.sealed_token


def home_time():
    return wiring.SystemClock().now()
