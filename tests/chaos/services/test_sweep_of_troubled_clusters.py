"""A cluster that cannot be swept, for whatever reason, keeps no other from being swept."""

from __future__ import annotations

import pytest
from django.core.management import call_command

from chaos import tasks, wiring
from chaos.domain.errors import Refused
from chaos.domain.sight import ClusterSight
from chaos.domain.states import RunState
from chaos.models import Cluster
from chaos.services.clusters import installation
from tests.support.cluster_port import QuietCluster, left
from tests.support.launching import AT, a_cluster, a_run


class Two:
    """The first cluster by name has a defect of ours; the second has an engine that nobody drives."""

    def __init__(self) -> None:
        self.bad = QuietCluster(fail={"residue": KeyError("metadata")})
        self.good = QuietCluster()
        self.good.residues = (left("gd-good-0", a_run(RunState.COMPLETED), installation()),)
        self.good.sight = ClusterSight(AT, AT)


@pytest.fixture
def two(db, monkeypatch):
    found = Two()
    monkeypatch.setattr(wiring, "cluster_ports", lambda: {"a-bad-one": found.bad, "practice": found.good})
    return found


def test_one_cluster_that_cannot_be_swept_for_whatever_reason_keeps_no_other_from_it(two, caplog):
    assert tasks.sweep_clusters() == 1
    assert [item.name for item in two.good.removed] == ["gd-good-0"]
    assert "The sweep of a-bad-one did not go through: KeyError: 'metadata'" in caplog.text


def test_by_hand_it_says_so_of_the_one_and_sweeps_the_other(two, capsys):
    with pytest.raises(SystemExit) as ended:
        call_command("sweep")
    assert ended.value.code == 1
    said = capsys.readouterr()
    assert "a-bad-one: KeyError: 'metadata'" in said.err
    assert "practice: ChaosEngine chaos/gd-good-0" in said.out


def test_an_address_that_is_none_any_more_keeps_no_other_cluster_from_being_reached(db):
    a_cluster()
    a_cluster("second", "uid-of-second")
    Cluster.objects.filter(name="practice").update(server="nowhere")
    ports = wiring.cluster_ports()
    assert set(ports) == {"practice", "second"}
    with pytest.raises(Refused, match="is no server address"):
        ports["practice"].residue()
