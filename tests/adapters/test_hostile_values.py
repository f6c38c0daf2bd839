"""Whatever a person types for a fault is refused, or sent in a shape that no shell, query or manifest can
read otherwise. litmus-go puts the settings of its experiments into shells."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
import yaml

from chaos.adapters.kubernetes_api import Connection, KubernetesApi
from chaos.adapters.kubernetes_paths import Resource
from chaos.adapters.litmus_manifests import LitmusSettings, engine, grant, lever
from chaos.adapters.prometheus import PrometheusReader
from chaos.adapters.prometheus_client import PrometheusClient, PrometheusSettings
from chaos.domain.errors import Refused
from chaos.faults import example
from chaos.faults.base import Fault
from chaos.faults.catalogue import FAULTS
from chaos.faults.kinds import Words
from chaos.ports import RunRef
from tests.adapters.stub_server import Answer, stub_server
from tests.adapters.test_every_fault_as_sent import SENT, injection_of
from tests.domain.views import NOW
from tests.support.builders import a_probe

REF = RunRef("0f0e0d0c-0000-4000-8000-000000000000", "bank-1", "everything")
SETTINGS = LitmusSettings("chaos", "chaos-runner")
HOSTILE = (
    "$(reboot)", "${IFS}reboot", "`reboot`", "x;reboot", "x|reboot", "x&reboot", "x&&reboot", "x>/etc/reboot",
    "x<reboot", 'x"reboot', "x'reboot", "x\\reboot", "x\nreboot", "x\r\nreboot", "x\treboot", "x\x00reboot",
    "x\u2028reboot", "x,reboot=1", "x,$(reboot)", "x=reboot,y=`reboot`", "{{reboot}}", "%0areboot", "-reboot",
    "--reboot=1", "#reboot", "*reboot", "~reboot", "!reboot", "(reboot)", "[reboot]", "x:\n- reboot",
    "../../reboot", "x y;reboot", "\u0663", "reboot" * 1000, "",
)  # fmt: skip
NEVER = {"TARGET_PODS", "TARGET_NODE", "TARGET_NODES", "TOTAL_CHAOS_DURATION", "SEQUENCE", "LIB_IMAGE"}
SHELL_SAFE = re.compile(r"(?!-)[A-Za-z0-9 .,:_/@=+%-]*", re.ASCII)
LABEL = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?", re.ASCII)


def tried(fault: Fault, name: str) -> Iterator[Any]:
    """Hostile values alone, before and after one that is good, and as an entry of a list."""
    good = example.parameters(fault).get(name, "")
    for value in HOSTILE:
        yield from (
            value,
            f"{good}{value}",
            f"{value}{good}",
            f"{good},{value}",
            [good, value],
            {value: good},
        )


def settings_of(manifest: dict[str, Any]) -> dict[str, str]:
    (experiment,) = manifest["spec"]["experiments"]
    return {one["name"]: one["value"] for one in experiment["spec"]["components"]["env"]}


def words_of(value: str) -> list[str]:
    """A setting's text; of a JSON object, which Litmus reads as such, the keys and values."""
    if not value.startswith("{"):
        return [value]
    return [word for pair in json.loads(value).items() for word in pair]


@SENT
def test_what_is_typed_for_a_fault_is_refused_by_name_or_sent_harmless(fault: Fault) -> None:
    usual = settings_of(engine(REF, injection_of(fault), "grant-uid", SETTINGS))
    for item in fault.parameters:
        refused = 0
        for value in tried(fault, item.name):
            try:
                injection = injection_of(fault, **{item.name: value})
            except Refused as error:
                assert error.field, (item.name, value)
                assert str(error).endswith((".", ".'", '."')), (item.name, value)
                refused += 1
                continue
            manifest = engine(REF, injection, "grant-uid", SETTINGS)
            sent = settings_of(manifest)
            for key in sent:
                for word in words_of(sent[key]):
                    assert SHELL_SAFE.fullmatch(word), (item.name, value, key, word)
            changed = {key for key in sent.keys() | usual.keys() if sent.get(key) != usual.get(key)}
            others = {other.env for other in fault.parameters if other is not item}
            assert not changed & (others | NEVER), (item.name, value)
            assert not changed or not isinstance(item.kind, Words), "words for people are never sent"
            manifest["spec"]["experiments"][0]["spec"]["components"]["env"] = []
            assert "reboot" not in json.dumps(manifest), "a parameter shows nowhere but in its own setting"
        assert refused or isinstance(item.kind, Words), item.name


