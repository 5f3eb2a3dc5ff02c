"""The OpenAI-compatible requests that the engine answers, checked, and the answers' form."""

import secrets
import time
import uuid
from dataclasses import dataclass
from typing import Any

from nextune_model.jobs import Choice, Job
from nextune_model.sampling import Sampler
from nextune_model.text import Text

MAX_CHOICES = 256
_DEFAULT_TOKENS = {"chat": 512, "text": 16}
# Known settings that would change the answer and are not served: refused unless they say "nothing".
_NOT_SERVED = (
    *("tools", "functions", "logit_bias", "logprobs", "top_logprobs", "presence_penalty", "frequency_penalty"),
    *("response_format", "stream", "echo", "suffix", "best_of"),
)


@dataclass
class RequestError(Exception):
    """A request that can't be answered: the HTTP status, what is wrong, and with which field."""

    message: str
    param: str | None = None
    status: int = 400
    code: str | None = None

    def body(self) -> dict[str, Any]:
        """The error in OpenAI's form."""
        kind = "invalid_request_error" if self.status < 500 else "server_error"
        return {"error": {"message": self.message, "type": kind, "param": self.param, "code": self.code}}


def _number(body: dict, name: str, default: float, low: float, high: float) -> float:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not low <= value <= high:
        raise RequestError(f"{name} must be a number from {low} to {high}, not {value!r}", name)
    return float(value)


def _whole(body: dict, name: str, default: int, low: int, high: int) -> int:
    value = body.get(name)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise RequestError(f"{name} must be a whole number from {low} to {high}, not {value!r}", name)
    return value


def _stops(body: dict) -> list[bytes]:
    value = body.get("stop") or []
    stops = [value] if isinstance(value, str) else value
    if not isinstance(stops, list) or not all(isinstance(stop, str) and stop for stop in stops) or len(stops) > 16:
        raise RequestError("stop must be a text or a list of at most 16 texts, none of them empty", "stop")
    return [stop.encode() for stop in stops]


def _content(message: Any, index: int) -> str:
    content = message.get("content") if isinstance(message, dict) else None
    if isinstance(content, list) and all(isinstance(part, dict) and part.get("type") == "text" for part in content):
        content = "".join(str(part.get("text", "")) for part in content)
    if not isinstance(content, str):
        raise RequestError(f"messages[{index}].content must be text", f"messages.{index}.content")
    return content


def _messages(body: dict) -> list[dict[str, str]]:
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages:
        raise RequestError("messages must be a list with at least one message", "messages")
    checked = []
    for index, message in enumerate(messages):
        content = _content(message, index)
        if message.get("role") not in ("system", "user", "assistant"):
            raise RequestError(f"messages[{index}].role must be system, user or assistant", f"messages.{index}.role")
        checked.append({"role": message["role"], "content": content})
    return checked


def _prompt(body: dict) -> str:
    prompt = body.get("prompt")
    if isinstance(prompt, list) and len(prompt) == 1:
        prompt = prompt[0]
    if not isinstance(prompt, str) or not prompt:
        raise RequestError("prompt must be one text that is not empty", "prompt")
    return prompt


def _refuse_unserved(body: dict) -> None:
    for name in _NOT_SERVED:
        if body.get(name) not in (None, False, 0, [], {}, {"type": "text"}) and (name, body[name]) != ("best_of", 1):
            raise RequestError(f"this engine does not serve {name}; leave it out", name, code="unsupported_parameter")


def parse_request(body: Any, kind: str, text: Text, context: int) -> Job:
    """The job that a request body of kind "chat" or "text" asks for. Raises RequestError (400)."""
    if not isinstance(body, dict):
        raise RequestError("the body must be a JSON object")
    if not isinstance(body.get("model"), str):
        raise RequestError("model must name a model; GET /v1/models lists them", "model")
    _refuse_unserved(body)
    prompt = text.of_chat(_messages(body)) if kind == "chat" else text.of_text(_prompt(body))
    asked = "max_completion_tokens" if body.get("max_completion_tokens") is not None else "max_tokens"
    max_tokens = _whole(body, asked, _DEFAULT_TOKENS[kind], 1, context)
    if len(prompt) + max_tokens > context:
        raise RequestError(
            f"the prompt takes {len(prompt)} tokens and {asked} is {max_tokens}: more than the context of {context}",
            "messages" if kind == "chat" else "prompt",
            code="context_length_exceeded",
        )
    seed = _whole(body, "seed", secrets.randbits(63), -(2**64), 2**64)
    temperature, top_p = _number(body, "temperature", 1.0, 0, 2), _number(body, "top_p", 1.0, 0, 1)
    stops = _stops(body)
    samplers = [Sampler(seed, i, temperature, top_p) for i in range(_whole(body, "n", 1, 1, MAX_CHOICES))]
    return Job(body["model"], prompt, [Choice(sampler, max_tokens, stops) for sampler in samplers])


def answer(job: Job, kind: str, base_digest: str | None) -> dict[str, Any]:
    """The response body. The prompt's tokens count once, completion tokens over all choices."""
    completion_tokens = sum(choice.tokens for choice in job.choices)
    return {
        "id": ("chatcmpl-" if kind == "chat" else "cmpl-") + uuid.uuid4().hex,
        "object": "chat.completion" if kind == "chat" else "text_completion",
        "created": int(time.time()),
        "model": job.model,
        # Not of OpenAI's form: a caller that records answers must know which weights gave them.
        "base_digest": base_digest,
        "adapter_digest": job.adapter_digest,
        "choices": [_choice(index, choice, kind) for index, choice in enumerate(job.choices)],
        "usage": {
            "prompt_tokens": len(job.prompt),
            "completion_tokens": completion_tokens,
            "total_tokens": len(job.prompt) + completion_tokens,
        },
    }


def _choice(index: int, choice: Choice, kind: str) -> dict[str, Any]:
    said = (
        {"message": {"role": "assistant", "content": choice.text(), "refusal": None}}
        if kind == "chat"
        else {"text": choice.text()}
    )
    # Not of OpenAI's form, but a caller that records each choice needs its own count.
    return {
        "index": index,
        **said,
        "logprobs": None,
        "finish_reason": choice.finish,
        "completion_tokens": choice.tokens,
    }
