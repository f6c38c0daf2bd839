"""Clusters in settings: registered, changed and tested; secrets go in and never come out."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from chaos import wiring
from chaos.domain.images import USUAL_IMAGES
from chaos.journal.models import JournalEntry
from chaos.models import Cluster
from chaos.ports import Preflight
from chaos.services import contact, sealing
from tests.adapters.stub_server import Answer, Asked, Stub, stub_server
from tests.gameday.cast import gather, who
from tests.gameday.conduct.reading import text_of

pytestmark = pytest.mark.django_db
TOKEN, PASSWORD = "the-token-of-home", "the-password"


def answer(asked: Asked) -> Answer:
    """A cluster that allows everything but deleting pods, and a Prometheus, at one address."""
    if asked.path == "/version":
        return Answer(body={"gitVersion": "v1.34.1"})
    if asked.path.startswith("/api/v1/query"):
        series = [{"metric": {}, "value": [1.0, "1"]}]
        return Answer(body={"status": "success", "data": {"resultType": "vector", "result": series}})
    if asked.path.endswith("/kube-system"):
        return Answer(body={"metadata": {"name": "kube-system", "uid": "uid-1"}})
    if asked.path.endswith("selfsubjectaccessreviews"):
        wanted = asked.body["spec"]["resourceAttributes"]
        return Answer(
            201, {"status": {"allowed": (wanted["verb"], wanted["resource"]) != ("delete", "pods")}}
        )
    if asked.path.endswith("/chaosexperiments?limit=250"):
        return Answer(body={"items": [{"metadata": {"name": "pod-delete", "uid": "u"}}]})
    return Answer(body={"items": []} if "?" in asked.path else {"metadata": {"name": "x", "uid": "u"}})


@pytest.fixture
def stub():
    with stub_server(answer) as server:
        yield server


@pytest.fixture
def page(settings, tmp_path):
    settings.STATE_DIR = tmp_path
    gather()
    client = Client()
    client.force_login(who("ada"), backend="django.contrib.auth.backends.ModelBackend")
    return client


def typed(stub: Stub, **change: str) -> dict[str, str]:
    return {
        "name": "home", "environment": "staging", "access": "token", "server": stub.url, "ca": "",
        "token": TOKEN, "chaos_namespace": "chaos", "service_account": "chaos-{family}",
        "prometheus_url": stub.url, "prometheus_auth": "basic", "prometheus_username": "me",
        "prometheus_secret": PASSWORD, "prometheus_ca": "", "services_url": "", "max_percent": "30",
        "max_nodes": "1", "max_fault": "10m", "protected": "kube-system kube-public kube-node-lease vault",
        "opted_in": "", "images": "\n".join(USUAL_IMAGES), "do": "save", **change,
    }  # fmt: skip


@pytest.fixture
def home(page, stub):
    assert page.post(reverse("clusters:new"), typed(stub)).status_code == 303
    return Cluster.objects.get(name="home")


HOME = {"cluster": "home"}


def test_a_cluster_is_registered_with_sealed_secrets_and_its_limits(page, home, stub):
    assert (home.uid, home.prometheus_username) == ("uid-1", "me")
    assert sealing.opened(home.sealed_token, "It") == TOKEN
    assert sealing.opened(home.sealed_prometheus_secret, "It") == PASSWORD
    assert (home.limits["max_percent"], home.limits["max_fault"]) == (30, 600_000)
    assert home.limits["protected_namespaces"] == ["kube-system", "kube-public", "kube-node-lease", "vault"]
    assert JournalEntry.objects.get(kind="cluster.registered").actor == "ada"
    assert (
        "missing for a day: test the connection"
        in page.get(reverse("clusters:cluster", kwargs=HOME)).content.decode()
    )


def test_the_images_that_experiments_may_run_are_an_administrators_list(page, home, stub):
    shown = page.get(reverse("clusters:edit", kwargs=HOME)).content.decode()
    assert "litmuschaos/go-runner\nubuntu:16.04</textarea>" in shown
    ours = "registry.bank.example/litmuschaos/go-runner:3.26.0\r\nregistry.bank.example/chaos/"
    page.post(reverse("clusters:edit", kwargs=HOME), typed(stub, images=ours, token="", prometheus_secret=""))
    assert Cluster.objects.get(name="home").limits["images"] == ours.split()
    wrong = typed(stub, images="litmuschaos/go-runner:latest UPPER", token="", prometheus_secret="")
    answer = page.post(reverse("clusters:edit", kwargs=HOME), wrong)
    assert answer.status_code == 422
    said = text_of(answer)
    assert "is whatever is newest; name a version" in said and "'UPPER' is no name of an image" in said
    assert Cluster.objects.get(name="home").limits["images"] == ours.split()


def test_no_page_ever_shows_a_secret(page, home, stub):
    shown = [page.get(reverse(name, kwargs=HOME)) for name in ("clusters:cluster", "clusters:edit")]
    shown += [page.get(reverse("clusters:clusters")), page.post(reverse("clusters:test", kwargs=HOME))]
    shown += [page.post(reverse("clusters:edit", kwargs=HOME), typed(stub, max_percent="0"))]
    shown += [page.post(reverse("clusters:edit", kwargs=HOME), typed(stub, do="test"))]
    for answer in shown:
        html = answer.content.decode()
        assert TOKEN not in html and PASSWORD not in html and home.sealed_token not in html


def test_a_test_says_what_was_found_and_what_is_missing_and_saves_nothing(page, stub):
    answer = page.post(reverse("clusters:new"), typed(stub, do="test"))
    html = answer.content.decode()
    assert "Kubernetes v1.34.1 answers." in html
    assert "Prometheus answers; 1 of its 1 targets are up (1 samples of `up`)." in html
    assert "Gameday may not delete pods in namespace chaos" in html
    assert "Gameday may create chaosengines.litmuschaos.io in namespace chaos" in html
    assert "The cluster does not know chaosengines, chaosexperiments, chaosresults" in html
    assert 'value="https' not in html and not Cluster.objects.filter(name="home").exists()


def test_the_test_of_a_registered_cluster_keeps_when_it_was_reached(page, home):
    answer = page.post(reverse("clusters:test", kwargs=HOME), headers={"HX-Request": "true"})
    assert "<html" not in answer.content.decode()
    found = contact.of("home")
    assert found.cluster.sentence == "Kubernetes v1.34.1 answers."
    assert found.prometheus.answered_at == found.prometheus.asked_at


def test_with_a_script_a_test_answers_with_a_fragment_and_its_mistakes(page, stub):
    headers = {"HX-Request": "true"}
    html = page.post(
        reverse("clusters:new"), typed(stub, do="test", token="", max_percent="0"), headers=headers
    )
    assert "<html" not in html.content.decode()
    assert "Pods, at most: Ensure this value is greater than" in html.content.decode()
    html = page.post(reverse("clusters:new"), typed(stub, do="test", token=""), headers=headers)
    assert "Token: Give the token of the account" in html.content.decode()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"server": "http://169.254.169.254"}, "link-local or a cloud&#x27;s own"),
        ({"token": "kind: Config"}, "This is a kubeconfig, and Gameday takes none"),
        ({"access": "in-cluster"}, "does not run in a cluster here"),
        ({"max_fault": "10"}, "is not a duration"),
        ({"protected": "Vault!"}, "is no name of a namespace"),
        ({"name": "practice"}, "There is a cluster practice already"),
        ({"prometheus_username": ""}, "Give the name for Prometheus"),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_else_typed_is_lost(page, stub, change, words):
    answer = page.post(reverse("clusters:new"), typed(stub, services_url="https://typed.example", **change))
    html = answer.content.decode()
    assert answer.status_code == 422 and words in html
    assert "https://typed.example" in html
    assert not Cluster.objects.filter(name="home").exists()


def test_a_server_that_does_not_answer_is_a_sentence_and_not_registered(page, stub):
    answer = page.post(reverse("clusters:new"), typed(stub, server="http://127.0.0.1:1"))
    assert answer.status_code == 422
    assert "There is no connection to the API server" in answer.content.decode()


def test_an_empty_secret_keeps_what_is_there_but_not_for_another_address(page, home, stub):
    there = reverse("clusters:edit", kwargs=HOME)
    empty = {"token": "", "prometheus_secret": ""}
    assert page.post(there, typed(stub, max_percent="20", **empty)).status_code == 303
    after = Cluster.objects.get(name="home")
    assert (after.sealed_token, after.limits["max_percent"]) == (home.sealed_token, 20)
    with stub_server(answer) as other:
        answered = page.post(there, typed(stub, server=other.url, **empty))
        assert answered.status_code == 422 and other.asked == []
        assert "is not sent anywhere else" in answered.content.decode()
        answered = page.post(there, typed(stub, do="test", server=other.url, **empty))
        assert answered.status_code == 422 and other.asked == []


def test_the_name_is_not_changed_by_a_form(page, home, stub):
    page.post(reverse("clusters:edit", kwargs=HOME), typed(stub, name="another"))
    assert not Cluster.objects.filter(name="another").exists()


def test_a_cluster_that_becomes_production_is_held_to_less_unless_it_is_said(page, home, stub):
    there = reverse("clusters:edit", kwargs=HOME)
    page.post(there, typed(stub, environment="production"))
    assert Cluster.objects.get(name="home").limits["max_percent"] == 25
    page.post(there, typed(stub, environment="production", max_percent="40", opted_in="payments"))
    limits = Cluster.objects.get(name="home").limits
    assert (limits["max_percent"], limits["opted_in_namespaces"]) == (40, ["payments"])
    page.post(there, typed(stub, environment="production", max_percent="40", opted_in=""))
    assert Cluster.objects.get(name="home").limits["opted_in_namespaces"] == []


def test_a_limit_that_is_lowered_is_in_the_journal(page, home, stub):
    page.post(reverse("clusters:edit", kwargs=HOME), typed(stub, max_percent="10", protected=""))
    entry = JournalEntry.objects.filter(kind="cluster.limits_changed").latest("seq")
    assert entry.text.startswith("Ada changed the limits of home. At most 10 % of the pods")
    kept = Cluster.objects.get(name="home").limits["protected_namespaces"]
    assert kept == ["kube-system", "kube-public", "kube-node-lease"], "these are always protected"


def test_the_list_shows_reachability_with_its_age(page, home):
    now = timezone.now()
    contact.note("home", [(contact.CLUSTER, Preflight("", True, "It answers."))], now)
    contact.note(
        "home", [(contact.PROMETHEUS, Preflight("", True, "It answers."))], now - timedelta(minutes=5)
    )
    contact.note("practice", [(contact.CLUSTER, Preflight("", False, "Nothing listens there."))], now)
    html = page.get(reverse("clusters:clusters")).content.decode()
    assert html.count("Reachable") == 1 and html.count("Unreachable") == 1 and html.count("Unknown") == 2
    assert "Nothing listens there." in html and "data-ago" in html


def test_the_list_takes_few_queries(page, django_assert_max_num_queries):
    Cluster.objects.bulk_create(
        Cluster(name=f"c{number}", uid=f"u{number}", environment="staging", server="https://k8s", prometheus_url="https://p")
        for number in range(40)
    )  # fmt: skip
    with django_assert_max_num_queries(11):
        page.get(reverse("clusters:clusters"))


def test_without_a_cluster_the_list_says_what_to_do(page):
    Cluster.objects.all().delete()
    assert "No cluster is registered yet" in page.get(reverse("clusters:clusters")).content.decode()


def test_a_cluster_that_is_not_there_has_no_page(page):
    assert page.get(reverse("clusters:cluster", kwargs=HOME)).status_code == 404


def test_a_token_that_no_key_opens_is_said_by_the_test(page, home, settings):
    settings.CREDENTIAL_KEYS = [sealing.Fernet.generate_key().decode()]
    wiring._at.cache_clear()
    html = page.post(reverse("clusters:test", kwargs=HOME)).content.decode()
    assert "The token of home was sealed with a key" in html
    assert "The secret for Prometheus of home was sealed with a key" in html
