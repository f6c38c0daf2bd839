"""The walls of the house stand: who may know whom."""

import subprocess
import sys

import pytest
from django.core.management import call_command

from tests.architecture.source import PRODUCT, ROOT, imports, python_files


def test_the_import_contracts_are_kept() -> None:
    done = subprocess.run(
        [sys.executable, "-c", "from importlinter.cli import lint_imports_command as c; c()", "--no-cache"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_product_never_imports_what_starts_or_imitates_it() -> None:
    guilty = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(*PRODUCT)
        for name in imports(path)
        if name == "deploy" or name.startswith("deploy.")
    ]
    assert guilty == []


def test_no_django_signals_between_our_own_apps() -> None:
    signals = ("django.dispatch", "django.db.models.signals", "django.core.signals")
    guilty = [
        f"{path.relative_to(ROOT)} imports {name}"
        for path in python_files(*PRODUCT)
        for name in imports(path)
        if name.startswith(signals)
    ]
    assert guilty == []


@pytest.mark.django_db
def test_every_change_of_a_model_has_its_migration() -> None:
    # Exits with 1, and so fails the test, where a migration is missing.
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)


def test_set_up_uses_the_standard_library_only() -> None:
    bootstrap = ("__main__", "say", "paths", "apt", "packages", "venv", "binaries")
    guilty = [
        f"{name}.py imports {module}"
        for name in bootstrap
        for module in imports(ROOT / "deploy" / "local" / f"{name}.py")
        if module.partition(".")[0] not in sys.stdlib_module_names
    ]
    assert guilty == []
