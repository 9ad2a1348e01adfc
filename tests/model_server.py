"""Models behind OpenAI's protocol, which say what a test wants them to."""

from __future__ import annotations

import json
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def sentence(text: str, *names: Any) -> dict[str, Any]:
    """A sentence of a reply, and the repositories that it claims to rest on."""
    return {"text": text, "repositories": list(names)}


class ModelServer(ABC):
    """Answers POSTs with what `answered` makes of them."""

    def __init__(self) -> None:
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                asked = json.loads(self.rfile.read(int(self.headers["content-length"])))
                status, raw = server.answered(self.path, asked)
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(raw)))
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))
        self._thread.start()

    @abstractmethod
    def answered(self, path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        """Status and body."""

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class Model(ModelServer):
    """Answers every chat completion with `reply`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.reply: Any = {"sentences": [sentence("skyhook runs on Kubernetes.", "skyhook")]}
        self.statuses: list[int] = []  # of the next answers; 200 after them
        self.refusal: str | None = None
        self.raw: bytes | None = None
        self.delay_s = 0.0
        self.understands: set[str] | None = None  # kinds of response_format; None: all
        self.asked: list[dict[str, Any]] = []
        super().__init__()

    def answered(self, path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        self.asked.append(asked)
        threading.Event().wait(self.delay_s)
        kind = asked.get("response_format", {}).get("type", "text")
        status = self.statuses.pop(0) if self.statuses else 200
        if self.understands is not None and kind not in self.understands:
            status = 400
        content = self.reply if isinstance(self.reply, str) else json.dumps(self.reply)
        message = {"role": "assistant", "content": content, "refusal": self.refusal}
        body: dict[str, Any] = {
            "id": "1",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
            "usage": {"prompt_tokens": 70, "completion_tokens": 7, "total_tokens": 77},
        }
        if status != 200:
            body = {"error": {"message": "no", "type": "t", "code": None}}
        return status, json.dumps(body).encode() if self.raw is None else self.raw


class Embedder(ModelServer):
    """Embeds texts: what is about bees has a direction of its own. Remembers what it was asked."""

    def __init__(self) -> None:
        self.asked: list[list[str]] = []
        self.status = 200
        super().__init__()

    def answered(self, path: str, asked: dict[str, Any]) -> tuple[int, bytes]:
        if not path.endswith("/embeddings"):
            return 404, b"{}"
        self.asked.append(asked["input"])
        data = [
            {"object": "embedding", "index": number, "embedding": direction(text)}
            for number, text in enumerate(asked["input"])
        ]
        usage = {"prompt_tokens": 1, "total_tokens": 1}
        body = {"object": "list", "data": data, "model": asked["model"], "usage": usage}
        return self.status, json.dumps(body).encode()


def direction(text: str) -> list[float]:
    """An embedding of three coordinates."""
    about_bees = "beehive" in text or "apiary" in text
    return [1.0, 0.0, 0.1] if about_bees else [0.0, 1.0, len(text) % 7 / 20]
