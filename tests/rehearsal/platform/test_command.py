"""The whole cluster as one process: it starts, answers with the token it wrote, and ends when told."""

import os
import re
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
import requests
import yaml

ROOT = Path(__file__).parents[3]


def begin(*options: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "deploy.rehearsal", *options]
    return subprocess.Popen(
        command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ}
    )


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    folder = tmp_path_factory.mktemp("rehearsal")
    token, config = folder / "token", folder / "kubeconfig"
    process = begin("--port", "0", "--token-file", str(token), "--kubeconfig", str(config))
    said = process.stdout.readline()
    yield re.search(r"http://\S+", said)[0], token, config
    process.send_signal(signal.SIGTERM)
    assert process.wait(10) == 0


def ask(url: str, token: str = "", body: object = None) -> tuple[int, object]:
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    with requests.Session() as session:
        session.trust_env = False
        answer = session.request(
            "GET" if body is None else "POST", url, json=body, headers=headers, timeout=5
        )
    is_json = answer.headers["content-type"].startswith("application/json")
    return answer.status_code, answer.json() if is_json else answer.text


def test_the_written_token_reads_the_targets_and_no_more(cluster):
    url, token, _ = cluster
    secret = token.read_text()
    assert token.stat().st_mode & 0o077 == 0
    code, pods = ask(f"{url}/api/v1/namespaces/payments/pods", secret)
    assert (code, len(pods["items"])) == (200, 9)
    assert ask(f"{url}/api/v1/nodes", secret)[0] == 200
    assert ask(f"{url}/api/v1/namespaces/kube-system", secret)[0] == 200
    assert ask(f"{url}/apis/litmuschaos.io/v1alpha1/namespaces/chaos/chaosengines", secret)[0] in (200, 404)
    assert ask(f"{url}/api/v1/namespaces/monitoring/services", secret)[0] == 403
    assert ask(f"{url}/api/v1/namespaces/payments/pods")[0] == 401


def test_metrics_health_and_switches_need_no_token(cluster):
    url, _, _ = cluster
    assert "http_requests_total" in ask(f"{url}/metrics")[1]
    assert ask(f"{url}/services/payments/payments-api/health")[0] == 200
    assert ask(f"{url}/rehearsal/switches")[1]["metrics"] == "ok"
    assert ask(f"{url}/rehearsal/switches", body={"nothing": 1})[0] == 400
    assert ask(f"{url}/readyz")[0] == 200


def test_the_kubeconfig_names_a_tls_address_and_is_private(cluster):
    _, _, config = cluster
    assert config.stat().st_mode & 0o077 == 0
    written = yaml.safe_load(config.read_text())
    assert written["clusters"][0]["cluster"]["server"].startswith("https://127.0.0.1:")


def test_a_taken_port_is_said_in_a_sentence_with_exit_status_1():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        process = begin("--port", str(port))
        _, said = process.communicate(timeout=15)
    assert process.returncode == 1
    assert said.startswith(f"The rehearsal cluster cannot listen on 127.0.0.1:{port} (")
    assert "--port" in said
    assert "Traceback" not in said


def test_ctrl_c_ends_it_cleanly():
    process = begin("--port", "0")
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert (process.returncode, said) == (0, "")
