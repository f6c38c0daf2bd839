"""The Kubernetes HTTP API of the rehearsal cluster: `store` on the wire.

    store = Store()
    install(store)                                        # Litmus' CRDs
    tokens = Tokens()
    tokens.grant("admin-token", "admin")                  # may do everything
    tokens.grant("t", "system:serviceaccount:chaos:gameday",
                 [Rule(("get", "list"), ("",), ("pods",), namespaces=("payments",))])
    api = Api(store, tokens, mishaps=Mishaps(), pace=Pace(1.0), mounts={"/metrics": app})
    server = Server(api)
    [url, secure] = await server.start([Listener(port=8001), Listener(port=8443, certificate=..., key=...)])
    ...
    await server.stop()

All in one asyncio loop, beside the controllers that use the store. kubectl sends no token over plain HTTP,
so give it a TLS listener (`certificates.make` writes a throw-away CA, certificate and key).
"""

from deploy.rehearsal.api.app import Api
from deploy.rehearsal.api.certificates import Certificates, make
from deploy.rehearsal.api.crds import install
from deploy.rehearsal.api.mishaps import Effect, Mishap, Mishaps
from deploy.rehearsal.api.pace import Pace
from deploy.rehearsal.api.server import Listener, Server
from deploy.rehearsal.api.tokens import EVERYTHING, Identity, Rule, Tokens

__all__ = [
    "EVERYTHING",
    "Api",
    "Certificates",
    "Effect",
    "Identity",
    "Listener",
    "Mishap",
    "Mishaps",
    "Pace",
    "Rule",
    "Server",
    "Tokens",
    "install",
    "make",
]
