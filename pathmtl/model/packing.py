"""Batches of token sequences: padded for any decoder, or packed without waste for Llama's architecture.

Prompts of one task begin with the same tokens (its field and its classes), and with causal attention a token's state depends only
on what precedes it. So a packed batch is laid out as the nodes of a prefix tree: no padding token is computed, and a common
beginning is computed once; only attention, a few percent of the arithmetic, sees each whole sequence. The result is that of the
padded batch (``tests/test_model.py`` compares states and gradients).
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import AttentionInterface, AttentionMaskInterface
from transformers.integrations.sdpa_attention import sdpa_attention_forward
from transformers.masking_utils import sdpa_mask

#: Name under which transformers finds the attention below.
ATTENTION = "pathmtl_packed"


def pad(sequences: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
    """A batch of token sequences, padded on the right.

    Returns
    -------
    dict
        ``input_ids`` and ``attention_mask``, both ``(batch, longest)``; padding has token 0 and mask 0.
    """
    lengths = torch.tensor([len(sequence) for sequence in sequences])
    mask = (torch.arange(int(lengths.max())) < lengths[:, None]).long()
    ids = torch.zeros_like(mask)
    ids[mask.bool()] = torch.tensor([token for sequence in sequences for token in sequence])
    return {"input_ids": ids, "attention_mask": mask}


def pack(sequences: Sequence[Sequence[int]]) -> dict[str, torch.Tensor]:
    """A batch of token sequences as the nodes of their prefix tree.

    Returns
    -------
    dict
        ``input_ids`` and ``positions``, ``(1, nodes)``; ``rows``, ``(batch, longest)``: the node of each token, 0 beyond a
        sequence's end, where no real token looks; ``owner``, ``(nodes,)``: a node's first position in ``rows``, flattened;
        ``lengths``, ``(batch,)``.
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
        "positions": torch.tensor([positions]),
        "rows": torch.tensor(rows),
        "owner": torch.tensor(owner),
        "lengths": torch.tensor([len(sequence) for sequence in sequences]),
    }


def prepend_virtual_tokens(packed: dict[str, torch.Tensor], count: int) -> dict[str, torch.Tensor]:
    """Put virtual tokens, the same for all, before every sequence of a packed batch: they become its first nodes.

    Parameters
    ----------
    packed
        ``positions``, ``rows``, ``owner``, and ``lengths`` from ``pack``.
    count
        Number of virtual tokens.

    Returns
    -------
    dict
        The same names, ``count`` tokens longer.
    """
    if not count:
        return packed
    batch, longest = packed["rows"].shape
    virtual = torch.arange(count, device=packed["rows"].device)
    sequence, position = packed["owner"] // longest, packed["owner"] % longest
    return {
        "positions": torch.cat([virtual[None], packed["positions"] + count], dim=1),
        "rows": torch.cat([virtual.expand(batch, -1), packed["rows"] + count], dim=1),
        "owner": torch.cat([virtual, sequence * (longest + count) + position + count]),
        "lengths": packed["lengths"] + count,
    }


def unpack_states(states: torch.Tensor, rows: torch.Tensor) -> torch.Tensor:
    """Node states ``(1, heads, nodes, dim)`` to whole sequences ``(batch, heads, longest, dim)``; ``rows`` from ``pack``."""
    _, heads, nodes, dim = states.shape
    flat = states.transpose(1, 2).reshape(nodes, heads * dim)
    return _take(flat, rows.flatten()).view(*rows.shape, heads, dim).transpose(1, 2)


def _take(table: torch.Tensor, index: torch.Tensor) -> torch.Tensor:
    """``table[index]``, by gather: its backward pass is vectorized on a CPU, that of indexing is not."""
    return table.gather(0, index[:, None].expand(-1, table.shape[1]))


def packed_attention(
    module, query, key, value, attention_mask, *, rows=None, owner=None, scaling=None, dropout=0.0, virtual=None, **others
):
    """Causal attention of each packed sequence over itself, for transformers' attention interface.

    Parameters
    ----------
    query, key, value
        ``(1, heads, nodes, dim)``; keys and values may have fewer heads.
    rows, owner
        The layout from ``pack``; without ``rows``, this is transformers' own attention.
    virtual
        For each layer, the keys and values ``(kv heads, tokens, dim)`` that prefix tuning puts before every sequence.
    module, attention_mask, scaling, dropout
        As in transformers.

    Returns
    -------
    tuple
        The output, ``(1, nodes, heads, dim)``, and None in place of the attention weights.
    """
    if rows is None:
        return sdpa_attention_forward(module, query, key, value, attention_mask, scaling=scaling, dropout=dropout, **others)
    # (IA)³ scales keys and values by fp32 vectors, whatever the backbone computes in.
    q, k, v = (unpack_states(states.to(query.dtype), rows) for states in (query, key, value))
    before = 0
    if virtual is not None:
        k, v = prepend_virtual_keys(k, v, virtual[module.layer_idx])
        before = k.shape[2] - q.shape[2]
        # Causal masks are square: the virtual tokens get queries too, and their outputs are discarded.
        q = torch.cat([q.new_zeros(*q.shape[:2], before, q.shape[3]), q], dim=2)
    out = scaled_dot_product_attention(q, k, v, is_causal=True, scale=scaling, dropout_p=dropout, enable_gqa=True)
    out = out[:, :, before:].transpose(1, 2).reshape(rows.numel(), -1)
    return _take(out, owner).view(1, len(owner), query.shape[1], query.shape[3]), None


def prepend_virtual_keys(
    k: torch.Tensor, v: torch.Tensor, virtual: tuple[torch.Tensor, torch.Tensor]
) -> tuple[torch.Tensor, torch.Tensor]:
    """Put virtual keys and values before those of every sequence.

    Parameters
    ----------
    k, v
        ``(batch, kv heads, tokens, dim)``.
    virtual
        A pair of ``(kv heads, virtual tokens, dim)``.

    Returns
    -------
    tuple
        Keys and values, ``(batch, kv heads, virtual tokens + tokens, dim)``.
    """
    return tuple(
        torch.cat([more.to(states.dtype).expand(len(states), -1, -1, -1), states], dim=2)
        for more, states in zip(virtual, (k, v), strict=True)
    )


AttentionInterface.register(ATTENTION, packed_attention)
AttentionMaskInterface.register(ATTENTION, sdpa_mask)
