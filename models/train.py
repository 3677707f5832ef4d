"""Fine-tune an encoder on labelled conversations.

`train` takes examples (see models.examples), any transformers encoder (a folder or a hub's name), and a seed; it
reports progress through `say`. The same examples, base, seed and number of threads give the same weights.
"""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, get_linear_schedule_with_warmup

from models.examples import Example, Mark
from models.labels import KINDS, MARKS, MARKS_OF, NAMES, UNITS
from models.network import Batch, Network
from models.windows import Placed, Window, windows

__all__ = ["Settings", "Trained", "predictions", "save", "train"]

UNIT_PLACE = {label: place for place, label in enumerate(UNITS)}
MARK_PLACE = {label: place for place, label in enumerate(MARKS)}
KIND_PLACE = {kind: place for place, kind in enumerate(KINDS)}
UNKNOWN = -100


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    epochs: int = 14
    windows_a_batch: int = 4
    encoder_rate: float = 2e-4
    head_rate: float = 1e-3
    weight_decay: float = 0.01
    mark_share: float = 1.0
    name_share: float = 1.0
    seed: int = 7
    bfloat16: bool = True


@dataclass(frozen=True, slots=True)
class Trained:
    network: Network
    tokenizer: Tokenizer


@dataclass(frozen=True, slots=True)
class Item:
    """A window with what is to be learnt from it."""

    example: int
    window: Window
    marks: tuple[tuple[Mark, frozenset[str], int, int], ...]


def load_base(base: str) -> tuple[nn.Module, Tokenizer]:
    """The encoder and its tokenizer, without padding or truncation (windows are cut by us)."""
    encoder = AutoModel.from_pretrained(base, add_pooling_layer=False)
    tokenizer = AutoTokenizer.from_pretrained(base).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return encoder, tokenizer


def items_of(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Item]:
    out = []
    for number, example in enumerate(examples):
        for window in windows(example.pieces, tokenizer):
            placed = {place.piece: place for place in window.placed}
            marks = []
            for mark, labels in example.marks:
                place = placed.get(mark.piece)
                if place is not None and (span := token_span(place, mark)):
                    marks.append((mark, labels, *span))
            out.append(Item(number, window, tuple(marks)))
    return out


def token_span(place: Placed, mark: Mark) -> tuple[int, int] | None:
    """The window's tokens that a mention covers; None where it was cut off."""
    inside = [i for i, (start, end) in enumerate(place.offsets) if start < mark.end and end > mark.start]
    return (place.first + inside[0], place.first + inside[-1] + 1) if inside else None


def collate(items: Sequence[Item], examples: Sequence[Example], pad: int) -> Batch:
    longest = max(len(item.window.ids) for item in items)
    ids = torch.full((len(items), longest), pad)
    mask = torch.zeros((len(items), longest), dtype=torch.long)
    names = torch.full((len(items), longest), UNKNOWN)
    pieces: list[tuple[int, int, int, int]] = []
    units, weights, mark_rows, mark_labels, mark_weights = [], [], [], [], []
    for number, item in enumerate(items):
        example = examples[item.example]
        ids[number, : len(item.window.ids)] = torch.tensor(item.window.ids)
        mask[number, : len(item.window.ids)] = 1
        at = {}
        for place in item.window.placed:
            at[place.piece] = len(pieces)
            pieces.append((number, place.marker, place.first, place.last))
            row, weight = unit_row(example, place.piece)
            units.append(row)
            weights.append(weight)
            names[number, place.first : place.last] = name_row(example, place)
        for mark, labels, first, last in item.marks:
            mark_rows.append((at[mark.piece], first, last, KIND_PLACE[mark.kind]))
            mark_labels.append(torch.tensor([float(label in labels) for label in MARKS]))
            allowed = torch.zeros(len(MARKS))
            allowed[list(MARKS_OF[mark.kind])] = 1.0
            mark_weights.append(allowed)
    piece = torch.tensor(pieces)
    marks = torch.tensor(mark_rows or [(0, 0, 1, 0)])
    return Batch(
        ids=ids,
        mask=mask,
        piece_window=piece[:, 0],
        piece_marker=piece[:, 1],
        piece_first=piece[:, 2],
        piece_last=piece[:, 3],
        units=torch.stack(units),
        unit_weight=torch.stack(weights),
        mark_piece=marks[:, 0],
        mark_first=marks[:, 1],
        mark_last=marks[:, 2],
        mark_kind=marks[:, 3],
        marks=torch.stack(mark_labels or [torch.zeros(len(MARKS))]),
        mark_weight=torch.stack(mark_weights or [torch.zeros(len(MARKS))]),
        names=names,
    )


def name_row(example: Example, place: Placed) -> Tensor:
    """For each token of a piece its place in NAMES, UNKNOWN where nothing is to be learnt."""
    known = example.names[place.piece] if example.names else None
    if known is None:
        return torch.full((place.last - place.first,), UNKNOWN)
    row = torch.zeros(place.last - place.first, dtype=torch.long)
    for name in known:
        for token, (start, end) in enumerate(place.offsets):
            if start < name.end and end > name.start:
                row[token] = UNKNOWN if name.label is None else NAMES.index(name.label)
    return row


