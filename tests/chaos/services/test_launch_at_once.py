"""Two people press Launch at the same instant: one run."""

import pytest
from django.db import connection

from chaos.domain.errors import Refused
from chaos.models import Run
from tests.support.at_once import at_once
from tests.support.cluster_port import QuietCluster
from tests.support.launching import a_cluster, launched

pytestmark = [pytest.mark.postgres, pytest.mark.django_db(transaction=True)]


def test_of_launches_at_the_same_instant_one_is_a_run_and_the_others_are_told_who_is_live():
    if connection.vendor != "postgresql":
        pytest.skip("Needs PostgreSQL.")
    a_cluster()
    for turn in range(5):
        given = at_once([lambda: launched(QuietCluster())] * 4)
        runs = [item for item in given if isinstance(item, str)]
        refusals = [item for item in given if isinstance(item, Refused)]
        assert (len(runs), len(refusals)) == (1, 3), given
        assert all("one run at a time" in str(item) for item in refusals)
        assert Run.objects.count() == turn + 1
        Run.objects.update(state="aborted")
