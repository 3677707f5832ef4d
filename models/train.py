"""Fine-tune an encoder on labelled conversations.

`train` takes examples (see models.examples), any transformers encoder (a folder or a hub's name), and a seed; it
reports progress through `say`. The same examples, base, seed and number of threads give the same weights.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from transformers import AutoModel, AutoTokenizer, get_linear_schedule_with_warmup

from models.examples import Example, Mark
from models.labels import KINDS, MARKS, MARKS_OF, UNITS
from models.network import Batch, Network
from models.windows import MARKERS, View, views

__all__ = ["Settings", "Trained", "items_of", "predictions", "save", "train"]

UNIT_PLACE = {label: place for place, label in enumerate(UNITS)}
MARK_PLACE = {label: place for place, label in enumerate(MARKS)}
KIND_PLACE = {kind: place for place, kind in enumerate(KINDS)}
# What stands beside evidence is hardly a counter-example: labellers quote the shortest clause.
BESIDE = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    epochs: int = 7
    views_a_batch: int = 32
    encoder_rate: float = 1.5e-4
    rate_decay: float = 0.85  # of each layer, of the one above it
    frozen_layers: int = 2
    head_rate: float = 1e-3
    weight_decay: float = 0.02
    mark_share: float = 1.0
    plain_share: float = 0.35  # of the sentences that no fact stands in or beside, in each epoch
    masked: float = 0.08  # of the tokens, hidden in training
    renamed: float = 0.3  # of the names, replaced by others
    seed: int = 7


@dataclass(frozen=True, slots=True)
class Trained:
    network: Network
    tokenizer: Tokenizer


@dataclass(frozen=True, slots=True)
class Item:
    """A view with what is to be learnt from it. `marks`: mention, its labels, its first and last token."""

    example: int
    view: View
    marks: tuple[tuple[Mark, frozenset[str], int, int], ...]
    plain: bool


def load_base(base: str) -> tuple[nn.Module, Tokenizer]:
    """The encoder and its tokenizer, without padding or truncation (views are cut by us)."""
    encoder = AutoModel.from_pretrained(base, add_pooling_layer=False)
    tokenizer = AutoTokenizer.from_pretrained(base).backend_tokenizer
    tokenizer.no_padding()
    tokenizer.no_truncation()
    return encoder, tokenizer


def items_of(examples: Sequence[Example], tokenizer: Tokenizer) -> list[Item]:
    """Every sentence of which something is known, as a view."""
    out = []
    for number, example in enumerate(examples):
        own = [index for index, labels in enumerate(example.units) if labels is not None]
        of_piece: dict[int, list[tuple[Mark, frozenset[str]]]] = {}
        for mark, labels in example.marks:
            of_piece.setdefault(mark.piece, []).append((mark, labels))
        for view in views(example.pieces, tokenizer, own):
            marks = tuple(
                (mark, labels, *span)
                for mark, labels in of_piece.get(view.piece, ())
                if (span := view.span(mark.start, mark.end))
            )
            near = range(max(0, view.piece - 1), min(len(example.units), view.piece + 2))
            plain = not any(example.units[index] for index in near) and not any(labels for _, labels, *_ in marks)
            out.append(Item(number, view, marks, plain))
    return out


def collate(items: Sequence[Item], examples: Sequence[Example], pad: int) -> Batch:
    longest = max(len(item.view.ids) for item in items)
    ids = torch.full((len(items), longest), pad)
    mask = torch.zeros((len(items), longest), dtype=torch.long)
    units, weights, mark_rows, mark_labels, mark_weights = [], [], [], [], []
    for number, item in enumerate(items):
        ids[number, : len(item.view.ids)] = torch.tensor(item.view.ids)
        mask[number, : len(item.view.ids)] = 1
        row, weight = unit_row(examples[item.example], item.view.piece)
        units.append(row)
        weights.append(weight)
        for mark, labels, first, last in item.marks:
            mark_rows.append((number, first, last, KIND_PLACE[mark.kind]))
            mark_labels.append(torch.tensor([float(label in labels) for label in MARKS]))
            allowed = torch.zeros(len(MARKS))
            allowed[list(MARKS_OF[mark.kind])] = 1.0
            mark_weights.append(allowed)
    place = torch.tensor([(item.view.marker, item.view.first, item.view.last) for item in items])
    marks = torch.tensor(mark_rows or [(0, 0, 1, 0)])
    return Batch(
        ids=ids,
        mask=mask,
        marker=place[:, 0],
        first=place[:, 1],
        last=place[:, 2],
        mark_view=marks[:, 0],
        mark_first=marks[:, 1],
        mark_last=marks[:, 2],
        mark_kind=marks[:, 3],
        units=torch.stack(units),
        unit_weight=torch.stack(weights),
        marks=torch.stack(mark_labels or [torch.zeros(len(MARKS))]),
        mark_weight=torch.stack(mark_weights or [torch.zeros(len(MARKS))]),
    )


def unit_row(example: Example, piece: int) -> tuple[Tensor, Tensor]:
    """(labels, weights): nothing is learnt from a label on which careful readers differ, little from the absence of one
    that a neighbour has."""
    row, weight = torch.zeros(len(UNITS)), torch.ones(len(UNITS))
    for index in (piece - 1, piece + 1):
        for label in (example.units[index] or ()) if 0 <= index < len(example.units) else ():
            weight[UNIT_PLACE[label]] = BESIDE
    for label in example.unsure[piece]:
        weight[UNIT_PLACE[label]] = 0.0
    for label in example.units[piece] or ():
        row[UNIT_PLACE[label]] = weight[UNIT_PLACE[label]] = 1.0
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
    items = items_of(examples, tokenizer)
    labelled = [item for item in items if not item.plain]
    plain = [item for item in items if item.plain]
    say(f"{len(examples)} conversations, {len(items)} sentences, {len(labelled)} of them in or beside a fact")
    optimizer = torch.optim.AdamW(groups_of(network, settings), weight_decay=settings.weight_decay)
    an_epoch = len(labelled) + int(len(plain) * settings.plain_share)
    steps = settings.epochs * (an_epoch // settings.views_a_batch + 1)
    schedule = get_linear_schedule_with_warmup(optimizer, steps // 12, steps)
    order = random.Random(settings.seed)
    spoil = Spoiler(items, tokenizer, settings)
    trained = Trained(network, tokenizer)
    for epoch in range(settings.epochs):
        network.train()
        total, seen = 0.0, 0
        chosen = labelled + order.sample(plain, int(len(plain) * settings.plain_share))
        for batch in batches([spoil(item, order) for item in chosen], examples, settings, tokenizer, order):
            with torch.autocast("cpu", torch.bfloat16):
                units, marks = forward(network, batch)
            loss = loss_of(units.float(), marks.float(), batch, settings)
            optimizer.zero_grad()
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimizer.step()
            schedule.step()
            total, seen = total + float(loss.detach()), seen + 1
        say(f"epoch {epoch + 1} of {settings.epochs}: loss {total / seen:.3f}")
        if after_epoch is not None:
            after_epoch(epoch + 1, trained)
    return trained


def forward(network: Network, batch: Batch) -> tuple[Tensor, Tensor]:
    units, marks = network(
        batch.ids,
        batch.mask,
        batch.marker,
        batch.first,
        batch.last,
        batch.mark_view,
        batch.mark_first,
        batch.mark_last,
        batch.mark_kind,
    )
    return units, marks


def groups_of(network: Network, settings: Settings) -> list[dict[str, Any]]:
    """Parameters with their rates: lower layers learn more slowly, the lowest and the words' vectors not at all."""
    layers: list[nn.Module] = list(network.encoder.encoder.layer)
    network.encoder.embeddings.requires_grad_(False)
    for layer in layers[: settings.frozen_layers]:
        layer.requires_grad_(False)
    out: list[dict[str, Any]] = [
        {
            "params": list(layer.parameters()),
            "lr": settings.encoder_rate * settings.rate_decay ** (len(layers) - 1 - depth),
        }
        for depth, layer in enumerate(layers)
        if depth >= settings.frozen_layers
    ]
    heads = [value for name, value in network.named_parameters() if not name.startswith("encoder.")]
    return [*out, {"params": heads, "lr": settings.head_rate}]


