"""The real engine under a witness, for test/crash: `witnessed_engine.py DIR LEDGER` and the engine's own arguments.

Each request is noted in DIR/heard.jsonl as it comes in, and once more when it was answered; the first note says whether the ledger held
its answer already. While DIR/hold.json names a moment, the engine stands still there, and can be killed at it for certain.
"""

import hashlib
import json
import os
import sys
import time
from pathlib import Path
from threading import Lock

from nextune_model import engine, handler, server, session, weights


class Witness:
    """What an engine heard, and where it is to stand still."""

    def __init__(self, folder: Path, ledger: Path):
        self._hold, self._ledger = folder / "hold.json", ledger
        self._file = os.open(folder / "heard.jsonl", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        self._lock, self._answered = Lock(), 0

    def _note(self, **line) -> None:
        os.write(self._file, (json.dumps({**line, "engine": os.getpid()}) + "\n").encode())

    def asked(self, key: str, body: object) -> None:
        """A request came in; nothing of it is computed yet."""
        recorded = (self._ledger / key[:2] / f"{key[2:]}.json").exists()
        digest = hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()
        self._note(asked=key, recorded=recorded, body=digest)

    def answered(self, key: str) -> None:
        """Its answer was sent."""
        with self._lock:
            self._answered += 1
        self._note(answered=key)

    def pass_by(self, moment: str) -> None:
        """Stands still while it is told to at this moment, once the engine has given so many answers."""
        hold = self._wanted()
        if hold is None or hold["moment"] != moment or self._answered < hold["afterAnswers"]:
            return
        self._note(held=hold["number"])
        while self._wanted() == hold:
            time.sleep(0.01)

    def _wanted(self) -> dict | None:
        try:
            return json.loads(self._hold.read_text())
        except FileNotFoundError:
            return None


def install(witness: Witness) -> None:
    """Has the engine's parts tell the witness."""

    class Handler(handler.Handler):
        def _key(self) -> str:
            return (self.headers.get("Idempotency-Key") or "").partition("-")[0]

        def _read_body(self):
            body = super()._read_body()
            if self._key():
                witness.asked(self._key(), body)
            return body

        def _send(self, status, body) -> None:
            super()._send(status, body)
            if self._key():
                witness.answered(self._key())

    class Session(session.Session):
        def step(self) -> int:
            if self.running > 0:
                witness.pass_by("decode")
            return super().step()

    class Lora(weights.Lora):
        def __init__(self, folder: Path):
            super().__init__(folder)
            witness.pass_by("load")

    handler.Handler = Handler
    engine.Session = Session
    weights.Lora = Lora


if __name__ == "__main__":
    install(Witness(Path(sys.argv.pop(1)), Path(sys.argv.pop(1))))
    sys.exit(server.main())
