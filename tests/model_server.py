"""A model behind OpenAI's protocol, which says what a test wants it to."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


def sentence(text: str, *names: Any) -> dict[str, Any]:
    return {"text": text, "repositories": list(names)}


class Model:
    """Answers every chat completion with `reply`, and remembers what it was asked."""

    def __init__(self) -> None:
        self.reply: Any = {"sentences": [sentence("skyhook runs on Kubernetes.", "skyhook")]}
        self.statuses: list[int] = []  # of the next answers; 200 after them
        self.refusal: str | None = None
        self.raw: bytes | None = None
        self.delay_s = 0.0
        self.understands: set[str] | None = None  # kinds of response_format; None: all
        self.asked: list[dict[str, Any]] = []
        model = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                length = int(self.headers["content-length"])
                asked = json.loads(self.rfile.read(length))
                model.asked.append(asked)
                threading.Event().wait(model.delay_s)
                kind = asked.get("response_format", {}).get("type", "text")
                status = model.statuses.pop(0) if model.statuses else 200
                if model.understands is not None and kind not in model.understands:
                    status = 400
                content = model.reply if isinstance(model.reply, str) else json.dumps(model.reply)
                message = {"role": "assistant", "content": content, "refusal": model.refusal}
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
                raw = json.dumps(body).encode() if model.raw is None else model.raw
                self.send_response(status)
                self.send_header("content-type", "application/json")
                self.send_header("content-length", str(len(raw)))
                self.send_header("connection", "close")
                self.end_headers()
                self.wfile.write(raw)

            def log_message(self, *_: Any) -> None:
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/v1"
        self.thread = threading.Thread(target=self.server.serve_forever)
        self.thread.start()

    def close(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()
