"""The encoder's state at each prompt's last token, and nothing else (paper, section III-B2).

The paper reads one state per prompt. Below the last block every token is needed; in the last block the other tokens serve as
keys and values only, so their queries, output projections and feed-forward passes are left out. Modules are transformers'
own; only the loop over them is written here, for the Llama architecture.
"""

from __future__ import annotations

import torch
from torch.nn.functional import scaled_dot_product_attention
from transformers.models.llama.modeling_llama import LlamaDecoderLayer, LlamaModel, apply_rotary_pos_emb

from pathmtl.model.packing import spread, with_virtual


def terminal_states(model: LlamaModel, batch: dict[str, torch.Tensor], virtual=None) -> torch.Tensor:
    """Normed hidden state at the last token of each sequence, (batch, hidden).

    batch: what ``packing.pack`` returns, with ``inputs_embeds`` in place of ``input_ids`` where virtual tokens stand before.
    """
    hidden = batch["inputs_embeds"] if "inputs_embeds" in batch else model.embed_tokens(batch["input_ids"])
    rows, lengths = batch["rows"], batch["lengths"]
    rotary = model.rotary_emb(hidden, position_ids=batch["position_ids"])
    for layer in model.layers[:-1]:
        hidden = layer(hidden, position_embeddings=rotary, rows=rows, owner=batch["owner"], virtual=virtual)
    return model.norm(_last_block(model.layers[-1], hidden, rotary, rows, lengths, virtual))


def _last_block(layer: LlamaDecoderLayer, hidden, rotary, rows, lengths, virtual) -> torch.Tensor:
    """``LlamaDecoderLayer.forward`` with queries of the terminal tokens only: (1, nodes, hidden) -> (batch, hidden)."""
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
    k, v = spread(k.to(q.dtype), rows), spread(v.to(q.dtype), rows)
    if virtual is not None:
        k, v = with_virtual(k, v, virtual[attention.layer_idx])
    before = k.shape[2] - rows.shape[1]
    mask = torch.arange(k.shape[2], device=k.device) < (lengths + before)[:, None]
    # One query per sequence: (batch, heads, 1, dim).
    seen = scaled_dot_product_attention(
        q[0].transpose(0, 1)[:, :, None], k, v, attn_mask=mask[:, None, None], scale=attention.scaling, enable_gqa=True
    )
    state = hidden[0, last] + attention.o_proj(seen.reshape(len(rows), -1))
    return state + layer.mlp(layer.post_attention_layernorm(state))