def test_the_words_of_a_fault_by_hand_stay_with_people() -> None:
    manual = FAULTS["manual"]
    for value in (text for text in HOSTILE if text.strip() and len(text) < 100):
        canonical = manual.canonical(example.parameters(manual) | {"inject": value, "revert": value})
        assert canonical["inject"] == value.strip()
    assert manual.env_rules() == {}


@pytest.mark.parametrize("value", [text for text in HOSTILE if len(text) < 100])
@pytest.mark.parametrize("name", ["pod-delete", "pod-network-latency", "pod-autoscaler"])
def test_a_selector_that_is_none_reaches_no_manifest(name: str, value: str) -> None:
    injection = injection_of(FAULTS[name])
    for changes in (
        {"namespace": value},
        {"app_label": f"app={value}"},
        {"app_label": f"{value}=api"},
        {"app_kind": value},
        {"experiment": value},
        {"name": value},
    ):
        with pytest.raises(Refused):
            engine(REF, replace(injection, **changes), "grant-uid", SETTINGS)


@pytest.mark.parametrize("value", HOSTILE)
def test_titles_and_reasons_become_label_values_and_plain_data(value: str) -> None:
    ref = replace(REF, scenario=value, installation=value)
    made = (engine(ref, injection_of(FAULTS["pod-delete"]), "grant-uid", SETTINGS), grant(ref, SETTINGS, NOW))
    for manifest in made:
        assert all(LABEL.fullmatch(text) for text in manifest["metadata"]["labels"].values()), value
    halted = lever(value, SETTINGS, NOW)
    assert halted["data"]["reason"] == value[:1000]
    assert yaml.safe_load(yaml.safe_dump(halted)) == halted


@pytest.mark.parametrize("value", [text for text in HOSTILE if text])
def test_nothing_typed_becomes_another_part_of_a_question_to_the_api_server(value: str) -> None:
    with stub_server(lambda asked: Answer(body={"items": []})) as stub:
        api, pods = KubernetesApi(Connection(stub.url)), Resource("v1", "pods")
        for ask in (
            lambda: api.list(pods, "payments", {"app": value}),
            lambda: api.list(pods, "payments", {value: "api"}),
            lambda: api.list(pods, value, {"app": "api"}),
            lambda: api.get(pods, "payments", value),
        ):
            try:
                ask()
            except Refused:
                continue
        for asked in stub.asked:
            url = urlsplit(asked.path)
            assert re.fullmatch(r"/api/v1/namespaces/[-a-z0-9.]+/pods(/[-a-z0-9.]+)?", url.path), value
            assert {key for key, _ in parse_qsl(url.query)} <= {"limit", "labelSelector"}, value
            for _, text in parse_qsl(url.query):
                assert re.fullmatch(r"[-A-Za-z0-9_./]+(=[-A-Za-z0-9_.]+)?", text), value


@pytest.mark.parametrize(
    "query",
    ['up{a="x&time=0#y"}', "up\n$(reboot)", "up?x=1&query=down", "p99%26query=down", 'up{a="ü;`id`"}', "a+b"],
)
def test_a_query_of_metrics_stays_one_parameter_whatever_stands_in_it(query: str) -> None:
    answer = {"status": "success", "data": {"resultType": "scalar", "result": [1.0, "1"]}}
    with stub_server(lambda asked: Answer(body=answer)) as stub:
        reader = PrometheusReader(PrometheusClient(PrometheusSettings(stub.url)), lambda: NOW)
        assert reader.read(replace(a_probe(), ask=query)).value == 1.0
    (asked,) = stub.asked
    assert urlsplit(asked.path).path == "/api/v1/query"
    assert dict(parse_qsl(urlsplit(asked.path).query, strict_parsing=True))["query"] == query
