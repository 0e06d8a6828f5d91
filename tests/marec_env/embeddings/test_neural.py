"""The parts of the networks: windows, the transformer, the sum, and training by the epoch."""

import numpy as np
import pytest
import torch

from marec_env.datasets import DataError
from marec_env.embeddings.bert4rec import BERT4Rec
from marec_env.embeddings.histories import Histories, in_order
from marec_env.embeddings.linear_sigmoid import LinearSigmoid
from marec_env.embeddings.neural import network, windows
from marec_env.embeddings.neural.linear import DecayedSum
from marec_env.embeddings.neural.transformer import Transformer
from marec_env.embeddings.sasrec import SASRec
from tests.marec_env.embeddings.worlds import cyclic, interactions

LONG = Histories(np.array([5, 6, 7, 8, 9, 1, 2]), np.array([0, 5, 5, 7]))  # of 5, 0 and 2 items
NO = windows.NO_ITEM


def transformer(is_causal):
    torch.manual_seed(0)
    body = Transformer(8, 6, 2, 2, 0.5, widening=2, is_causal=is_causal)
    return body.eval(), torch.randn(7, 8)


@pytest.mark.parametrize("seed", range(8))
def test_windows_hold_every_item_once_and_in_order(seed):
    cut = windows.cut(LONG, 3, np.random.default_rng(seed))
    assert cut[cut != NO].tolist() == LONG.items.tolist()
    assert ((cut[:, :-1] != NO) | (cut[:, 1:] == NO)).all()  # filled up on the right only
    assert not [row for row in cut if {9, 1} <= set(row.tolist())]  # never of two people


def test_windows_are_cut_at_other_places_each_time():
    cuts = {windows.cut(LONG, 3, np.random.default_rng(n)).tobytes() for n in range(20)}
    assert len(cuts) > 3


def test_the_last_items_are_what_an_old_history_is_read_by():
    rows, counts = windows.last(LONG, 3)
    assert rows.tolist() == [[7, 8, 9], [NO, NO, NO], [1, 2, NO]]
    assert counts.tolist() == [3, 0, 2]


def test_a_causal_state_knows_nothing_of_what_comes_after():
    body, table = transformer(is_causal=True)
    one = body(torch.tensor([[0, 1, 2, 3]]), table)
    other = body(torch.tensor([[0, 1, 4, 6]]), table)
    assert torch.equal(one[:, :2], other[:, :2])
    assert not torch.allclose(one[:, 2:], other[:, 2:])


def test_a_bidirectional_state_knows_what_comes_after_but_no_padding():
    body, table = transformer(is_causal=False)
    one = body(torch.tensor([[0, 1, 2]]), table)
    assert not torch.allclose(one[:, :2], body(torch.tensor([[0, 1, 4]]), table)[:, :2])
    padded = body(torch.tensor([[0, 1, 2, 6, 6]]), table)
    torch.testing.assert_close(padded[:, :3], one)
    assert torch.isfinite(padded).all()


def test_the_sum_of_a_history_counts_older_items_less():
    body = DecayedSum(num_items=3, size=2, length=4, half_life=1.0, dropout=0.0)
    with torch.no_grad():
        body.columns.copy_(torch.tensor([[4.0, 0], [0, 2], [1, 1], [0, 0], [9, 9]]))
        body.constant.copy_(torch.tensor([0.0, 1.0]))
    found = body(torch.tensor([[0, 1, 2]]), torch.empty(0))
    by_hand = torch.tensor([[[4.0, 1], [2, 3], [2, 3]]])
    torch.testing.assert_close(torch.logit(found), by_hand, rtol=1e-4, atol=1e-4)


def test_the_loss_is_the_mean_negative_log_likelihood_of_what_is_asked():
    class First(torch.nn.Module):
        def forward(self, tokens, table):
            return table[tokens]

    net = network.Network(2, 2, None, First())
    with torch.no_grad():
        net.ids.copy_(torch.tensor([[1.0, 0], [0, 2]]))
    loss = net.loss(torch.tensor([[0, 1, 1]]), torch.tensor([[1, -1, 0]]))
    # states (1, 0) and (0, 2): scores (1, 0) for item 1, (0, 4) for item 0
    by_hand = (np.log(1 + np.e) + np.log(1 + np.exp(4))) / 2
    assert float(loss.detach()) == pytest.approx(by_hand, rel=1e-6)


def test_features_of_items_are_part_of_their_vectors():
    net = network.Network(2, 3, np.array([[1.0], [0.0]]), torch.nn.Identity())
    difference = net.items() - net.ids
    torch.testing.assert_close(difference[0], net.of_features.weight[:, 0])
    assert not difference[1].any()


