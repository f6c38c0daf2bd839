"""`manage.py residue` while the database is away: by the address book, and never clean without a look."""

from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import OperationalError

from chaos import wiring
from chaos.domain.sight import ResidueKind
from chaos.services import address_book
from chaos.services.address_book import Address
from tests.chaos.services.test_residue_command import AT
from tests.support.cluster_port import QuietCluster, left


def test_while_the_database_is_away_it_looks_at_the_clusters_of_the_address_book(
    monkeypatch, settings, tmp_path, capsys
):
    settings.STATE_DIR = tmp_path
    address_book.write([AT])
    port = QuietCluster(residues=(left("helper-x", kind=ResidueKind.POD),))
    monkeypatch.setattr(address_book, "registered", _refuse)
    monkeypatch.setattr(wiring, "ports_at", lambda addresses: {item.name: port for item in addresses})
    with pytest.raises(SystemExit) as ended:
        call_command("residue")
    printed = capsys.readouterr()
    assert ended.value.code == 2 and printed.out == "practice: Pod chaos/helper-x\n"
    assert printed.err.startswith("The database is away: connection refused. The clusters are those of the ")


def test_where_no_cluster_is_known_nothing_was_looked_at_and_it_is_not_called_clean(
    monkeypatch, settings, tmp_path, capsys
):
    settings.STATE_DIR = tmp_path
    monkeypatch.setattr(address_book, "registered", _refuse)
    with pytest.raises(SystemExit) as ended:
        call_command("residue")
    printed = capsys.readouterr()
    assert ended.value.code == 2 and printed.out == ""
    assert "NOTHING WAS LOOKED AT" in printed.err and "load the environment of the service" in printed.err


def _refuse() -> list[Address]:
    raise OperationalError("connection refused")