def unit_row(example: Example, piece: int) -> tuple[Tensor, Tensor]:
    """(labels, weights): nothing is learnt from context, nor from a label on which careful readers differ."""
    row, labels = torch.zeros(len(UNITS)), example.units[piece]
    if labels is None:
        return row, torch.zeros(len(UNITS))
    weight = torch.ones(len(UNITS))
    for label in labels:
        row[UNIT_PLACE[label]] = 1.0
    for label in example.unsure[piece]:
        weight[UNIT_PLACE[label]] = 0.0
    return row, weight


def train(
    examples: Sequence[Example],
    *,
    base: str,
    settings: Settings,
    say: Callable[[str], None],
    after_epoch: Callable[[int, Trained], None] | None = None,
) -> Trained:
    """The fine-tuned network. `say` gets a line an epoch."""
    random.seed(settings.seed)
    torch.manual_seed(settings.seed)
    encoder, tokenizer = load_base(base)
    network = Network(encoder)
    pad = tokenizer.token_to_id("[PAD]") or 0
    items = items_of(examples, tokenizer)
    positives = sum(len(labels or ()) for example in examples for labels in example.units)
    say(f"{len(examples)} conversations, {len(items)} windows, {positives} sentence labels")
    optimizer = torch.optim.AdamW(
        [
            {"params": network.encoder.parameters(), "lr": settings.encoder_rate},
            {
                "params": [p for n, p in network.named_parameters() if not n.startswith("encoder.")],
                "lr": settings.head_rate,
            },
        ],
        weight_decay=settings.weight_decay,
    )
    steps = settings.epochs * math.ceil(len(items) / settings.windows_a_batch)
    schedule = get_linear_schedule_with_warmup(optimizer, steps // 12, steps)
    order = random.Random(settings.seed)
    trained = Trained(network, tokenizer)
    for epoch in range(settings.epochs):
        network.train()
        total = 0.0
        for batch in batches(items, examples, settings.windows_a_batch, pad, order):
            with torch.autocast("cpu", torch.bfloat16, enabled=settings.bfloat16):
                units, marks, names = network(batch)
            loss = loss_of(units.float(), marks.float(), names.float(), batch, settings)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total += float(loss.detach())
        say(f"epoch {epoch + 1} of {settings.epochs}: loss {total * settings.windows_a_batch / len(items):.3f}")
        if after_epoch is not None:
            after_epoch(epoch + 1, trained)
    return trained


def batches(
    items: Sequence[Item], examples: Sequence[Example], size: int, pad: int, order: random.Random
) -> Iterator[Batch]:
    """Windows of like length together, in an order that changes each epoch."""
    shuffled = sorted(order.sample(range(len(items)), len(items)), key=lambda i: len(items[i].window.ids) // 48)
    groups = [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
    order.shuffle(groups)
    for group in groups:
        yield collate([items[i] for i in group], examples, pad)


def loss_of(units: Tensor, marks: Tensor, names: Tensor, batch: Batch, settings: Settings) -> Tensor:
    """Binary cross-entropy, a sentence's labels summed: what matters is that each rare label is seen."""
    sentences = nn.functional.binary_cross_entropy_with_logits(units, batch.units, batch.unit_weight, reduction="sum")
    mentions = nn.functional.binary_cross_entropy_with_logits(marks, batch.marks, batch.mark_weight, reduction="sum")
    learnt = int((batch.unit_weight.sum(1) > 0).sum())
    loss = sentences / max(learnt, 1) + settings.mark_share * mentions / max(len(marks), 1)
    if bool((batch.names != UNKNOWN).any()):
        loss = loss + settings.name_share * nn.functional.cross_entropy(
            names.flatten(0, 1), batch.names.flatten(), ignore_index=UNKNOWN
        )
    return loss


def predictions(
    trained: Trained, examples: Sequence[Example], *, windows_a_batch: int = 16
) -> Iterator[tuple[int, dict[int, Tensor], dict[Mark, Tensor]]]:
    """For each example its number, the probabilities of each piece's labels and of each mention's."""
    trained.network.eval()
    pad = trained.tokenizer.token_to_id("[PAD]") or 0
    items = items_of(examples, trained.tokenizer)
    results: dict[int, tuple[dict[int, Tensor], dict[Mark, Tensor]]] = {i: ({}, {}) for i in range(len(examples))}
    with torch.no_grad():
        for at in range(0, len(items), windows_a_batch):
            group = items[at : at + windows_a_batch]
            units, marks, _ = trained.network(collate(group, examples, pad))
            unit_rows, mark_rows = iter(units.sigmoid()), iter(marks.sigmoid())
            for item in group:
                pieces, mentions = results[item.example]
                for place in item.window.placed:
                    row = next(unit_rows)
                    if place.piece in item.window.counts:
                        pieces[place.piece] = row
                for mark, *_ in item.marks:
                    row = next(mark_rows)
                    if mark.piece in item.window.counts:
                        mentions[mark] = row
    for number, (pieces, mentions) in results.items():
        yield number, pieces, mentions


def save(trained: Trained, folder: Path) -> None:
    """Write encoder, heads and tokenizer into `folder`: encoder as transformers saves it, heads.pt, tokenizer.json."""
    trained.network.encoder.save_pretrained(folder)
    heads = {name: value for name, value in trained.network.state_dict().items() if not name.startswith("encoder.")}
    torch.save(heads, folder / "heads.pt")
    trained.tokenizer.save(str(folder / "tokenizer.json"))
