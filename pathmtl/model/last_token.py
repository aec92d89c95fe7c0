"""The encoder's state at each prompt's last token, and nothing else (paper, section III-B2).

The paper uses one state per prompt. Below the last block every token is needed; in the last block the other tokens serve only
as keys and values, so their queries, output projections, and feed-forward passes are left out. The modules are transformers'
own; only the loop over them is written here, for the Llama architecture.
"""

from __future__ import annotations

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers import Cache
from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaModel, apply_rotary_pos_emb

from pathmtl.model.packing import prepend_virtual_keys, prepend_virtual_tokens, unpack_states


def last_token_states(
    model: LlamaModel,
    input_ids: torch.Tensor | None,
    inputs_embeds: torch.Tensor | None,
    past_key_values: Cache | None,
    **packed: torch.Tensor,
) -> torch.Tensor:
    """Normed hidden state at the last token of each packed sequence: the fast equivalent of the plain forward pass.

    Parameters
    ----------
    input_ids
        ``(1, nodes)``, from ``packing.pack``; or ``inputs_embeds`` in its place.
    inputs_embeds
        ``(1, virtual tokens + nodes, hidden)``: the nodes' embeddings behind those that PEFT's prompt tuning adds.
    past_key_values
        The keys and values that PEFT's prefix tuning puts before every sequence.
    packed
        ``positions``, ``rows``, ``owner``, and ``lengths`` from ``packing.pack``.

    Returns
    -------
    torch.Tensor
        ``(batch, hidden)``.
    """
    hidden = model.embed_tokens(input_ids) if inputs_embeds is None else inputs_embeds
    packed = prepend_virtual_tokens(packed, hidden.shape[1] - packed["positions"].shape[1])
    virtual = None
    positions = packed["positions"]
    if past_key_values is not None:
        virtual = [(layer.keys[0], layer.values[0]) for layer in past_key_values.layers]
        # The prefix's keys carry no rotation, but they take up the first positions.
        positions = positions + past_key_values.get_seq_length()
    rotary = model.rotary_emb(hidden, position_ids=positions)
    for layer in model.layers[:-1]:
        hidden = layer(hidden, position_embeddings=rotary, rows=packed["rows"], owner=packed["owner"], virtual=virtual)
    return model.norm(_last_block(model.layers[-1], hidden, rotary, packed["rows"], packed["lengths"], virtual))


def _last_block(layer: LlamaDecoderLayer, hidden, rotary, rows, lengths, virtual) -> torch.Tensor:
    """``LlamaDecoderLayer.forward`` with queries of the last tokens only: (1, nodes, hidden) -> (batch, hidden)."""
    attention = layer.self_attn
    last = rows[torch.arange(len(rows), device=rows.device), lengths - 1]
    normed = layer.input_layernorm(hidden)

    def heads(projected: torch.Tensor) -> torch.Tensor:
        return projected.view(1, projected.shape[1], -1, attention.head_dim).transpose(1, 2)

    cos, sin = rotary
    k, v = heads(attention.k_proj(normed)), heads(attention.v_proj(normed))
    q = heads(attention.q_proj(normed[:, last]))
    q, _ = apply_rotary_pos_emb(q, q, cos[:, last], sin[:, last])
    k, _ = apply_rotary_pos_emb(k, k, cos, sin)
    k, v = unpack_states(k.to(q.dtype), rows), unpack_states(v.to(q.dtype), rows)
    if virtual is not None:
        k, v = prepend_virtual_keys(k, v, virtual[attention.layer_idx])
    before = k.shape[2] - rows.shape[1]
    mask = torch.arange(k.shape[2], device=k.device) < (lengths + before)[:, None]
    # One query per sequence: (batch, heads, 1, dim).
    seen = scaled_dot_product_attention(
        q[0].transpose(0, 1)[:, :, None], k, v, attn_mask=mask[:, None, None], scale=attention.scaling, enable_gqa=True
    )
    state = hidden[0, last] + attention.o_proj(seen.reshape(len(rows), -1))
    return state + layer.mlp(layer.post_attention_layernorm(state))
