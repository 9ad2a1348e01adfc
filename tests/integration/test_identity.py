"""Tokens of the app's identity: from the platform's endpoint, for the storage and for a model."""

from __future__ import annotations

import asyncio
import base64
import ipaddress
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from answers.model import _credential
from cache import GitHubCache
from clients import github_cache
from credentials import DEFAULT_IDENTITY, Identity
from errors import CacheUnavailable
from localhost.azurite import ACCOUNT, EXIT_WITH_PARENT, PROGRAM
from settings import Settings, settings

pytestmark = pytest.mark.server

CLIENT_ID = "11111111-2222-3333-4444-555555555555"
HEADER = "header-of-the-test"


class Endpoint(BaseHTTPRequestHandler):
    """The identity endpoint of App Service: one user-assigned identity and no system-assigned one.

    https://learn.microsoft.com/azure/app-service/overview-managed-identity#rest-endpoint-reference
    """

    timeout = 5

    def do_GET(self) -> None:
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        is_known = (
            asked.get("client_id") == CLIENT_ID and HEADER == self.headers["X-Identity-Header"]
        )
        resource, expires_on = asked["resource"], int(time.time()) + 3600
        answer = {
            "access_token": token(resource, expires_on),
            "expires_on": str(expires_on),
            "resource": resource,
            "token_type": "Bearer",
        }
        refusal = {"statusCode": 400, "message": "No User Assigned or Delegated Managed Identity"}
        body = json.dumps(answer if is_known else refusal).encode()
        self.send_response(200 if is_known else 400)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""


def token(audience: str, expires_on: int) -> str:
    """Make a token as Entra ID issues them, but unsigned; Azurite checks the claims alone."""
    claims = {
        "aud": audience,
        "iss": "https://sts.windows.net/00000000-0000-0000-0000-000000000000/",
        "iat": expires_on - 7200,
        "nbf": expires_on - 7200,
        "exp": expires_on,
    }
    parts: list[dict[str, Any]] = [{"typ": "JWT", "alg": "none"}, claims]
    encoded = [base64.urlsafe_b64encode(json.dumps(part).encode()).decode() for part in parts]
    return ".".join([*(part.rstrip("=") for part in encoded), "c2lnbmF0dXJl"])


@pytest.fixture(autouse=True)
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The process runs where the platform offers the endpoint, and nothing else to sign in with."""
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("AZURE_CLIENT_ID", raising=False)
    with ThreadingHTTPServer(("127.0.0.1", 0), Endpoint) as server:
        thread = Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        monkeypatch.setenv("IDENTITY_ENDPOINT", f"http://127.0.0.1:{server.server_port}/token")
        monkeypatch.setenv("IDENTITY_HEADER", HEADER)
        yield
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A self-signed certificate of 127.0.0.1 and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(x509.SubjectAlternativeName([address]), critical=False)
        .sign(key, hashes.SHA256())
    )
    folder = tmp_path_factory.mktemp("certificate")
    certificate, private = folder / "certificate.pem", folder / "key.pem"
    certificate.write_bytes(signed.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


@pytest.fixture(scope="module")
def table_service_uri(certificate: tuple[Path, Path]) -> Iterator[str]:
    """A table service that accepts tokens of identities: Azurite over HTTPS."""
    node = shutil.which("node")
    assert node
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    options = ["--silent", "--disableTelemetry", "--skipApiVersionCheck", "--inMemoryPersistence"]
    options += ["--tablePort", str(port), "--oauth", "basic"]
    options += ["--cert", str(certificate[0]), "--key", str(certificate[1])]
    process = subprocess.Popen(
        [node, "--import", EXIT_WITH_PARENT, str(PROGRAM), *options],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    with process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert any("successfully started" in line for line in process.stdout)
        yield f"https://127.0.0.1:{port}/{ACCOUNT}"
        process.stdin.close()


@pytest.fixture
def trusted(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    """The process trusts the certificate of the table service."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate[0]))


@pytest.mark.usefixtures("trusted")
class TestStorage:
    def test_a_user_assigned_identity_opens_the_table(self, table_service_uri, monkeypatch):
        for name in ("blob", "queue", "table"):
            monkeypatch.setenv(f"AzureWebJobsStorage__{name}ServiceUri", table_service_uri)
        monkeypatch.setenv("AzureWebJobsStorage__credential", "managedidentity")
        monkeypatch.setenv("AzureWebJobsStorage__clientId", CLIENT_ID)
        monkeypatch.setenv("GITHUB_USERNAMES", "octocat")
        monkeypatch.delenv("AzureWebJobsStorage", raising=False)
        settings.cache_clear()
        github_cache.cache_clear()
        try:
            assert github_cache().load_listing("octocat") is None
        finally:
            settings.cache_clear()
            github_cache.cache_clear()

    @pytest.mark.parametrize(
        "identity",
        [
            pytest.param(DEFAULT_IDENTITY, id="none-named"),
            pytest.param(Identity(is_managed=True), id="system-assigned"),
            pytest.param(Identity("99999999-2222-3333-4444-555555555555"), id="unknown"),
        ],
    )
    def test_an_identity_that_the_app_does_not_have_does_not(self, identity, table_service_uri):
        with pytest.raises(CacheUnavailable, match=r"no token .* `AzureWebJobsStorage__clientId`"):
            GitHubCache.connect(
                table="t12",
                connection_string=None,
                table_service_uri=table_service_uri,
                identity=identity,
            )


class TestModel:
    def test_both_clients_get_tokens_of_the_user_assigned_identity(self):
        options = Settings.from_env(
            {
                "GITHUB_USERNAMES": "octocat",
                "AzureWebJobsStorage": "UseDevelopmentStorage=true",
                "OPENAI_BASE_URL": "https://x.openai.azure.com/openai/v1",
                "AZURE_CLIENT_ID": CLIENT_ID,
            }
        )

        for provided in (
            _credential(options)(),
            asyncio.run(_credential(options, is_async=True)()),
        ):
            claims = provided.split(".")[1]
            padded = claims + "=" * (-len(claims) % 4)
            audience = json.loads(base64.urlsafe_b64decode(padded))["aud"]
            assert "https://cognitiveservices.azure.com" == audience
