"""Connections to GitHub: through a proxy, past it, and over TLS with a company's authority."""

from __future__ import annotations

import gzip
import ipaddress
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from errors import GitHubUnavailable
from github_repo_manager import GitHubRepoManager

pytestmark = pytest.mark.server


class Recorder(BaseHTTPRequestHandler):
    """Answers every request with an empty list, compressed if the client accepts that.

    Remembers the requested paths.
    """

    protocol_version = "HTTP/1.1"
    timeout = 5

    def do_GET(self) -> None:
        self.server.asked.append(self.path)  # type: ignore[attr-defined]
        body = gzip.compress(b"[]") if "gzip" in self.headers["Accept-Encoding"] else b"plain"
        self.send_response(200)
        self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""


@contextmanager
def listening(certificate: Path | None = None) -> Iterator[ThreadingHTTPServer]:
    """Serve on a free port; with a certificate, over TLS."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Recorder) as server:
        server.asked = []  # type: ignore[attr-defined]
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate)
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        yield server
        server.shutdown()
        thread.join()


def list_at(base_url: str) -> None:
    """Make one request."""
    manager = GitHubRepoManager(
        token=None,
        base_url=base_url,
        include_forks=False,
        include_archived=True,
        include_private=False,
    )
    try:
        manager.list_repositories("octo")
    finally:
        manager.close()


def test_the_environments_proxy_carries_the_requests(monkeypatch):
    with listening() as proxy:
        monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{proxy.server_port}")
        monkeypatch.delenv("no_proxy", raising=False)
        monkeypatch.delenv("NO_PROXY", raising=False)

        list_at("http://github.example/api/v3")

    (asked,) = proxy.asked  # type: ignore[attr-defined]
    assert asked.startswith("http://github.example/api/v3/users/octo/repos?")


def test_a_host_that_the_environment_excludes_is_reached_without_the_proxy(monkeypatch):
    with listening() as server:
        monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
        monkeypatch.setenv("no_proxy", "127.0.0.1")

        list_at(f"http://127.0.0.1:{server.server_port}")

    (asked,) = server.asked  # type: ignore[attr-defined]
    assert asked.startswith("/users/octo/repos?")


def test_a_companys_authority_is_trusted_if_the_environment_names_it(monkeypatch, tmp_path):
    certificate = self_signed(tmp_path / "github.pem")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with listening(certificate) as server:
        address = f"https://127.0.0.1:{server.server_port}"
        with pytest.raises(GitHubUnavailable, match="SSLError"):
            list_at(address)
        assert [] == server.asked  # type: ignore[attr-defined]

        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        list_at(address)

        assert 1 == len(server.asked)  # type: ignore[attr-defined]


def self_signed(path: Path) -> Path:
    """Write a key and a certificate for 127.0.0.1 into one file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "github.example")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(
            x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]),
            critical=False,
        )
        .sign(key, hashes.SHA256())
    )
    path.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    return path
