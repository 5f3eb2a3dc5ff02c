"""What a request asks of the engine, and the answers as they grow."""

import threading
import time
from dataclasses import dataclass, field

from nextune_model.sampling import Sampler
from nextune_model.text import Text


@dataclass
class Choice:
    """One answer under way."""

    sampler: Sampler
    max_tokens: int
    stops: list[bytes]
    content: bytearray = field(default_factory=bytearray)
    tokens: int = 0
    finish: str | None = None

    def take(self, token: int, text: Text) -> None:
        """One token more; sets `finish` where the answer ends. A stop string is not part of the answer."""
        self.tokens += 1
        if token in text.ends:
            self.finish = "stop"
            return
        piece = text.bytes_of(token)
        searched = len(self.content)
        self.content += piece
        hits = [self.content.find(stop, max(0, searched - len(stop) + 1)) for stop in self.stops]
        hits = [hit for hit in hits if hit >= 0]
        if hits:
            del self.content[min(hits) :]
            self.finish = "stop"
        elif self.tokens >= self.max_tokens:
            self.finish = "length"

    def text(self) -> str:
        """The answer so far. A character cut off by the token limit shows as U+FFFD."""
        return self.content.decode("utf-8", errors="replace")


@dataclass
class Job:
    """One request: a prompt and the choices that go on from it. `done` is set when all ended, or `error` is set."""

    model: str
    prompt: list[int]
    choices: list[Choice]
    done: threading.Event = field(default_factory=threading.Event)
    cancelled: threading.Event = field(default_factory=threading.Event)
    error: Exception | None = None
    # Of the adapter that answers, None for the base.
    adapter_digest: str | None = None
    arrived: float = field(default_factory=time.monotonic)

    @property
    def room(self) -> int:
        """How many tokens one choice may take."""
        return self.choices[0].max_tokens

    def finish_if_ended(self) -> None:
        """Wakes the one who waits, once every choice has ended."""
        if all(choice.finish for choice in self.choices):
            self.done.set()

    def fail(self, error: Exception) -> None:
        """Ends the job with an error."""
        self.error = error
        self.done.set()
