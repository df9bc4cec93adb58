"""A certificate authority for one test, and certificates that it has signed."""

from __future__ import annotations

import ssl
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

_DAY = timedelta(days=1)


class Authority:
    """Signs certificates; its own certificate is in ``file``, for ``SSL_CERT_FILE``."""

    def __init__(self, folder: Path) -> None:
        self._folder, self._key = folder, ec.generate_private_key(ec.SECP256R1())
        self._name = _name("Pressmark tests")
        self._certificate = self._sign("Pressmark tests", key=self._key, authority=True)
        self.file = self._write("authority", self._certificate)

    def context(
        self, *hosts: str, latest: ssl.TLSVersion | None = None, age: timedelta = timedelta()
    ) -> ssl.SSLContext:
        """Return the TLS context of a server of *hosts*, with TLS up to *latest*.

        Its certificate is *age* old: one of a few days has expired.
        """
        key = ec.generate_private_key(ec.SECP256R1())
        file = self._write(hosts[0], self._sign(*hosts, key=key, age=age), key)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(file)
        if latest is not None:
            context.maximum_version = latest
        return context

    def _sign(
        self,
        *hosts: str,
        key: ec.EllipticCurvePrivateKey,
        authority: bool = False,
        age: timedelta = timedelta(),
    ) -> x509.Certificate:
        now = datetime.now(UTC) - age
        names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(hosts[0]))
            .issuer_name(self._name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - _DAY)
            .not_valid_after(now + _DAY)
            .add_extension(x509.BasicConstraints(ca=authority, path_length=None), critical=True)
            .add_extension(names, critical=False)
        )
        return builder.sign(self._key, hashes.SHA256())

    def _write(
        self,
        name: str,
        certificate: x509.Certificate,
        key: ec.EllipticCurvePrivateKey | None = None,
    ) -> Path:
        pem = certificate.public_bytes(serialization.Encoding.PEM)
        if key is not None:
            pem += key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        file = self._folder / f"{name}.pem"
        file.write_bytes(pem)
        return file


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, common)])
