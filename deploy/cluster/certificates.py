"""A throw-away authority, certificates for the server and each client, the keys of ServiceAccount tokens."""

import ipaddress
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

VALID = timedelta(days=30)
SERVER_NAMES = ("localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc")
SERVER_ADDRESSES = ("127.0.0.1", "10.96.0.1")
Key = ec.EllipticCurvePrivateKey


class Authority:
    """Signs what it is asked to; its certificate and, for the server alone, keys lie in `folder`."""

    def __init__(self, folder: Path, name: str = "ca") -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.file = folder / f"{name}.crt"
        self._name = _named(f"gameday-cluster-{name}")
        self._key = ec.generate_private_key(ec.SECP256R1())
        certificate = (
            self._builder(self._name, self._key)
            .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
            .add_extension(_usage(signs_others=True), critical=True)
            .sign(self._key, hashes.SHA256())
        )
        self.file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))

    def server(self) -> tuple[Path, Path]:
        """Files of the API server's certificate and key, for loopback and the names pods would use."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [x509.DNSName(name) for name in SERVER_NAMES]
        names += [x509.IPAddress(ipaddress.ip_address(address)) for address in SERVER_ADDRESSES]
        signed = self._sign(_named("kube-apiserver"), key, ExtendedKeyUsageOID.SERVER_AUTH, names)
        certificate, secret = self.folder / "server.crt", self.folder / "server.key"
        certificate.write_bytes(signed)
        write_secret(secret, private_pem(key))
        return certificate, secret

    def client(self, user: str, groups: Sequence[str] = ()) -> tuple[bytes, bytes]:
        """Certificate and key, in PEM form, of a user who belongs to these groups."""
        key = ec.generate_private_key(ec.SECP256R1())
        return self._sign(_named(user, groups), key, ExtendedKeyUsageOID.CLIENT_AUTH), private_pem(key)

    def _sign(
        self, subject: x509.Name, key: Key, use: x509.ObjectIdentifier, names: Sequence[x509.GeneralName] = ()
    ) -> bytes:
        builder = (
            self._builder(subject, key)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_others=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([use]), critical=False)
        )
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(names), critical=False)
        return builder.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)

    def _builder(self, subject: x509.Name, key: Key) -> x509.CertificateBuilder:
        now = datetime.now(UTC)
        identifier = x509.SubjectKeyIdentifier.from_public_key(key.public_key())
        issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(self._key.public_key())
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(hours=1))
            .not_valid_after(now + VALID)
            .add_extension(identifier, critical=False)
            .add_extension(issuer, critical=False)
        )


def account_keys(folder: Path) -> tuple[Path, Path]:
    """Files of the key that signs ServiceAccount tokens and of the one that checks them."""
    key = ec.generate_private_key(ec.SECP256R1())
    private, public = folder / "accounts.key", folder / "accounts.pub"
    write_secret(private, private_pem(key))
    public.write_bytes(
        key.public_key().public_bytes(
            serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
        )
    )
    return private, public


def private_pem(key: Key) -> bytes:
    """The key in the form that every component reads."""
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )


def write_secret(path: Path, content: bytes) -> None:
    """Write what nobody but the owner may read, not even for a moment."""
    path.unlink(missing_ok=True)
    path.touch(mode=0o600)
    path.write_bytes(content)


def _named(user: str, groups: Sequence[str] = ()) -> x509.Name:
    # The API server reads the common name as the user and each organisation as a group.
    organisations = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, group) for group in groups]
    return x509.Name([*organisations, x509.NameAttribute(NameOID.COMMON_NAME, user)])


def _usage(*, signs_others: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        key_cert_sign=signs_others,
        crl_sign=signs_others,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )
