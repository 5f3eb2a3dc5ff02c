"""HTTP in front of the engine: routes, error bodies, and clients that hang up."""

import json
import select
import socket
from http.server import BaseHTTPRequestHandler
from typing import Any

from nextune_model.jobs import Job
from nextune_model.models import UnknownModel
from nextune_model.protocol import RequestError, answer, parse_request
from nextune_model.service import Service
from nextune_model.text import Text

_MAX_BODY_BYTES = 8 << 20
_KINDS = {"/v1/chat/completions": "chat", "/v1/completions": "text"}
# How soon a hung-up client's work is dropped.
_LOOK_SECONDS = 0.25


def token_count(body: Any, text: Text) -> dict[str, Any]:
    """`{"count", "tokens"}` of `prompt` or `content`, as vLLM and llama.cpp name it."""
    asked = body.get("prompt", body.get("content")) if isinstance(body, dict) else None
    if not isinstance(asked, str):
        raise RequestError("prompt must be a text", "prompt")
    tokens = text.of_text(asked)
    return {"count": len(tokens), "tokens": tokens}


class Handler(BaseHTTPRequestHandler):
    """One connection. `service` is set on the class that the server uses."""

    service: Service
    protocol_version = "HTTP/1.1"
    server_version = "nextune-engine"
    sys_version = ""

    def log_message(self, format: str, *args: Any) -> None:
        """Requests are not logged: the caller records them, and prompts stay out of log files."""

    def do_GET(self) -> None:
        """Health and the list of models."""
        if self.path == "/health":
            self._send(200, self.service.health())
        elif self.path == "/v1/models":
            self._send(200, self.service.model_list())
        else:
            self._refuse(RequestError(f"there is no {self.path} here", status=404))

    def do_POST(self) -> None:
        """Completions."""
        try:
            body = self._read_body()
            if self.path == "/tokenize":
                self._send(200, token_count(body, self.service.text))
                return
            kind = _KINDS.get(self.path)
            if kind is None:
                raise RequestError(f"there is no {self.path} here", status=404)
            job = parse_request(body, kind, self.service.text, self.service.context)
            self.service.models.check(job.model)
            if self._work(job):
                self._send(200, answer(job, kind, self.service.digest))
        except UnknownModel as error:
            self._refuse(RequestError(str(error.args[0]), "model", status=404, code="model_not_found"))
        except RequestError as error:
            self._refuse(error)

    def _read_body(self) -> Any:
        length = self.headers.get("Content-Length", "")
        if not length.isdigit() or int(length) > _MAX_BODY_BYTES:
            self.close_connection = True
            raise RequestError(f"the body needs a Content-Length of at most {_MAX_BODY_BYTES} bytes", status=413)
        try:
            return json.loads(self.rfile.read(int(length)))
        except ValueError as error:
            raise RequestError(f"the body is not JSON: {error}") from None

    def _work(self, job: Job) -> bool:
        """Has the job done; False when the client went away. Raises RequestError when the engine failed."""
        self.service.engine.submit(job)
        while not job.done.wait(_LOOK_SECONDS):
            if self._hung_up():
                self.service.engine.cancel(job)
                self.close_connection = True
                return False
        if job.error is not None:
            raise RequestError(f"the engine failed: {job.error}", status=500)
        return True

    def _hung_up(self) -> bool:
        try:
            readable = select.select([self.connection], [], [], 0)[0]
            return bool(readable) and not self.connection.recv(1, socket.MSG_PEEK)
        except OSError:
            return True

    def _refuse(self, error: RequestError) -> None:
        self._send(error.status, error.body())

    def _send(self, status: int, body: dict[str, Any]) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        try:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True
