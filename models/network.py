"""The network: one encoder, a head for sentences and a head for mentions. Needs torch (training only)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

from models.labels import KINDS, MARKS, NAMES, UNITS

__all__ = ["Batch", "Network"]

UNIT_WIDTH = 256
MARK_WIDTH = 192
KIND_WIDTH = 16
RARE = -4.0


@dataclass(frozen=True, slots=True)
class Batch:
    """Windows side by side. Pieces and mentions of all windows are numbered through.

    ids, mask: (windows, tokens). piece_*: (pieces,) window, marker, first, last token. mark_*: (mentions,) piece, first
    and last token, kind. units, unit_weight: (pieces, labels). marks, mark_weight: (mentions, labels).
    names: (windows, tokens) places in NAMES, -100 where nothing is learnt.
    """

    ids: Tensor
    mask: Tensor
    piece_window: Tensor
    piece_marker: Tensor
    piece_first: Tensor
    piece_last: Tensor
    units: Tensor
    unit_weight: Tensor
    mark_piece: Tensor
    mark_first: Tensor
    mark_last: Tensor
    mark_kind: Tensor
    marks: Tensor
    mark_weight: Tensor
    names: Tensor


class Network(nn.Module):
    """`encoder` is any transformers encoder; its hidden states feed two small heads."""

    def __init__(self, encoder: Any, *, dropout: float = 0.1) -> None:
        super().__init__()
        self.encoder = encoder
        width = encoder.config.hidden_size
        self.units = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(2 * width, UNIT_WIDTH),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(UNIT_WIDTH, len(UNITS)),
        )
        self.kinds = nn.Embedding(len(KINDS), KIND_WIDTH)
        self.marks = nn.Sequential(
            nn.Dropout(dropout),
            nn.Linear(3 * width + KIND_WIDTH, MARK_WIDTH),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(MARK_WIDTH, len(MARKS)),
        )

        self.names = nn.Linear(width, len(NAMES))
        # labels are rare: begin from that, not from even odds
        for head in (self.units, self.marks):
            nn.init.constant_(head[-1].bias, RARE)

    def forward(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Logits of the sentences' labels, the mentions' labels and the tokens' names."""
        hidden = self.encoder(input_ids=batch.ids, attention_mask=batch.mask).last_hidden_state
        # sums over tokens as differences of a running sum: means of any span without a loop
        running = torch.cat([torch.zeros_like(hidden[:, :1]), hidden.float().cumsum(1)], 1)
        marker = hidden[batch.piece_window, batch.piece_marker].float()
        mean = span_mean(running, batch.piece_window, batch.piece_first, batch.piece_last)
        units = self.units(torch.cat([marker, mean], 1))
        window = batch.piece_window[batch.mark_piece]
        mention = span_mean(running, window, batch.mark_first, batch.mark_last)
        parts = [mention, marker[batch.mark_piece], mean[batch.mark_piece], self.kinds(batch.mark_kind)]
        return units, self.marks(torch.cat(parts, 1)), self.names(hidden)


def span_mean(running: Tensor, window: Tensor, first: Tensor, last: Tensor) -> Tensor:
    total = running[window, last] - running[window, first]
    return total / (last - first).clamp(min=1).unsqueeze(1).float()
