"""Connections over TLS."""

from __future__ import annotations

import ssl
import threading
from datetime import UTC, datetime, timedelta
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import IPv4Address
from typing import TYPE_CHECKING

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from imagelint.collect.registry import transport
from imagelint.collect.registry.transport import Question, TransportError
from imagelint.testing.registry import MemoryRegistry, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def registry() -> Iterator[MemoryRegistry]:
    with MemoryRegistry() as running:
        yield running


def test_the_authorities_are_read_for_the_first_who_is_asked_over_tls(
    registry: MemoryRegistry, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def count() -> ssl.SSLContext:
        made.append(1)
        return ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)

    monkeypatch.setattr(ssl, "create_default_context", count)
    transport._context.cache_clear()
    registry.script("/a", Reply(200, b"yes"))
    plain = Question(f"http://{registry.host}/a", seconds=5)
    assert (transport.ask(plain).body, made) == (b"yes", [])
    for _ in range(2):
        with pytest.raises(TransportError) as caught:
            transport.ask(plain._replace(url=plain.url.replace("http:", "https:")))
        assert caught.value.tls
    transport._context.cache_clear()
    assert made == [1]


def test_a_server_is_believed_by_the_authorities_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    certificate, key = loopback_certificate(tmp_path)
    server = ThreadingHTTPServer(("127.0.0.1", 0), SimpleHTTPRequestHandler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    question = Question(f"https://127.0.0.1:{server.server_port}/", head=True)
    try:
        with pytest.raises(TransportError) as caught:
            transport.ask(question)
        assert caught.value.tls
        monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
        assert transport.ask(question).status == 200
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def loopback_certificate(folder: Path) -> tuple[Path, Path]:
    """A certificate for 127.0.0.1 that vouches for itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    start = datetime(2026, 1, 1, tzinfo=UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(start)
        .not_valid_after(start + timedelta(days=36_500))
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))]), critical=False
        )
        .sign(key, hashes.SHA256())
    )
    paths = folder / "certificate.pem", folder / "key.pem"
    pem, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    paths[0].write_bytes(made.public_bytes(pem))
    form = serialization.PrivateFormat.PKCS8
    paths[1].write_bytes(key.private_bytes(pem, form, plain))
    return paths
