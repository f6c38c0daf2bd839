"""How a database fails, for tests of what must go on without it."""

from django.db import InterfaceError, OperationalError

from chaos.journal.models import JournalEntry


def said(kind):
    return [entry.text for entry in JournalEntry.objects.filter(kind=kind).order_by("pk")]


def refuse_writes(execute, sql, params, many, context):
    if sql.split()[0] in ("INSERT", "UPDATE", "DELETE"):
        raise OperationalError("attempt to write a readonly database")
    return execute(sql, params, many, context)


def refuse_everything(*_):
    raise InterfaceError("connection already closed")