class Spoiler:
    """Makes what is learnt harder to know by heart: some tokens are hidden, some names are replaced by others."""

    def __init__(self, items: Sequence[Item], tokenizer: Tokenizer, settings: Settings) -> None:
        self.settings = settings
        self.mask: int = tokenizer.token_to_id("[MASK]") or 0
        self.special = {tokenizer.token_to_id(name) for name in ("[CLS]", "[SEP]", *MARKERS.values())}
        self.names: dict[tuple[str, int], list[list[int]]] = {}
        for item in items:
            for mark, _, first, last in item.marks:
                if kind := renamable(mark):
                    self.names.setdefault((kind, last - first), []).append(item.view.ids[first:last])

    def __call__(self, item: Item, order: random.Random) -> Item:
        view = item.view
        ids = list(view.ids)
        for mark, _, first, last in item.marks:
            kind = renamable(mark)
            if kind and order.random() < self.settings.renamed:
                ids[first:last] = order.choice(self.names[kind, last - first])
        for place, id in enumerate(ids):
            if order.random() < self.settings.masked and id not in self.special:
                ids[place] = self.mask
        changed = View(view.piece, ids, view.marker, view.first, view.last, view.offsets)
        return Item(item.example, changed, item.marks, item.plain)


def renamable(mark: Mark) -> str | None:
    """The kind of name that stands there, of which another may take the place."""
    kind = mark.kind.split(".")[0]
    return kind if kind in ("person", "company") else None


