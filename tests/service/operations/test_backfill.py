"""Very many conversations: read once, in shards that an interrupted run need not read again."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from service.commands import backfill, extract
from service.commands.terminal import UnusableError
from tests.service.samples import call, extract_marks, mail


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of what was read, by marks."""
    seen: list[str] = []

    def read(conversation: Any) -> Any:
        seen.append(conversation.id)
        return extract_marks(conversation)

    monkeypatch.setattr(extract, "the_extract", lambda: read)
    return seen


@pytest.fixture
def source(tmp_path: Path) -> Path:
    folder = tmp_path / "source"
    folder.mkdir()
    documents = [call(f"c-{n}", f"b1: yes [budget status=approved amount={n + 1}]") for n in range(7)]
    lines = [json.dumps(each) for each in documents]
    lines.insert(3, '{"id": "broken"}')
    (folder / "a.jsonl").write_text("\n".join(lines) + "\n\n")
    (folder / "b.json").write_text(json.dumps(mail("m-1", "hello [champion person=Dana status=advocating]")))
    (folder / "z.bin").write_bytes(b"nothing of ours")
    return folder


def run(source: Path, out: Path, **changed: Any) -> int:
    options: dict[str, Any] = {"format": "jsonl", "processes": 1, "shard": 3, "occurred_at": None}
    return backfill.run(str(source), out=str(out), **options | changed)


def results(out: Path) -> list[dict[str, Any]]:
    files = sorted(out.glob("part-*.jsonl"))
    return [json.loads(line) for file in files for line in file.read_text().splitlines()]


def test_everything_is_read_in_order_and_what_is_refused_is_named(
    source: Path, tmp_path: Path, reads: list[str]
) -> None:
    out = tmp_path / "out"
    assert run(source, out) == 1
    assert [each["id"] for each in results(out)] == [*(f"c-{n}" for n in range(7)), "m-1"]
    assert [each["signals"][0]["type"] for each in results(out)] == ["budget"] * 7 + ["champion"]
    refused = "".join(file.read_text() for file in out.glob("*.refused.txt"))
    assert "a.jsonl:4" in refused
    assert len(list(out.glob("part-*.jsonl"))) == 3


def test_a_run_that_was_interrupted_goes_on_where_it_stopped(
    source: Path, tmp_path: Path, reads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out, whole = tmp_path / "out", tmp_path / "whole"
    put = backfill.put

    def cut(file: Path, data: bytes) -> None:
        if file.name == "part-000001.done":
            raise KeyboardInterrupt
        put(file, data)

    monkeypatch.setattr(backfill, "put", cut)
    with pytest.raises(KeyboardInterrupt):
        run(source, out)
    assert reads == ["c-0", "c-1", "c-2", "c-3", "c-4"]
    monkeypatch.setattr(backfill, "put", put)
    reads.clear()
    assert run(source, out) == 1
    assert reads == ["c-3", "c-4", "c-5", "c-6", "m-1"]
    run(source, whole)
    assert results(out) == results(whole)
    reads.clear()
    assert run(source, out) == 1
    assert reads == []


def test_another_source_or_other_shards_need_another_folder(source: Path, tmp_path: Path, reads: list[str]) -> None:
    out = tmp_path / "out"
    run(source, out)
    for changed in ({"shard": 4}, {"format": "parquet"}):
        with pytest.raises(UnusableError, match="another folder"):
            run(source, out, **changed)
    with pytest.raises(UnusableError, match="another folder"):
        run(source / "a.jsonl", out)
    with pytest.raises(UnusableError, match="empty folder"):
        run(source, source)
    with pytest.raises(UnusableError, match="no such"):
        run(tmp_path / "none", tmp_path / "new")
    with pytest.raises(UnusableError, match="--format"):
        run(source, tmp_path / "new", format="csv")
    assert not (tmp_path / "new").exists()


def test_parquet_comes_out_with_a_row_for_each_signal(source: Path, tmp_path: Path, reads: list[str]) -> None:
    out = tmp_path / "out"
    run(source, out, format="parquet")
    rows = [row for file in sorted(out.glob("*.parquet")) for row in pq.read_table(file).to_pylist()]
    assert [row["conversation"] for row in rows] == [*(f"c-{n}" for n in range(7)), "m-1"]
    assert json.loads(rows[2]["signal"])["amount"]["low"] == 3
    assert rows[2]["words"] == "[budget status=approved amount=3]"
    assert rows[2]["deal"] == "D-1"


def test_parquet_goes_in_as_json_or_as_fields(tmp_path: Path, reads: list[str]) -> None:
    document = call("c-1", "b1: yes [budget status=approved amount=5]")
    fields = {**document, "deal": {"id": "D-1", "account": "Hollis"}}
    pq.write_table(
        pa.Table.from_pylist([{"conversation": json.dumps(document)}, {"conversation": "{"}]), tmp_path / "a.parquet"
    )
    pq.write_table(pa.Table.from_pylist([fields, fields | {"id": "c-2"}]), tmp_path / "b.parquet")
    out = tmp_path / "out"
    assert run(tmp_path / "a.parquet", out) == 1
    assert "row 2" in (out / "part-000000.refused.txt").read_text()
    assert run(tmp_path / "b.parquet", tmp_path / "other") == 0
    assert reads == ["c-1", "c-1", "c-2"]


def test_several_processes_give_the_same(tmp_path: Path) -> None:
    """With the reading that is shipped, for processes of their own know no other."""
    source = tmp_path / "s.jsonl"
    lines = [json.dumps(call(f"c-{n}", "b1: Our budget of $80,000 is approved.")) for n in range(6)]
    source.write_text("\n".join(lines))
    assert run(source, tmp_path / "one", shard=2) == 0
    assert run(source, tmp_path / "two", shard=2, processes=2) == 0
    assert results(tmp_path / "one") == results(tmp_path / "two")
    assert len(results(tmp_path / "one")) == 6
