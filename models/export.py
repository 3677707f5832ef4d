"""A trained network as one ONNX file of eight-bit weights, for serving without torch. Needs the extra `train`."""

from __future__ import annotations

import tempfile
from pathlib import Path

import torch
from onnxruntime.quantization import QuantType, quantize_dynamic

from models.encoder import MODEL_FILE, TOKENIZER_FILE
from models.train import Trained

__all__ = ["export"]

INPUTS = ("ids", "mask", "marker", "first", "last", "mark_view", "mark_first", "mark_last", "mark_kind")


def export(trained: Trained, folder: Path) -> None:
    """Write the model and its tokenizer into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    network = trained.network.eval()
    # plain attention can be written as a graph for any length; the fused kinds hold what their example had
    network.encoder.set_attn_implementation("eager")
    places = {
        "marker": [1, 3],
        "first": [2, 4],
        "last": [5, 7],
        "mark_view": [0, 1, 1],
        "mark_first": [2, 4, 5],
        "mark_last": [4, 5, 7],
        "mark_kind": [0, 1, 2],
    }
    tokens = torch.ones((2, 9), dtype=torch.long)
    example = (tokens, tokens.clone(), *(torch.tensor(places[name]) for name in INPUTS[2:]))
    axes = {name: {0: "mentions" if name.startswith("mark_") else "views"} for name in INPUTS}
    axes["ids"] = axes["mask"] = {0: "views", 1: "tokens"}
    with tempfile.TemporaryDirectory() as scratch:
        whole = Path(scratch) / "whole.onnx"
        torch.onnx.export(
            network,
            example,
            str(whole),
            input_names=list(INPUTS),
            output_names=["units", "marks"],
            dynamic_axes={**axes, "units": {0: "views"}, "marks": {0: "mentions"}},
            opset_version=17,
            dynamo=False,
        )
        quantize_dynamic(whole, folder / MODEL_FILE, weight_type=QuantType.QInt8, per_channel=True)
    trained.tokenizer.save(str(folder / TOKENIZER_FILE))