def batches(
    items: Sequence[Item], examples: Sequence[Example], settings: Settings, tokenizer: Tokenizer, order: random.Random
) -> Iterator[Batch]:
    """Views of like length together, in an order that changes each epoch."""
    size, pad = settings.views_a_batch, tokenizer.token_to_id("[PAD]") or 0
    shuffled = sorted(order.sample(range(len(items)), len(items)), key=lambda i: len(items[i].view.ids) // 12)
    groups = [shuffled[at : at + size] for at in range(0, len(shuffled), size)]
    order.shuffle(groups)
    for group in groups:
        yield collate([items[i] for i in group], examples, pad)


def loss_of(units: Tensor, marks: Tensor, batch: Batch, settings: Settings) -> Tensor:
    """Binary cross-entropy, a sentence's labels summed: what matters is that each rare label is seen."""
    sentences = nn.functional.binary_cross_entropy_with_logits(units, batch.units, batch.unit_weight, reduction="sum")
    mentions = nn.functional.binary_cross_entropy_with_logits(marks, batch.marks, batch.mark_weight, reduction="sum")
    return sentences / len(units) + settings.mark_share * mentions / max(len(marks), 1)


def predictions(
    trained: Trained, examples: Sequence[Example], *, views_a_batch: int = 64
) -> Iterator[tuple[int, dict[int, Tensor], dict[Mark, Tensor]]]:
    """For each example its number, the logits of each piece's labels and of each mention's."""
    trained.network.eval()
    pad = trained.tokenizer.token_to_id("[PAD]") or 0
    items = sorted(items_of(examples, trained.tokenizer), key=lambda item: len(item.view.ids))
    results: dict[int, tuple[dict[int, Tensor], dict[Mark, Tensor]]] = {i: ({}, {}) for i in range(len(examples))}
    with torch.no_grad():
        for at in range(0, len(items), views_a_batch):
            group = items[at : at + views_a_batch]
            units, marks = forward(trained.network, collate(group, examples, pad))
            mark_rows = iter(marks)
            for item, row in zip(group, units, strict=True):
                pieces, mentions = results[item.example]
                pieces[item.view.piece] = row
                for mark, *_ in item.marks:
                    mentions[mark] = next(mark_rows)
    for number, (pieces, mentions) in results.items():
        yield number, pieces, mentions


def save(trained: Trained, folder: Path) -> None:
    """Write encoder, heads and tokenizer into `folder`: encoder as transformers saves it, heads.pt, tokenizer.json."""
    trained.network.encoder.save_pretrained(folder)
    heads = {name: value for name, value in trained.network.state_dict().items() if not name.startswith("encoder.")}
    torch.save(heads, folder / "heads.pt")
    trained.tokenizer.save(str(folder / "tokenizer.json"))
