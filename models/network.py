"""The network: one encoder, a head for sentences and a head for mentions. Needs torch (training only)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from models.labels import KINDS, MARKS, UNITS

__all__ = ["Batch", "Network"]

UNIT_WIDTH = 256
MARK_WIDTH = 192
KIND_WIDTH = 16
RARE = -3.5


@dataclass(frozen=True, slots=True)
class Batch:
    """Views side by side; the mentions of all of them are numbered through.

    ids, mask: (views, tokens). marker, first, last: (views,) tokens of the sentence to judge. mark_view, mark_first,
    mark_last, mark_kind: (mentions,). units, unit_weight: (views, labels). marks, mark_weight: (mentions, labels).
    """

    ids: Tensor
    mask: Tensor
    marker: Tensor
    first: Tensor
    last: Tensor
    mark_view: Tensor
    mark_first: Tensor
    mark_last: Tensor
    mark_kind: Tensor
    units: Tensor
    unit_weight: Tensor
    marks: Tensor
    mark_weight: Tensor


class Network(nn.Module):
    """`encoder` is any transformers encoder; its hidden states feed two small heads."""

    def __init__(self, encoder: Any, *, dropout: float = 0.2) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.units = head(2 * width, UNIT_WIDTH, len(UNITS), dropout)
        self.kinds = nn.Embedding(len(KINDS), KIND_WIDTH)
        self.marks = head(3 * width + KIND_WIDTH, MARK_WIDTH, len(MARKS), dropout)

    def forward(
        self,
        ids: Tensor,
        mask: Tensor,
        marker: Tensor,
        first: Tensor,
        last: Tensor,
        mark_view: Tensor,
        mark_first: Tensor,
        mark_last: Tensor,
        mark_kind: Tensor,
    ) -> tuple[Tensor, Tensor]:
        """Logits of the sentences' labels and of the mentions' labels; the arguments are those of Batch."""
        hidden = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state.float()
        # sums over tokens as differences of a running sum: means of any span without a loop
        running = torch.cat([torch.zeros_like(hidden[:, :1]), hidden.cumsum(1)], 1)
        rows = torch.arange(ids.shape[0], device=ids.device)
        spoken = hidden[rows, marker]
        mean = span_mean(running, rows, first, last)
        units = self.units(torch.cat([spoken, mean], 1))
        mention = span_mean(running, mark_view, mark_first, mark_last)
        parts = [mention, spoken[mark_view], mean[mark_view], self.kinds(mark_kind)]
        return units, self.marks(torch.cat(parts, 1))


def head(width: int, hidden: int, labels: int, dropout: float) -> nn.Sequential:
    layers = nn.Sequential(
        nn.Dropout(dropout), nn.Linear(width, hidden), nn.GELU(), nn.Dropout(dropout), nn.Linear(hidden, labels)
    )
    # labels are rare: begin from that, not from even odds
    nn.init.constant_(layers[-1].bias, RARE)
    return layers


def span_mean(running: Tensor, view: Tensor, first: Tensor, last: Tensor) -> Tensor:
    total = running[view, last] - running[view, first]
    return total / (last - first).clamp(min=1).unsqueeze(1).float()
