"""The catalogue in the browser says what its pages in the documentation say."""

from __future__ import annotations

import html

import pytest

from chaos.faults.catalogue import FAULTS
from chaos.faults.words import RISKS, WORDS
from gameday.plans.fault_groups import OTHER, groups
from tests.gameday.plans.browsing import signed_in

pytestmark = pytest.mark.django_db


@pytest.fixture
def ravi(house):
    return signed_in("ravi")


def test_every_fault_stands_in_one_group_and_none_without():
    shown = [fault.name for group in groups() for fault in group.faults]
    assert sorted(shown) == sorted(FAULTS)
    assert OTHER not in [group.title for group in groups()]


def test_the_list_says_of_each_fault_what_happens_and_what_can_go_wrong(ravi):
    text = html.unescape(ravi.get("/faults/").content.decode())
    for fault in FAULTS.values():
        assert all(said in text for said in (fault.title, fault.effect, fault.risk, f"/faults/{fault.name}"))
    assert text.count("Cannot be proven") == sum(not fault.is_provable for fault in FAULTS.values())


@pytest.mark.parametrize("name", FAULTS)
def test_the_page_of_a_fault_says_all_that_an_approver_must_know(ravi, name):
    fault, text = FAULTS[name], html.unescape(ravi.get(f"/faults/{name}").content.decode())
    said = [fault.effect, fault.risk, fault.stops, fault.proof, fault.lasts.replace("`", "")]
    said += [line for item in fault.parameters for line in (item.name, item.what, str(item.kind))]
    assert [line for line in said if line not in text] == []
    assert ("It cannot be proven that this fault is gone" in text) is not fault.is_provable


def test_the_words_and_the_risk_classes_are_explained_where_each_page_leads(ravi):
    text = html.unescape(ravi.get("/faults/").content.decode())
    assert all(word in text for word in WORDS)
    assert all(meaning in text for meaning in RISKS.values())
    assert 'id="words"' in text and 'id="risks"' in text
    assert 'href="/faults/#words"' in ravi.get("/faults/node-drain").content.decode()


def test_a_fault_that_is_not_there_is_not_found(ravi):
    assert ravi.get("/faults/pod-explode").status_code == 404
