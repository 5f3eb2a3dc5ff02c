"""The engine's protocol over HTTP, with the real model and a few tokens."""

import http.client
import json
import signal
import threading
import time

import pytest
from engine_fixtures import Server, write_adapter

from nextune_model.models import tree_digest

BASE = "smollm2-135m-instruct"
CHAT, TEXT = "/v1/chat/completions", "/v1/completions"


@pytest.fixture(scope="module")
def adapters(tmp_path_factory):
    folder = tmp_path_factory.mktemp("adapters")
    write_adapter(folder / "nextune-one", seed=1, strength=0.1)
    return folder


@pytest.fixture(scope="module")
def server(adapters):
    server = Server(adapters)
    yield server
    assert server.close() == 0


def chat(text="Name a fruit.", **settings):
    defaults = {"model": BASE, "seed": 5, "max_tokens": 8, "temperature": 0.8}
    return {**defaults, "messages": [{"role": "user", "content": text}], **settings}


def texts(answer):
    return [choice["message"]["content"] for choice in answer["choices"]]


def test_n_choices_differ_and_usage_counts_the_prompt_once_and_every_choice(server):
    status, answer = server.ask(CHAT, chat(n=4))
    assert status == 200
    assert [choice["index"] for choice in answer["choices"]] == [0, 1, 2, 3]
    assert len(set(texts(answer))) > 1
    usage = answer["usage"]
    assert usage["prompt_tokens"] == server.ask(CHAT, chat(n=1))[1]["usage"]["prompt_tokens"]
    assert usage["completion_tokens"] == sum(choice["completion_tokens"] for choice in answer["choices"])
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_an_answer_names_the_base_and_the_adapter_that_gave_it(server, adapters):
    base, tuned = (server.ask(CHAT, chat(model=model))[1] for model in (BASE, "nextune-one"))
    assert base["base_digest"] == tuned["base_digest"] == server.ask("/health")[1]["digest"]
    assert (base["adapter_digest"], tuned["adapter_digest"]) == (None, tree_digest(adapters / "nextune-one"))


def test_an_adapter_that_was_laid_out_anew_is_read_anew(server, adapters):
    folder = adapters / "nextune-two"
    digests = []
    for seed in (2, 3):
        write_adapter(folder, seed=seed, strength=0.1)
        digests.append(server.ask(CHAT, chat(model="nextune-two"))[1]["adapter_digest"])
        assert digests[-1] == tree_digest(folder)
        folder.rename(adapters / f".{seed}")
    assert digests[0] != digests[1]


def test_a_seed_repeats_its_answers_and_another_seed_gives_others(server):
    first = texts(server.ask(CHAT, chat(n=3, seed=11))[1])
    assert texts(server.ask(CHAT, chat(n=3, seed=11))[1]) == first
    assert texts(server.ask(CHAT, chat(n=3, seed=12))[1]) != first


def test_a_choice_does_not_depend_on_how_many_are_asked_for(server):
    four, two = (texts(server.ask(CHAT, chat(n=n, seed=3))[1]) for n in (4, 2))
    assert four[:2] == two


def test_temperature_zero_gives_every_seed_the_same_answer(server):
    answers = {texts(server.ask(CHAT, chat(temperature=0, seed=seed))[1])[0] for seed in (1, 2)}
    assert len(answers) == 1


def test_a_stop_string_ends_the_answer_and_is_not_part_of_it(server):
    whole = texts(server.ask(CHAT, chat(temperature=0, max_tokens=12))[1])[0]
    stop = whole[5:9]
    status, answer = server.ask(CHAT, chat(temperature=0, max_tokens=12, stop=[stop, "never said"]))
    assert texts(answer) == [whole[: whole.index(stop)]]
    assert answer["choices"][0]["finish_reason"] == "stop"


def test_an_answer_cut_by_the_limit_says_length(server):
    choice = server.ask(CHAT, chat(max_tokens=3))[1]["choices"][0]
    assert (choice["finish_reason"], choice["completion_tokens"]) == ("length", 3)


def test_plain_completions_go_on_from_the_prompt(server):
    body = {"model": BASE, "prompt": "1, 2, 3, 4, 5,", "max_tokens": 6, "temperature": 0}
    status, answer = server.ask(TEXT, body)
    assert (status, answer["object"]) == (200, "text_completion")
    assert answer["choices"][0]["text"].startswith(" 6, 7")


@pytest.mark.parametrize("word", ["prompt", "content"])
def test_a_text_is_counted_in_the_tokens_that_a_prompt_of_it_has(server, word):
    text = "def f(xs):  # (0) xs=[1, 2];\n    return 'ä → 🙂'\n"
    status, counted = server.ask("/tokenize", {"model": BASE, word: text})
    usage = server.ask(TEXT, {"model": BASE, "prompt": text, "max_tokens": 1})[1]["usage"]
    assert (status, counted["count"]) == (200, usage["prompt_tokens"])
    assert len(counted["tokens"]) == counted["count"]
    assert server.ask("/tokenize", {word: ""})[1] == {"count": 0, "tokens": []}


