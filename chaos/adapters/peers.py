"""Connections that look at whom they have reached before a word is said.

A name can stand for another address at each look, so what counts is the peer of the open connection.
"""

from __future__ import annotations

import socket
from typing import Any

from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from chaos.domain.addresses import is_off_limits
from chaos.domain.errors import Refused


def refuse_off_limits(connection: socket.socket, host: str) -> None:
    """Raises Refused, with the connection closed, when its peer is off limits."""
    peer = connection.getpeername()
    if isinstance(peer, tuple) and is_off_limits(str(peer[0])):
        connection.close()
        raise Refused(f"{host} leads to {peer[0]}, which is link-local or a cloud's own; nothing was sent.")


class _Http(HTTPConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        refuse_off_limits(made, self.host)
        return made


class _Https(HTTPSConnection):
    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        refuse_off_limits(made, self.host)
        return made


class _HttpPool(HTTPConnectionPool):
    ConnectionCls = _Http


class _HttpsPool(HTTPSConnectionPool):
    ConnectionCls = _Https


def watch(manager: Any) -> None:
    """Have a urllib3 PoolManager make such connections only."""
    manager.pool_classes_by_scheme = {"http": _HttpPool, "https": _HttpsPool}
