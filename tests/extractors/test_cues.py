"""Cue files: what cannot be used names itself."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from extractors.cues import CueError, cues_of


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "odd_family").mkdir()
    (tmp_path / "odd_family" / "__init__.py").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "odd_family", raising=False)
    cues_of.cache_clear()
    return "odd_family"


def write(package: str, text: str, tmp_path: Path) -> None:
    (tmp_path / package / "cues.toml").write_text(text)


def test_a_frame_says_where_the_words_must_stand(package: str, tmp_path: Path) -> None:
    write(package, "[old]\nframe = '(?:{words})\\s*$'\nwords = ['was', 'from']", tmp_path)
    assert cues_of(package)["old"].search("it was ")
    assert not cues_of(package)["old"].search("it was here")


@pytest.mark.parametrize("text", ["[old]\nwords = []", "[old]\nwords = ['(']"])
def test_what_is_wrong_is_named(package: str, tmp_path: Path, text: str) -> None:
    write(package, text, tmp_path)
    with pytest.raises(CueError, match=r"odd_family/cues.toml: \[old\]"):
        cues_of(package)