@pytest.mark.parametrize("body", [{}, {"prompt": 3}, {"prompt": None}, {"content": ["a"]}, [], b"{"])
def test_what_holds_no_text_is_not_counted(server, body):
    status, answer = server.ask("/tokenize", body)
    assert status == 400
    assert answer["error"]["message"]


def test_base_and_adapter_give_their_own_answers_whatever_was_asked_before(server):
    ask = {"text": "Tell me a story. " * 40, "temperature": 0}
    base = texts(server.ask(CHAT, chat(**ask))[1])
    adapter = texts(server.ask(CHAT, chat(**ask, model="nextune-one"))[1])
    assert adapter != base
    assert texts(server.ask(CHAT, chat(**ask))[1]) == base
    assert texts(server.ask(CHAT, chat(**ask, model="nextune-one"))[1]) == adapter


def test_requests_for_two_models_at_once_are_all_answered(server):
    answers = {}

    def ask(index):
        model = BASE if index % 2 else "nextune-one"
        answers[index] = server.ask(CHAT, chat(model=model, n=2, temperature=0))

    threads = [threading.Thread(target=ask, args=[index]) for index in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert {status for status, _ in answers.values()} == {200}
    said = {(answer["model"], text) for _, answer in answers.values() for text in texts(answer)}
    assert len(said) == 2


def test_models_lists_base_and_adapters(server):
    assert [model["id"] for model in server.ask("/v1/models")[1]["data"]] == [BASE, "nextune-one"]


def test_health_says_what_is_served_and_how_fast(server):
    server.ask(CHAT, chat())
    health = server.ask("/health")[1]
    assert health["ready"] and health["model"] == BASE and health["digest"].startswith("sha256:")
    assert health["rate"] > 0
    assert (health["device"], health["precision"]) == ("cpu", "fp32")


@pytest.mark.parametrize("name", ["nextune-none", "../base", "nextune-one/", ""])
def test_an_unknown_model_is_not_found(server, name):
    status, answer = server.ask(CHAT, chat(model=name))
    assert status == 404
    assert answer["error"]["code"] == "model_not_found"
    assert name in answer["error"]["message"]


def refused(param, **settings):
    return pytest.param(param, settings, id=f"{param}={str(settings.get(param))[:20]}")


@pytest.mark.parametrize(
    ("param", "settings"),
    [
        refused("messages", messages=[]),
        refused("messages.0.role", messages=[{"role": "robot", "content": "x"}]),
        refused("messages.0.content", messages=[{"role": "user"}]),
        refused("temperature", temperature=3),
        refused("temperature", temperature="hot"),
        refused("top_p", top_p=-0.1),
        refused("max_tokens", max_tokens=0),
        refused("n", n=0),
        refused("n", n=True),
        refused("seed", seed="seven"),
        refused("stop", stop=[""]),
        refused("stream", stream=True),
        refused("tools", tools=[{"type": "function"}]),
        refused("model", model=3),
    ],
)
def test_wrong_input_is_refused_and_names_the_field(server, param, settings):
    status, answer = server.ask(CHAT, chat(**settings))
    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"
    assert answer["error"]["param"] == param


def test_more_than_the_context_is_refused_with_the_numbers(server):
    status, answer = server.ask(CHAT, chat(max_tokens=8190))
    assert (status, answer["error"]["code"]) == (400, "context_length_exceeded")
    assert "8190" in answer["error"]["message"] and "8192" in answer["error"]["message"]


def test_a_body_that_is_no_json_and_a_path_that_is_not_there_are_refused(server):
    assert server.ask(CHAT, b"{")[0] == 400
    assert server.ask("/v1/embeddings", {})[0] == 404
    assert server.ask("/nothing")[0] == 404


def test_a_client_that_hangs_up_frees_its_rows(server):
    host = server.url.removeprefix("http://").removesuffix("/v1")
    connection = http.client.HTTPConnection(host)
    long = chat("Tell me everything.", n=2, max_tokens=4000, temperature=1.5)
    connection.request("POST", CHAT, json.dumps(long))
    wait_until(lambda: server.ask("/health")[1]["running"] == 2)
    connection.close()
    wait_until(lambda: server.ask("/health")[1]["running"] == 0)


def wait_until(holds, timeout_seconds=300):
    end = time.monotonic() + timeout_seconds
    while not holds():
        assert time.monotonic() < end, "it never came to hold"
        threading.Event().wait(0.05)


def test_the_server_ends_on_sigterm(adapters):
    server = Server(adapters)
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=300) == 0
