"""What a browser and an attacker meet in production: headers, cookies, TLS, and `check --deploy`."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from chaos.services import checks
from gameday.secrets import fernet_key, long_secret
from tests.architecture.source import ROOT


def production(tmp_path, *command: str, **environment: str) -> subprocess.CompletedProcess[str]:
    given = {
        "GAMEDAY_STATE_DIR": str(tmp_path),
        "SECRET_KEY": long_secret(),
        "GAMEDAY_SECRET_KEYS": fernet_key(),
        "ALLOWED_HOSTS": "gameday.example",
        "GAMEDAY_BEHIND_PROXY": "true",
        **environment,
    }
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("GAMEDAY", "DJANGO"))}
    return subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT, env={**kept, **given}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_the_deployment_check_finds_nothing_in_production(tmp_path):
    done = production(tmp_path, "check", "--deploy", "--fail-level", "WARNING")
    assert done.returncode == 0, done.stderr
    assert "no issues (0 silenced)" in done.stdout


def test_the_deployment_check_asks_for_keys_that_every_process_shares(settings):
    settings.CREDENTIAL_KEYS_ARE_GIVEN = False
    (found,) = checks.keys_are_given()
    assert "GAMEDAY_SECRET_KEYS is not set" in found.msg
    settings.CREDENTIAL_KEYS_ARE_GIVEN = True
    assert checks.keys_are_given() == []


def test_a_key_that_is_none_is_found_before_anything_starts(settings):
    assert checks.keys_are_keys() == []
    settings.CREDENTIAL_KEYS = ["too-short"]
    (found,) = checks.keys_are_keys()
    assert found.is_serious() and "`manage.py cluster new-key` prints one" in found.msg


@pytest.mark.django_db
def test_everything_but_the_answer_for_load_balancers_goes_over_tls(client, settings):
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/sign-in").headers["Location"] == "https://testserver/sign-in"
    assert client.get("/healthz").status_code == 200


@pytest.mark.django_db
def test_headers_of_every_answer_are_strict(client):
    for answer in (client.get("/sign-in", secure=True), client.get("/nowhere", secure=True)):
        found = answer.headers
        assert found["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"
        assert found["X-Frame-Options"] == "DENY"
        assert found["X-Content-Type-Options"] == "nosniff"
        assert found["Referrer-Policy"] == "same-origin"
        assert found["Cross-Origin-Opener-Policy"] == "same-origin"
        policy = dict(
            part.strip().partition(" ")[::2] for part in found["Content-Security-Policy"].split(";")
        )
        assert policy["default-src"] == "'none'" and policy["frame-ancestors"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == "'self'"
        assert "unsafe" not in found["Content-Security-Policy"]


@pytest.mark.django_db
def test_cookies_are_for_this_host_over_tls_and_for_no_script(client, django_user_model):
    django_user_model.objects.create_user("ada", password="a long enough password")
    answer = client.post("/sign-in", {"username": "ada", "password": "a long enough password"}, secure=True)
    assert set(answer.cookies) == {"__Host-sessionid", "__Host-csrftoken"}
    for cookie in answer.cookies.values():
        assert cookie["secure"] and cookie["httponly"] and cookie["samesite"] == "Lax"
        assert cookie["path"] == "/" and not cookie["domain"]


@pytest.mark.django_db
def test_signing_in_makes_a_new_session(client, django_user_model):
    django_user_model.objects.create_user("ada", password="a long enough password")
    session = client.session
    session["planted"] = True
    session.save()
    before = session.session_key
    client.cookies["__Host-sessionid"] = before
    client.post("/sign-in", {"username": "ada", "password": "a long enough password"}, secure=True)
    assert client.cookies["__Host-sessionid"].value != before


@pytest.mark.django_db
@pytest.mark.parametrize("there", ["https://evil.example/", "//evil.example", "javascript:alert(1)"])
def test_signing_in_leads_to_no_other_site(client, django_user_model, there):
    django_user_model.objects.create_user("ada", password="a long enough password")
    sent = {"username": "ada", "password": "a long enough password", "next": there}
    assert client.post("/sign-in", sent).headers["Location"] == "/"