def test_genres_are_features_of_the_linear_encoder():
    world = interactions([0], [0], [1], 1, 2, genres=(("a", "b"), ("b",)))
    features = LinearSigmoid().features(world)
    np.testing.assert_array_equal(features, [[True, True], [False, True]])
    assert LinearSigmoid().features(cyclic()) is None


def test_vectors_of_the_linear_encoder_are_what_a_sigmoid_gives():
    vectors = LinearSigmoid(size=4, max_epochs=1, patience=0).fit(cyclic())
    for side in vectors.users, vectors.items:
        assert 0 < side.min() <= side.max() < 1


def test_sasrec_is_asked_for_every_next_item():
    tokens, targets = SASRec().questions(np.array([[3, 1, NO]]), 5, np.random.default_rng(0))
    start, padding = 5, 6
    assert tokens.tolist() == [[start, 3, 1]]
    assert targets.tolist() == [[3, 1, NO]]
    prompts, counts = SASRec(max_length=2).prompts(LONG, 10)
    assert prompts.tolist() == [[10, 8, 9], [10, 11, 11], [10, 1, 2]]
    assert counts.tolist() == [3, 1, 3]
    assert padding == windows.padding(5)


def test_bert4rec_is_asked_for_what_is_hidden_and_always_for_the_last():
    rows = np.tile([3, 1, 2, NO], (4000, 1))
    tokens, targets = BERT4Rec(hidden_share=0.25).questions(rows, 5, np.random.default_rng(0))
    is_hidden = tokens == windows.special(5)
    assert (targets[is_hidden] == rows[is_hidden]).all()
    assert (targets[~is_hidden] == NO).all()
    assert is_hidden[:, :2].mean() == pytest.approx(0.25, abs=0.02)
    assert is_hidden[:, 2].all()
    assert not is_hidden[:, 3].any()
    prompts, counts = BERT4Rec(max_length=3).prompts(LONG, 10)
    assert prompts.tolist() == [[8, 9, 10], [10, 11, 11], [1, 2, 10]]
    assert counts.tolist() == [3, 1, 3]


SMALL = SASRec(size=8, max_length=6, max_epochs=5, patience=2, batch_size=16)


def test_the_search_ends_when_held_out_items_are_foretold_no_better():
    training = SMALL.training(cyclic())
    seen = []
    while not training.is_finished:
        seen.append(training.epoch())
    search = [epoch for epoch in seen if epoch.phase == "search"]
    best = int(np.argmax([epoch.validation.ndcg for epoch in search])) + 1
    assert len(search) == min(best + 2, 5)
    assert [epoch.number for epoch in seen[len(search) :]] == list(range(1, best + 1))
    assert training.vectors().record["epochs"] == best
    assert training.num_epochs == len(seen)


def test_without_patience_everything_is_learnt_from_at_once():
    training = SASRec(size=8, max_epochs=2, patience=0).training(cyclic())
    assert [training.epoch().phase, training.epoch().phase] == ["final", "final"]
    assert training.is_finished


@pytest.mark.parametrize("patience", [0, 2])
def test_a_training_that_diverges_is_one_sentence(patience):
    wild = SASRec(size=4, learning_rate=1e30, patience=patience, max_epochs=3)
    with pytest.raises(DataError, match=r"sasrec must .* finite|vectors of sasrec must be finite"):
        wild.fit(cyclic())


@pytest.mark.parametrize("stop", range(1, 7))
def test_a_resumed_training_ends_with_the_same_bits(stop):
    whole = SMALL.fit(cyclic())
    training = SMALL.training(cyclic())
    for _ in range(stop):
        training.epoch()
    resumed = SMALL.training(cyclic())
    resumed.load_state_dict(training.state_dict())
    while not resumed.is_finished:
        resumed.epoch()
    again = resumed.vectors()
    assert again.users.tobytes() == whole.users.tobytes()
    assert again.items.tobytes() == whole.items.tobytes()


def test_training_leaves_the_random_numbers_of_torch_alone():
    torch.manual_seed(7)
    expected = torch.rand(1)
    torch.manual_seed(7)
    SASRec(size=8, max_epochs=1, patience=0).fit(cyclic())
    assert torch.equal(torch.rand(1), expected)


def test_a_history_longer_than_what_is_read_counts_by_its_end():
    encoder = SASRec(size=8, max_length=4, max_epochs=1, patience=0)
    vectors = encoder.fit(cyclic())
    long = interactions([0] * 6, [9, 8, 1, 2, 3, 4], [1] * 6, 1, 12)
    short = interactions([0] * 4, [1, 2, 3, 4], [1] * 4, 1, 12)
    assert in_order(long).lengths().tolist() == [6]
    one, other = (encoder.encode_users(vectors, history) for history in (long, short))
    assert one.tobytes() == other.tobytes()
