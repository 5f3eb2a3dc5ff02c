"""Tokens a second, over the seconds in which the engine was at work."""

from collections import deque


class Rate:
    """Remembers the last turns; idle time does not count."""

    def __init__(self, window_seconds: float = 30.0):
        self._window = window_seconds
        self._turns: deque[tuple[int, float]] = deque()
        self._tokens, self._seconds = 0, 0.0
        self.total_tokens = 0

    def add(self, tokens: int, seconds: float) -> None:
        """One turn's tokens and how long it took."""
        self._turns.append((tokens, seconds))
        self._tokens += tokens
        self._seconds += seconds
        self.total_tokens += tokens
        while self._seconds - self._turns[0][1] > self._window:
            old = self._turns.popleft()
            self._tokens -= old[0]
            self._seconds -= old[1]

    def tokens_per_second(self) -> float | None:
        """None before any work was done."""
        return round(self._tokens / self._seconds, 1) if self._seconds > 0 else None
