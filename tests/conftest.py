"""Fixtures of every test."""

from tests.support.journal_guards import journal_guards_step_aside_for_flush

__all__ = ["journal_guards_step_aside_for_flush"]
