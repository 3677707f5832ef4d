"""Our scorer against the reference script: the same figures, the same table, the same differences."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from service.commands.evaluate import load, report
from service.commands.terminal import UnusableError

ROOT = Path(__file__).parents[2]
DEV = ROOT / "evaluation" / "dev"

Json = dict[str, Any]


def blurred(gold: list[Json], chance: random.Random) -> list[Json]:
    """Predictions that are wrong in every way there is: lost, made up, elsewhere, with other fields."""
    out: list[Json] = []
    for fact in gold:
        fact = json.loads(json.dumps({key: value for key, value in fact.items() if key != "optional"}))
        dice = chance.random()
        if dice < 0.2:
            continue
        if dice < 0.3:
            for piece in fact["evidence"]:
                piece["start"] += 5000
                piece["end"] += 5000
                piece["segment"] = None if piece["segment"] is None else piece["segment"] + 3
        elif dice < 0.6:
            for field, value in {"status": "none", "role": "close", "change": "later", "relation": "mentioned"}.items():
                if field in fact and chance.random() < 0.5:
                    fact[field] = value
            if fact.get("amount") and fact["amount"].get("low"):
                fact["amount"]["low"] *= 1.005 if chance.random() < 0.5 else 2
        elif dice < 0.7:
            out.append(fact)
        elif dice < 0.8 and fact.get("person"):
            fact["person"] = fact["person"].split()[-1]
        out.append(fact)
    chance.shuffle(out)
    return out


@pytest.mark.parametrize("options", [(), ("--by-document", "--misses", "3"), ("--json",)], ids=["table", "all", "json"])
@pytest.mark.parametrize("seed", [1, 2])
def test_scores_as_the_reference_does(options: tuple[str, ...], seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    conversations = [source for _, source in load(DEV, [])]
    assert len(conversations) == 31
    predictions = {source["id"]: blurred(source["gold"], chance) for source in conversations}
    lines = [json.dumps({"id": id, "signals": signals}) for id, signals in predictions.items()]
    (tmp_path / "predicted.jsonl").write_text("\n".join(lines), encoding="utf-8")
    reference = subprocess.run(
        [sys.executable, ROOT / "evaluation" / "score.py", DEV, tmp_path / "predicted.jsonl", *options],
        capture_output=True,
        encoding="utf-8",
        check=True,
        env={"PYTHONIOENCODING": "utf-8", "PYTHONHASHSEED": "0"},
    ).stdout
    ours = report(
        conversations, predictions, "--by-document" in options, 3 if "--misses" in options else 0, "--json" in options
    )
    assert "\n".join(ours) + "\n" == reference


def test_what_holds_nothing_to_score_is_refused(tmp_path: Path) -> None:
    refused: list[str] = []
    (tmp_path / "a.json").write_text("{broken")
    unlabelled = json.loads((DEV / "d-a-01.json").read_text())
    del unlabelled["gold"]
    (tmp_path / "b.json").write_text(json.dumps(unlabelled))
    assert load(tmp_path, refused) == []
    assert ["a.json" in refused[0], "gold: expected the list of labelled signals" in refused[1]] == [True, True]
    with pytest.raises(UnusableError, match="no such file or folder"):
        load(tmp_path / "nowhere", refused)
