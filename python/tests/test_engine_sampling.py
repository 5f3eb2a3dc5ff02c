"""Drawing tokens: the distribution, the nucleus, and each sequence's own numbers."""

from collections import Counter

import torch

from nextune_model.jobs import Choice
from nextune_model.sampling import Sampler, pick_tokens

SHARES = torch.tensor([0.05, 0.5, 0.3, 0.1, 0.05])


def draw(count, temperature=1.0, top_p=1.0, shares=SHARES):
    samplers = [Sampler(9, index, temperature, top_p) for index in range(count)]
    return pick_tokens(shares.log().expand(count, -1), samplers)


def frequencies(tokens):
    return {token: count / len(tokens) for token, count in Counter(tokens).items()}


def near(found, wanted, tolerance=0.02):
    return found.keys() == wanted.keys() and all(abs(found[token] - wanted[token]) < tolerance for token in wanted)


def test_tokens_come_as_often_as_their_share():
    assert near(frequencies(draw(20_000)), {0: 0.05, 1: 0.5, 2: 0.3, 3: 0.1, 4: 0.05})


def test_only_the_likeliest_tokens_that_reach_top_p_are_drawn():
    assert near(frequencies(draw(20_000, top_p=0.75)), {1: 0.625, 2: 0.375})


def test_a_nucleus_too_small_to_meet_by_chance_is_drawn_by_sorting():
    flat = torch.full((2000,), 1 / 2000)
    flat[7] = 2 / 2000
    assert set(draw(50, top_p=0.0008, shares=flat / flat.sum())) == {7}


def test_a_higher_temperature_evens_the_shares_out():
    hot = SHARES.sqrt() / SHARES.sqrt().sum()
    assert near(frequencies(draw(20_000, temperature=2.0)), dict(enumerate(hot.tolist())))


def test_temperature_zero_takes_the_likeliest_beside_others_that_draw():
    samplers = [Sampler(1, 0, 0, 1), Sampler(1, 1, 1.0, 1.0)]
    tokens = {tuple(pick_tokens(SHARES.log().expand(2, -1), samplers)) for _ in range(50)}
    assert {first for first, _ in tokens} == {1}
    assert len({second for _, second in tokens}) > 1


def test_a_sequence_draws_the_same_alone_and_among_others():
    logits = torch.randn(4, 49152, generator=torch.Generator().manual_seed(2))
    alone, among = Sampler(3, 1, 0.8, 0.9), [Sampler(3, index, 0.8, 0.9) for index in range(4)]
    for _ in range(20):
        assert pick_tokens(logits[1:2], [alone])[0] == pick_tokens(logits, among)[1]


class Letters:
    """Tokens that are bytes; 0 ends."""

    ends = frozenset({0})

    def bytes_of(self, token):
        return bytes([token])


def said(text, stops=(), max_tokens=100):
    choice = Choice(Sampler(1, 0, 0, 1), max_tokens, [stop.encode() for stop in stops])
    for byte in [*text.encode(), 0]:
        choice.take(byte, Letters())
        if choice.finish:
            break
    return choice.text(), choice.finish, choice.tokens


def test_a_stop_string_over_several_tokens_is_cut_off():
    assert said("say END now", stops=["END"]) == ("say ", "stop", 7)


def test_the_stop_string_that_begins_first_counts():
    assert said("xabcd", stops=["c", "abc"])[0] == "x"


def test_a_character_over_several_tokens_is_one_character_and_half_a_one_shows():
    assert said("é")[0] == "é"
    assert said("é", max_tokens=1) == ("\ufffd", "length", 1)


def test_the_end_token_counts_as_a_token_and_adds_no_text():
    assert said("ab") == ("ab", "stop", 3)
