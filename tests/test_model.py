"""Heads, loss, pooling, and adapters on tiny random models of several architectures, and the paper's exact parameter counts."""

from types import SimpleNamespace

import pytest
import torch
from accelerate import init_empty_weights
from hypothesis import given, settings
from hypothesis import strategies as st
from peft import PeftModel
from torch.nn import functional
from transformers import AutoModel, GemmaConfig, LlamaConfig, LlamaModel, MistralConfig, Qwen2Config

from pathmtl.model.adapters import PEFT_METHODS, adapt, adapter_config, merged
from pathmtl.model.multitask import MISSING, MultiTaskConfig, MultiTaskModel, inverse_frequency, pool_last_token, split_logits
from pathmtl.model.packing import pack, pad
from pathmtl.schema import CLASSES, PAPER_TASKS

TASKS = ("T", "ER", "HER2")
ARCHITECTURES = {"llama": LlamaConfig, "qwen2": Qwen2Config, "mistral": MistralConfig, "gemma": GemmaConfig}
SEQUENCES = [[5, 6, 7, 8, 9, 10, 11], [5, 6, 7, 20, 21], [5, 6, 7, 8], [30, 31, 32, 33, 34, 35, 36, 37, 38]]


def chosen(peft_method):
    return SimpleNamespace(peft_method=peft_method, rank=4, alpha=4, dropout=0.0)


def tiny(architecture="llama"):
    torch.manual_seed(0)
    config = ARCHITECTURES[architecture](
        vocab_size=64,
        hidden_size=32,
        intermediate_size=48,
        num_hidden_layers=2,
        num_attention_heads=4,
        num_key_value_heads=2,
        head_dim=8,
        use_cache=False,
    )
    encoder = AutoModel.from_config(config).requires_grad_(False)
    return MultiTaskModel(MultiTaskConfig(text_config=config, tasks=TASKS), encoder)


@pytest.fixture
def model():
    return build("lora").eval()


def build(peft_method, architecture="llama"):
    """A tiny adapted model; LoRA's B, zero at the start, is given values so that it does something."""
    model = adapt(tiny(architecture), chosen(peft_method))
    torch.manual_seed(1)
    for name, parameter in model.named_parameters():
        if parameter.requires_grad and "heads" not in name:
            torch.nn.init.normal_(parameter, 1.0 if "ia3" in name else 0.0, 0.3)
    return model


def padded_left(sequences):
    batch = pad([sequence[::-1] for sequence in sequences])
    return {name: tensor.flip(1) for name, tensor in batch.items()}


def gradients(model, batch):
    model.zero_grad()
    model(**batch).pooled.square().sum().backward()
    return {name: p.grad.clone() for name, p in model.named_parameters() if p.grad is not None}


@pytest.mark.parametrize(
    ("peft_method", "plain"),
    [*((peft_method, pad) for peft_method in PEFT_METHODS), *((m, padded_left) for m in ("linear_probe", "lora", "ia3"))],
)
def test_packed_states_and_gradients_are_those_of_the_padded_batch(peft_method, plain):
    model = build(peft_method)
    packed, padded = pack(SEQUENCES), plain(SEQUENCES)
    torch.testing.assert_close(model(**packed).pooled, model(**padded).pooled, atol=1e-5, rtol=1e-4)
    if peft_method != "linear_probe":
        ours, theirs = gradients(model, packed), gradients(model, padded)
        assert ours.keys() == theirs.keys() and ours
        for name, gradient in ours.items():
            torch.testing.assert_close(gradient, theirs[name], atol=1e-4, rtol=1e-3, msg=name)


def test_the_padded_batch_is_what_transformers_computes_sequence_by_sequence():
    """The reference of the test above, without any of our code: Llama's own forward pass on one sequence at a time."""
    model = build("lora").eval()
    config = LlamaConfig.from_dict(model.encoder.config.to_dict())
    theirs = LlamaModel(config).eval()
    with merged(model):
        weights = {name.replace(".base_layer", ""): value for name, value in model.encoder.state_dict().items()}
        theirs.load_state_dict({name: value for name, value in weights.items() if "lora" not in name})
    alone = torch.cat([theirs(input_ids=torch.tensor([sequence])).last_hidden_state[:, -1] for sequence in SEQUENCES])
    torch.testing.assert_close(model(**pad(SEQUENCES)).pooled, alone, atol=1e-5, rtol=1e-4)


@pytest.mark.parametrize("peft_method", ["prefix", "prompt"])
def test_with_virtual_tokens_left_padding_would_change_the_state(peft_method):
    """Padding then stands between the virtual tokens and the prompt and moves them apart: why right padding is the reference."""
    model = build(peft_method)
    left, right = model(**padded_left(SEQUENCES)).pooled, model(**pad(SEQUENCES)).pooled
    assert not torch.allclose(left, right, atol=1e-4)
    torch.testing.assert_close(left[-1], right[-1], atol=1e-5, rtol=1e-4, msg="the longest sequence has no padding")


@pytest.mark.parametrize("architecture", ARCHITECTURES)
@pytest.mark.parametrize("peft_method", PEFT_METHODS)
def test_any_decoder_is_adapted_and_padding_changes_no_state(architecture, peft_method):
    model = build(peft_method, architecture).eval()
    together = model(**model.batch(SEQUENCES)).pooled
    alone = torch.cat([model(**pad([sequence])).pooled for sequence in SEQUENCES])
    torch.testing.assert_close(together, alone, atol=1e-5, rtol=1e-4)
    assert ("rows" in model.batch(SEQUENCES)) == (architecture == "llama"), "packed where the architecture is Llama's, only"


