"""Models behind OpenAI's protocol that reply with what a test tells them to."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from credentials import DEFAULT_IDENTITY, Identity

API_KEY = "sk-of-the-test"


@dataclass(frozen=True)
class ModelOptions:
    """Settings that point at a model server."""

    openai_base_url: str
    openai_api_key: str | None = API_KEY
    openai_model: str = "test-model"
    openai_embedding_model: str | None = None
    openai_timeout_seconds: float = 60.0  # generous, for busy machines
    model_identity: Identity = DEFAULT_IDENTITY


def sentence(text: str, *repositories: Any) -> dict[str, Any]:
    """Make a sentence of a reply that cites `repositories`."""
    return {"text": text, "repositories": list(repositories)}


@dataclass(frozen=True)
class Refusing:
    """Requests that a server refuses: those that fit everything that is given."""

    status: int
    error: dict[str, Any]
    parameter: str = ""  # they have it
    format: str = ""  # the type of their response_format; `text` without one
    says: str = ""  # text of the visitor's message
    longer_than: int = -1  # characters of the visitor's message
    is_bare: bool = False  # the error is the whole body, as FastAPI has it

    def fits(self, request: dict[str, Any]) -> bool:
        """Tell whether a request is refused."""
        prompt = request["messages"][-1]["content"]
        return (
            (not self.parameter or self.parameter in request)
            and (not self.format or self.format == format_of(request))
            and self.says in prompt
            and len(prompt) > self.longer_than
        )


def format_of(request: dict[str, Any]) -> str:
    """Return the format of the reply that a request asks for."""
    return str(request.get("response_format", {}).get("type", "text"))


class ModelServer(ABC):
    """Replies to POST requests with what `reply_to` returns, and records the requests."""

    def __init__(self) -> None:
        """Start the server."""
        self.requests: list[dict[str, Any]] = []  # their bodies, as they arrive
        self._released = threading.Event()
        self._released.set()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["content-length"])))
                server.requests.append(body)
                server._released.wait()
                status, content = server.reply_to(self.path, body)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(content)))
                self.send_header("connection", "close")
                # A client that has timed out is gone.
                with suppress(ConnectionError):
                    self.end_headers()
                    self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @abstractmethod
    def reply_to(self, path: str, request: dict[str, Any]) -> tuple[int, bytes]:
        """Return the status and the body of a response."""

    def hold(self) -> None:
        """Keep all requests waiting until `release`."""
        self._released.clear()

    def release(self) -> None:
        """Reply to the waiting requests and to all later ones."""
        self._released.set()

    def close(self) -> None:
        """Stop the server."""
        self.release()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Model(ModelServer):
    """A chat model that completes every conversation with `reply`."""

    def __init__(self) -> None:
        """Reply with one sentence that cites `skyhook`."""
        self.reply: Any = {"sentences": [sentence("skyhook runs on Kubernetes.", "skyhook")]}
        self.statuses: list[int] = []  # of the next responses; 200 after them
        self.refusal: str | None = None
        self.finish_reason = "stop"
        self.refusing: list[Refusing] = []  # the first that fits answers
        self.raw: bytes | None = None  # a body to send instead
        # The types of response_format that it supports. None: all.
        self.supported_formats: set[str] | None = None
        super().__init__()

    def reply_to(self, path: str, request: dict[str, Any]) -> tuple[int, bytes]:
        """Complete a conversation."""
        for refusing in self.refusing:
            if refusing.fits(request):
                error = refusing.error if refusing.is_bare else {"error": refusing.error}
                return refusing.status, json.dumps(error).encode()
        status = self.statuses.pop(0) if self.statuses else 200
        if self.supported_formats is not None and format_of(request) not in self.supported_formats:
            status = 400
        content = self.reply if isinstance(self.reply, str) else json.dumps(self.reply)
        message = {"role": "assistant", "content": content, "refusal": self.refusal}
        body: dict[str, Any] = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": self.finish_reason}],
            "usage": {"prompt_tokens": 70, "completion_tokens": 7, "total_tokens": 77},
        }
        if status != 200:
            body = {"error": {"message": "no", "type": "t", "code": None}}
        return status, json.dumps(body).encode() if self.raw is None else self.raw


class Embedder(ModelServer):
    """An embedding model to which texts about bees are close to each other, and to nothing else."""

    def __init__(self) -> None:
        """Reply to every request."""
        self.status = 200
        super().__init__()

    @property
    def texts(self) -> list[list[str]]:
        """The texts of every request."""
        return [request["input"] for request in self.requests]

    def reply_to(self, path: str, request: dict[str, Any]) -> tuple[int, bytes]:
        """Embed the texts of a request."""
        if not path.endswith("/embeddings"):
            return 404, b"{}"
        data = [
            {"object": "embedding", "index": position, "embedding": embed(text)}
            for position, text in enumerate(request["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        body = {"object": "list", "data": data, "model": request["model"], "usage": usage}
        return self.status, json.dumps(body).encode()


def embed(text: str) -> list[float]:
    """Return an embedding of three coordinates."""
    is_about_bees = "beehive" in text or "apiary" in text
    return [1.0, 0.0, 0.1] if is_about_bees else [0.0, 1.0, len(text) % 7 / 20]
