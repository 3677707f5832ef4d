"""From the trained network to the files that serve: encoder as ONNX with int8 weights, heads as arrays, tokenizer.

Needs torch and onnx (training only).
"""

from __future__ import annotations

import json
import tempfile
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import torch
from onnxruntime.quantization import QuantType, quantize_dynamic
from tokenizers import Tokenizer
from torch import Tensor, nn

from models.labels import KINDS, MARKS, NAMES, UNITS
from models.network import Network

__all__ = ["write"]

OPSET = 17


class Hidden(nn.Module):
    """The encoder with its last hidden state as the only output."""

    def __init__(self, encoder: Any) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(self, ids: Tensor, mask: Tensor) -> Tensor:
        hidden: Tensor = self.encoder(input_ids=ids, attention_mask=mask).last_hidden_state
        return hidden


def write(network: Network, tokenizer: Tokenizer, folder: Path) -> None:
    """encoder.onnx, heads.npz, tokenizer.json and labels.json; what was there is replaced."""
    folder.mkdir(parents=True, exist_ok=True)
    network.eval()
    with tempfile.TemporaryDirectory() as scratch, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        full = Path(scratch) / "encoder.onnx"
        ids = torch.ones((2, 8), dtype=torch.long)
        torch.onnx.export(
            Hidden(network.encoder),
            (ids, torch.ones_like(ids)),
            str(full),
            dynamo=False,
            opset_version=OPSET,
            input_names=["ids", "mask"],
            output_names=["hidden"],
            dynamic_axes={"ids": {0: "window", 1: "token"}, "mask": {0: "window", 1: "token"}},
        )
        quantize_dynamic(str(full), str(folder / "encoder.onnx"), per_channel=True, weight_type=QuantType.QInt8)
    heads = {
        "unit_in": network.units[1].weight,
        "unit_in_bias": network.units[1].bias,
        "unit_out": network.units[4].weight,
        "unit_out_bias": network.units[4].bias,
        "kinds": network.kinds.weight,
        "mark_in": network.marks[1].weight,
        "mark_in_bias": network.marks[1].bias,
        "mark_out": network.marks[4].weight,
        "mark_out_bias": network.marks[4].bias,
        "names": network.names.weight,
        "names_bias": network.names.bias,
    }
    arrays = {name: value.detach().numpy().astype(np.float32) for name, value in heads.items()}
    np.savez(folder / "heads.npz", **arrays)  # type: ignore[arg-type]
    tokenizer.save(str(folder / "tokenizer.json"))
    labels = {"units": list(UNITS), "marks": list(MARKS), "kinds": list(KINDS), "names": list(NAMES)}
    (folder / "labels.json").write_text(json.dumps(labels, indent=1) + "\n", encoding="utf-8")
