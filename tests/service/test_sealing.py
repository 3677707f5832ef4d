"""Secrets of other systems in the database."""

from __future__ import annotations

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from service.sealing import Sealer, UnsealableError

PASSPHRASE = "a long and random text"


def test_what_is_sealed_is_not_to_be_seen_and_comes_back(tmp_path: Path) -> None:
    sealer = Sealer(PASSPHRASE, tmp_path)
    sealed = sealer.seal("hook-secret é")
    assert "hook-secret" not in sealed
    assert sealer.unseal(sealed) == "hook-secret é"
    assert not list(tmp_path.iterdir())


def test_another_key_opens_nothing_and_a_changed_text_neither(tmp_path: Path) -> None:
    sealed = Sealer(PASSPHRASE, tmp_path).seal("hook-secret")
    for sealer, kept in ((Sealer("another long text", tmp_path), sealed), (Sealer(PASSPHRASE, tmp_path), sealed[:-3])):
        with pytest.raises(UnsealableError, match="TELLTALE_SECRET_KEY"):
            sealer.unseal(kept)


def test_what_was_kept_as_it_was_is_still_read(tmp_path: Path) -> None:
    assert Sealer(PASSPHRASE, tmp_path).unseal("b5b6d2") == "b5b6d2"


def test_without_a_setting_processes_share_a_key_that_only_the_owner_reads(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with ThreadPoolExecutor(8) as pool:
        sealed = list(pool.map(lambda n: Sealer(None, data).seal(f"secret {n}"), range(8)))
    assert [Sealer(None, data).unseal(each) for each in sealed] == [f"secret {n}" for n in range(8)]
    (file,) = data.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
