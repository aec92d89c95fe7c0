"""Sequences without waste: no padding token is computed, and a beginning that sequences share is computed once.

Prompts of one task begin alike (its field and its classes), and with causal attention what comes later changes nothing before it.
So a batch is laid out as the nodes of a prefix tree, one after the other; only attention, a few per cent of the arithmetic,
sees each sequence whole. The result is that of the padded batch (``tests/test_model.py`` compares states and gradients).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface

#: Name under which transformers finds the attention below.
ATTENTION = "pathmtl_packed"


def pack(sequences: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
    """A batch of token sequences as the nodes of their prefix tree.

    Returns ``input_ids`` and ``position_ids``, (1, nodes); ``rows``, (batch, longest): the node of each token, 0 beyond a
    sequence's end, where no real token looks; ``owner``, (nodes,): where in ``rows``, flattened, a node stands first;
    ``lengths``, (batch,).
    """
    longest = max(map(len, sequences))
    ids, positions, owner, rows = [], [], [], []
    children: dict[tuple[int, int], int] = {}
    for b, sequence in enumerate(sequences):
        node, row = -1, []
        for position, token in enumerate(sequence):
            key = (node, token)
            node = children.setdefault(key, len(ids))
            if node == len(ids):
                ids.append(token)
                positions.append(position)
                owner.append(b * longest + position)
            row.append(node)
        rows.append(row + [0] * (longest - len(row)))
    return {
        "input_ids": torch.tensor([ids]),
        "position_ids": torch.tensor([positions]),
        "rows": torch.tensor(rows),
        "owner": torch.tensor(owner),
        "lengths": torch.tensor([len(sequence) for sequence in sequences]),
    }


def put_before(prompt: torch.Tensor, embedded: torch.Tensor, batch: dict[str, torch.Tensor]) -> dict[str, torch.Tensor]:
    """A packed batch whose sequences all begin with the virtual tokens ``prompt``, (tokens, hidden): they are nodes like any.

    embedded: (1, nodes, hidden). Returns the batch with ``inputs_embeds`` in place of ``input_ids``.
    """
    count, (rows, longest) = len(prompt), batch["rows"].shape
    virtual = torch.arange(count, device=prompt.device)
    sequence, position = batch["owner"] // longest, batch["owner"] % longest
    return {
        "inputs_embeds": torch.cat([prompt.to(embedded.dtype)[None], embedded], dim=1),
        "position_ids": torch.cat([virtual[None], batch["position_ids"] + count], dim=1),
        "rows": torch.cat([virtual.expand(rows, -1), batch["rows"] + count], dim=1),
        "owner": torch.cat([virtual, sequence * (longest + count) + position + count]),
        "lengths": batch["lengths"] + count,
    }


def spread(states: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """Node states (1, heads, nodes, dim) -> whole sequences (batch, heads, longest, dim)."""
    _, heads, nodes, dim = states.shape
    flat = states.transpose(1, 2).reshape(nodes, heads * dim)
    return _take(flat, rows.flatten()).view(*rows.shape, heads, dim).transpose(1, 2)


def _take(table: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """``table[index]``, by gather: its backward is vectorised on a CPU, that of indexing is not."""
    return table.gather(0, index[:, None].expand(-1, table.shape[1]))


def packed_attention(module, query, key, value, attention_mask, *, rows, owner, scaling, dropout=0.0, virtual=None, **unused):
    """Causal attention of each sequence over itself, for transformers' attention interface.

    query (1, heads, nodes, dim), key and value (1, kv heads, nodes, dim). ``virtual``: per layer, the keys and values
    (kv heads, tokens, dim) that prefix tuning puts before every sequence. Returns (1, nodes, heads, dim).
    """
    # (IA)³ scales keys and values by fp32 vectors, whatever the backbone computes in.
    q, k, v = (spread(states.to(query.dtype), rows) for states in (query, key, value))
    before = 0
    if virtual is not None:
        k, v = with_virtual(k, v, virtual[module.layer_idx])
        before = k.shape[2] - q.shape[2]
        # Causal masks are square: the virtual tokens ask too, and their answers are thrown away.
        q = torch.cat([q.new_zeros(*q.shape[:2], before, q.shape[3]), q], dim=2)
    out = scaled_dot_product_attention(q, k, v, is_causal=True, scale=scaling, dropout_p=dropout, enable_gqa=True)
    out = out[:, :, before:].transpose(1, 2).reshape(rows.numel(), -1)
    return _take(out, owner).view(1, len(owner), query.shape[1], query.shape[3]), None


def with_virtual(k: torch.Tensor, v: torch.Tensor, virtual: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """Keys and values (batch, kv heads, tokens, dim) with ``virtual`` (2, kv heads, virtual tokens, dim) before them."""
    return tuple(
        torch.cat([more.to(states.dtype).expand(len(states), -1, -1, -1), states], dim=2)
        for more, states in zip(virtual, (k, v), strict=True)
    )


AttentionInterface.register(ATTENTION, packed_attention)