@pytest.mark.parametrize("architecture", ARCHITECTURES)
def test_any_decoder_trains(architecture):
    model = adapt(tiny(architecture), chosen("lora")).train()
    labels = torch.tensor([[0, 1, 2], [1, 0, MISSING], [2, 1, 0], [3, 0, 1]])
    optimizer = torch.optim.AdamW([p for p in model.parameters() if p.requires_grad], lr=1e-2)
    losses = []
    for _ in range(12):
        loss = model(labels=labels, **model.batch(SEQUENCES)).loss
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.7 * losses[0]
    moved = [p for name, p in model.named_parameters() if "lora_B" in name]
    assert len(moved) == 8 and all(p.abs().sum() > 0 for p in moved)


@pytest.mark.parametrize("peft_method", PEFT_METHODS)
def test_plain_peft_saves_and_loads_adapters_and_heads(peft_method, tmp_path):
    model = build(peft_method).eval()
    with torch.no_grad():
        model.heads["ER"].weight.normal_()
    model.save_pretrained(tmp_path)
    assert {"adapter_config.json", "adapter_model.safetensors"} <= {path.name for path in tmp_path.iterdir()}
    again = PeftModel.from_pretrained(tiny(), tmp_path)
    assert torch.equal(model(**pack(SEQUENCES)).logits, again(**pack(SEQUENCES)).logits)
    size = (tmp_path / "adapter_model.safetensors").stat().st_size
    assert size < 4 * model.get_nb_trainable_parameters()[0] + 8_000, "the backbone is not saved with them"


def test_the_whole_model_is_saved_and_loaded_by_transformers(tmp_path):
    model = tiny().eval()
    model.set_class_weights({"HER2": torch.tensor([2.0, 1.0, 0.5])})
    model.save_pretrained(tmp_path)
    again = MultiTaskModel.from_pretrained(tmp_path)
    assert again.tasks == TASKS and again.config.class_weights == {"HER2": [2.0, 1.0, 0.5]}
    assert torch.equal(model(**pack(SEQUENCES)).logits, again(**pack(SEQUENCES)).logits)
    half = MultiTaskModel.from_pretrained(tmp_path, dtype=torch.bfloat16)
    assert half.encoder.dtype == torch.bfloat16 and half.heads["T"].weight.dtype == torch.float32


@pytest.mark.parametrize("mask", [[[1, 1, 1, 0, 0]], [[0, 0, 1, 1, 1]], [[1, 1, 1, 1, 1, 0, 0]], None])
def test_pooling_takes_the_last_real_token(mask):
    states = torch.arange(5.0)[None, :, None]
    expected = 4.0 if mask in (None, [[0, 0, 1, 1, 1]]) else 2.0
    assert pool_last_token(states, None if mask is None else torch.tensor(mask)).item() == expected


def test_shared_beginnings_are_nodes_once():
    batch = pack(SEQUENCES)
    # 7 + 2 (branch after three tokens) + 0 (a beginning of the first) + 9
    assert batch["input_ids"].shape == (1, 18) and batch["lengths"].tolist() == [7, 5, 4, 9]
    for row, sequence in zip(batch["rows"], SEQUENCES, strict=True):
        nodes = row[: len(sequence)]
        assert batch["input_ids"][0, nodes].tolist() == sequence
        assert batch["positions"][0, nodes].tolist() == list(range(len(sequence)))
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
    return MultiTaskModel(MultiTaskConfig(text_config=config, tasks=PAPER_TASKS), LlamaModel(config).requires_grad_(False))


@pytest.mark.parametrize(
    ("peft_method", "count"),
    [("linear_probe", 81_940), ("lora", 13_713_428), ("ia3", 606_228), ("prefix", 213_012), ("prompt", 213_012)],
)
def test_trainable_parameters_equal_table_2_to_the_unit(peft_method, count):
    assert sum(len(CLASSES[task]) for task in PAPER_TASKS) == 20
    with init_empty_weights():
        model = adapt(llama3_8b(), SimpleNamespace(peft_method=peft_method, rank=16, alpha=16, dropout=0.05))
    assert model.get_nb_trainable_parameters()[0] == count


def test_unknown_methods_are_refused():
    with pytest.raises(ValueError, match="prefixx"):
        adapter_config(chosen("prefixx"))


def test_training_starts_at_the_pretrained_solution():
    # Eq. 2: B = 0 at the start, so the adapted encoder is the frozen one.
    frozen, adapted = (adapt(tiny(), chosen(peft_method)) for peft_method in ("linear_probe", "lora"))
    assert torch.equal(frozen(**pack(SEQUENCES)).pooled, adapted(**pack(SEQUENCES)).pooled)


@pytest.mark.parametrize("peft_method", PEFT_METHODS)
def test_folding_adapters_in_changes_no_state_and_leaves_no_trace(peft_method):
    model = build(peft_method).eval()
    before = model(**pack(SEQUENCES)).pooled
    with merged(model):
        torch.testing.assert_close(model(**pack(SEQUENCES)).pooled, before, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(model(**pack(SEQUENCES)).pooled, before, atol=1e-5, rtol=1e-4)


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
    assert any("lora_B" in name for name in moved) and any("heads.T." in name for name in moved)
    assert not any("heads.ER." in name or "heads.HER2." in name for name in moved)
    assert all("lora" in name or "heads" in name for name in moved)


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
