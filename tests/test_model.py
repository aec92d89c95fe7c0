"""Heads, loss, pooling and adapters on tiny random models, and the paper's exact parameter counts."""

import pytest
import torch
from accelerate import init_empty_weights
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional
from transformers import LlamaConfig, LlamaModel

from pathmtl.model.adapters import adapt, adapter_config
from pathmtl.model.multitask import MISSING, MultiTaskEncoder, inverse_frequency, split_logits
from pathmtl.schema import CLASSES, PAPER_TASKS

TASKS = ("T", "ER", "HER2")


def tiny(**settings):
    torch.manual_seed(0)
    return LlamaModel(
        LlamaConfig(
            vocab_size=64,
            hidden_size=32,
            intermediate_size=48,
            num_hidden_layers=2,
            num_attention_heads=4,
            num_key_value_heads=2,
            use_cache=False,
            **settings,
        )
    )


@pytest.fixture
def model():
    encoder = tiny()
    return MultiTaskEncoder(adapt(encoder, "lora", rank=4, alpha=4, dropout=0.0), 32, TASKS).eval()


def llama3_8b():
    config = LlamaConfig(
        vocab_size=128256,
        hidden_size=4096,
        intermediate_size=14336,
        num_hidden_layers=32,
        num_attention_heads=32,
        num_key_value_heads=8,
    )
    with init_empty_weights():
        return LlamaModel(config)


@pytest.mark.parametrize(("strategy", "count"), [("frozen", 81_940), ("lora", 13_713_428), ("ia3", 606_228)])
def test_trainable_parameters_equal_table_2_to_the_unit(strategy, count):
    with init_empty_weights():
        model = MultiTaskEncoder(adapt(llama3_8b().requires_grad_(False), strategy), 4096, PAPER_TASKS)
    assert model.trainable_parameters() == count


def test_unknown_strategies_are_refused():
    with pytest.raises(ValueError, match="prefixx"):
        adapter_config("prefixx")


def test_training_starts_at_the_pretrained_solution():
    # Eq. 2: B = 0 at the start, so the adapted encoder is the frozen one.
    ids = torch.arange(12).reshape(2, 6)
    frozen = tiny().eval()(input_ids=ids).last_hidden_state
    adapted = adapt(tiny(), "lora", rank=4, alpha=4, dropout=0.0).eval()(input_ids=ids).last_hidden_state
    assert torch.equal(frozen, adapted)


def test_the_terminal_token_is_pooled_whatever_the_padding(model):
    ids = torch.tensor([[5, 6, 7, 8]])
    plain = model(ids, torch.ones_like(ids))["logits"]
    right = model(torch.tensor([[5, 6, 7, 8, 0, 0]]), torch.tensor([[1, 1, 1, 1, 0, 0]]))["logits"]
    # Left padding shifts positions unless they are counted from the first real token; rotary attention only sees differences.
    left = model(torch.tensor([[0, 0, 5, 6, 7, 8]]), torch.tensor([[0, 0, 1, 1, 1, 1]]))["logits"]
    torch.testing.assert_close(plain, right)
    torch.testing.assert_close(plain, left, atol=1e-5, rtol=1e-4)


def test_predictions_do_not_depend_on_the_rest_of_the_batch(model):
    ids = torch.randint(1, 60, (3, 9))
    mask = torch.tensor([[1] * 9, [1] * 5 + [0] * 4, [1] * 7 + [0] * 2])
    together = model(ids, mask)["logits"]
    alone = torch.cat([model(ids[i : i + 1, : mask[i].sum()], mask[i : i + 1, : mask[i].sum()])["logits"] for i in range(3)])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)


def test_equation_6_and_7_by_hand(model):
    ids = torch.randint(1, 60, (4, 5))
    labels = torch.full((4, 3), MISSING)
    labels[0, 0], labels[1, 1], labels[2, 2], labels[3, 2] = 3, 1, 0, 1
    weight = torch.tensor([5.0, 0.5, 1.0])
    model.set_class_weights({"HER2": weight})
    out = model(ids, torch.ones_like(ids), labels)
    parts = split_logits(out["logits"], TASKS)

    def nll(task, row, label):
        return -functional.log_softmax(parts[task][row], dim=0)[label]

    expected = (nll("T", 0, 3) + nll("ER", 1, 1) + 5.0 * nll("HER2", 2, 0) + 0.5 * nll("HER2", 3, 1)) / 4
    torch.testing.assert_close(out["loss"], expected)


def test_a_batch_without_labels_costs_nothing(model):
    ids = torch.randint(1, 60, (2, 4))
    assert model(ids, torch.ones_like(ids), torch.full((2, 3), MISSING))["loss"].item() == 0


def test_gradients_reach_adapters_and_labelled_heads_only(model):
    ids = torch.randint(1, 60, (2, 4))
    labels = torch.tensor([[1, MISSING, MISSING], [2, MISSING, MISSING]])
    model(ids, torch.ones_like(ids), labels)["loss"].backward()
    moved = {name for name, p in model.named_parameters() if p.grad is not None and p.grad.abs().sum() > 0}
    assert any("lora_B" in name for name in moved) and "heads.T.weight" in moved
    assert not any(name.startswith(("heads.ER", "heads.HER2")) for name in moved)
    assert all("lora" in name or name.startswith("heads") for name in moved)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.sampled_from([0, 1, 2, MISSING]), min_size=1, max_size=60))
def test_inverse_frequency_weighs_every_seen_class_alike(labels):
    labels = torch.tensor(labels)
    weight = inverse_frequency(labels, 3)
    seen = [c for c in range(3) if (labels == c).any()]
    total = (labels != MISSING).sum().item()
    for c in seen:
        # n_c w_c = N / C: each class contributes the same mass.
        assert weight[c].item() * (labels == c).sum().item() == pytest.approx(total / 3, rel=1e-4)
    assert all(weight[c] == 1 for c in range(3) if c not in seen)


def test_the_papers_imbalance_gives_the_papers_weights():
    labels = torch.tensor([1] * 64 + [0] * 10)  # 6.4 : 1, section V-C
    weight = inverse_frequency(labels, 3)
    assert weight[0] / weight[1] == pytest.approx(6.4)
    assert len(weight) == len(CLASSES["HER2"])
