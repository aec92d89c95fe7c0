"""Heads, loss, pooling and adapters on tiny random models, and the paper's exact parameter counts."""

import pytest
import torch
from accelerate import init_empty_weights
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional
from transformers import LlamaConfig, LlamaModel

from pathmtl.model.adapters import PEFT_METHODS, adapt, adapter_config, base_of, merged
from pathmtl.model.multitask import MISSING, MultiTaskEncoder, inverse_frequency, split_logits
from pathmtl.model.packing import ATTENTION, pack
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


SEQUENCES = [[5, 6, 7, 8, 9, 10, 11], [5, 6, 7, 20, 21], [5, 6, 7, 8], [30, 31, 32, 33, 34, 35, 36, 37, 38]]


@pytest.fixture
def model():
    return build("lora").eval()


def build(peft_method, **more):
    """A tiny adapted model; LoRA's B, zero at the start, is given values so that it does something."""
    model = MultiTaskEncoder(adapt(tiny(**more), peft_method, rank=4, alpha=4, dropout=0.0), 32, TASKS)
    torch.manual_seed(1)
    for name, parameter in model.encoder.named_parameters():
        if parameter.requires_grad:
            torch.nn.init.normal_(parameter, 1.0 if "ia3" in name else 0.0, 0.3)
    return model


def plain_states(model, padding):
    """What transformers and PEFT themselves compute, padded on the left or on the right: state at the last real token."""
    base_of(model.encoder).config._attn_implementation = "sdpa"
    longest = max(map(len, SEQUENCES))
    ids, mask = torch.zeros(len(SEQUENCES), longest, dtype=torch.long), torch.zeros(len(SEQUENCES), longest, dtype=torch.long)
    for i, sequence in enumerate(SEQUENCES):
        where = slice(longest - len(sequence), longest) if padding == "left" else slice(len(sequence))
        ids[i, where], mask[i, where] = torch.tensor(sequence), 1
    states = model.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
    base_of(model.encoder).config._attn_implementation = ATTENTION
    before = states.shape[1] - longest
    last = [before + (longest if padding == "left" else len(sequence)) - 1 for sequence in SEQUENCES]
    return states[torch.arange(len(SEQUENCES)), last]


def gradients(model, states):
    model.zero_grad()
    states.square().sum().backward()
    return {name: p.grad.clone() for name, p in model.encoder.named_parameters() if p.requires_grad}


@pytest.mark.parametrize(
    ("peft_method", "padding"),
    [*((peft_method, "right") for peft_method in PEFT_METHODS), ("linear_probe", "left"), ("lora", "left"), ("ia3", "left")],
)
def test_packed_states_and_gradients_are_those_of_the_padded_batch(peft_method, padding):
    model = build(peft_method)
    packed = model.pooled(pack(SEQUENCES))
    plain = plain_states(model, padding)
    torch.testing.assert_close(packed, plain, atol=1e-5, rtol=1e-4)
    if peft_method != "linear_probe":
        ours, theirs = gradients(model, model.pooled(pack(SEQUENCES))), gradients(model, plain_states(model, padding))
        assert ours.keys() == theirs.keys() and ours
        for name, gradient in ours.items():
            torch.testing.assert_close(gradient, theirs[name], atol=1e-4, rtol=1e-3, msg=name)


@pytest.mark.parametrize("peft_method", ["prefix", "prompt"])
def test_with_virtual_tokens_left_padding_would_change_the_state(peft_method):
    """Padding then stands between the virtual tokens and the prompt and moves them apart: why right padding is the reference."""
    model = build(peft_method)
    left, right = plain_states(model, "left"), plain_states(model, "right")
    assert not torch.allclose(left, right, atol=1e-4)
    torch.testing.assert_close(left[-1], right[-1], atol=1e-5, rtol=1e-4, msg="the longest sequence has no padding")


def test_shared_beginnings_are_nodes_once():
    batch = pack(SEQUENCES)
    # 7 + 2 (branch after three tokens) + 0 (a beginning of the first) + 9
    assert batch["input_ids"].shape == (1, 18) and batch["lengths"].tolist() == [7, 5, 4, 9]
    for row, sequence in zip(batch["rows"], SEQUENCES, strict=True):
        nodes = row[: len(sequence)]
        assert batch["input_ids"][0, nodes].tolist() == sequence
        assert batch["position_ids"][0, nodes].tolist() == list(range(len(sequence)))
    assert (batch["rows"].flatten()[batch["owner"]] == torch.arange(18)).all()


