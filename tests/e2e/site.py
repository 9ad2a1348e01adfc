"""Another web site, whose pages embed the widget."""

from __future__ import annotations

import base64
import hashlib
import re
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import PurePath
from typing import Any

MIMETYPES = {".html": "text/html", ".css": "text/css"}


class Site(ThreadingHTTPServer):
    """A site with an origin of its own: `files` by their names, the page `/` being `index.html`.

    Its content security policy allows no inline script or style, and scripts of `scripts_from`.
    """

    def __init__(self) -> None:
        self.files: dict[str, str] = {}
        self.scripts_from = ""
        self.requested: list[str] = []  # paths
        site = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                site.requested.append(self.path)
                name = self.path.partition("?")[0].removeprefix("/") or "index.html"
                text = site.files.get(name)
                self.send_response(404 if text is None else 200)
                mimetype = MIMETYPES.get(PurePath(name).suffix, "text/javascript")
                self.send_header("content-type", f"{mimetype}; charset=utf-8")
                self.send_header("content-security-policy", site.policy_of(text or ""))
                self.end_headers()
                self.wfile.write((text or "").encode())

            def log_message(self, *_: Any) -> None:
                pass

        super().__init__(("127.0.0.1", 0), Handler)
        self.origin = f"http://127.0.0.1:{self.server_port}"
        self._thread = threading.Thread(target=self.serve_forever, args=(0.01,))

    def policy_of(self, page: str) -> str:
        """Return a strict policy. An import map has to be inline, so its hash is allowed."""
        hashes = [
            f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"
            for text in re.findall(r'<script type="importmap">(.*?)</script>', page, re.S)
        ]
        scripts = " ".join(["'self'", self.scripts_from, *hashes])
        return (
            f"default-src 'none'; script-src {scripts}; style-src 'self';"
            f" connect-src {self.scripts_from}; img-src data: {self.scripts_from}"
        )

    def __enter__(self) -> Site:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.shutdown()
        self._thread.join()
        self.server_close()