@settings(max_examples=60, deadline=None)
@given(st.lists(st.lists(st.integers(1, 4), min_size=1, max_size=12), min_size=1, max_size=8))
def test_any_batch_unpacks_to_itself(sequences):
    batch = pack(sequences)
    for row, length, sequence in zip(batch["rows"], batch["lengths"], sequences, strict=True):
        assert batch["input_ids"][0, row[:length]].tolist() == sequence
    assert batch["input_ids"].shape[1] == len({tuple(s[:i]) for s in sequences for i in range(1, len(s) + 1)})


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


@pytest.mark.parametrize(
    ("peft_method", "count"),
    [("linear_probe", 81_940), ("lora", 13_713_428), ("ia3", 606_228), ("prefix", 213_012), ("prompt", 213_012)],
)
def test_trainable_parameters_equal_table_2_to_the_unit(peft_method, count):
    assert sum(len(CLASSES[task]) for task in PAPER_TASKS) == 20
    with init_empty_weights():
        model = MultiTaskEncoder(adapt(llama3_8b().requires_grad_(False), peft_method), 4096, PAPER_TASKS)
    assert model.trainable_parameters() == count


def test_unknown_strategies_are_refused():
    with pytest.raises(ValueError, match="prefixx"):
        adapter_config("prefixx")


def test_training_starts_at_the_pretrained_solution():
    # Eq. 2: B = 0 at the start, so the adapted encoder is the frozen one.
    frozen, adapted = (
        MultiTaskEncoder(adapt(tiny(), peft_method, rank=4, alpha=4, dropout=0.0), 32, TASKS)
        for peft_method in ("linear_probe", "lora")
    )
    assert torch.equal(frozen.pooled(pack(SEQUENCES)), adapted.pooled(pack(SEQUENCES)))


@pytest.mark.parametrize("peft_method", PEFT_METHODS)
def test_folding_adapters_in_changes_no_state_and_leaves_no_trace(peft_method):
    model = build(peft_method).eval()
    before = model.pooled(pack(SEQUENCES))
    with merged(model.encoder):
        torch.testing.assert_close(model.pooled(pack(SEQUENCES)), before, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(model.pooled(pack(SEQUENCES)), before, atol=1e-5, rtol=1e-4)


def test_predictions_do_not_depend_on_the_rest_of_the_batch(model):
    together = model(**pack(SEQUENCES))["logits"]
    alone = torch.cat([model(**pack([sequence]))["logits"] for sequence in SEQUENCES])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)


def test_equation_6_and_7_by_hand(model):
    labels = torch.full((4, 3), MISSING)
    labels[0, 0], labels[1, 1], labels[2, 2], labels[3, 2] = 3, 1, 0, 1
    weight = torch.tensor([5.0, 0.5, 1.0])
    model.set_class_weights({"HER2": weight})
    out = model(labels=labels, **pack(SEQUENCES))
    parts = split_logits(out["logits"], TASKS)

    def nll(task, row, label):
        return -functional.log_softmax(parts[task][row], dim=0)[label]

    expected = (nll("T", 0, 3) + nll("ER", 1, 1) + 5.0 * nll("HER2", 2, 0) + 0.5 * nll("HER2", 3, 1)) / 4
    torch.testing.assert_close(out["loss"], expected)
    # As one micro-batch of an effective batch with ten valid labels.
    part = model(labels=labels, num_items_in_batch=torch.tensor(10), **pack(SEQUENCES))
    torch.testing.assert_close(part["loss"], expected * 4 / 10)


def test_a_batch_without_labels_costs_nothing(model):
    assert model(labels=torch.full((2, 3), MISSING), **pack(SEQUENCES[:2]))["loss"].item() == 0


def test_gradients_reach_adapters_and_labelled_heads_only(model):
    labels = torch.tensor([[1, MISSING, MISSING], [2, MISSING, MISSING]])
    model(labels=labels, **pack(SEQUENCES[:2]))["loss"].backward()
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
