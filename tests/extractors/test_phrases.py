"""Phrase files: classes of words, and what makes a file unusable."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from extractors.phrases import CLASS, Pattern, Phrase, PhraseError, Words, load_phrases, phrase_of

WORDS = Words(
    {"paper": ["contract*", "order form"], "thing": ["{paper}", "proposal"], "round": ["{round}"]},
    "extractors/example/phrases.toml",
)


def phrase(**fields: object) -> Phrase:
    return phrase_of({"name": "n", "means": "m", "cues": ["{thing}"], **fields}, "example", None, WORDS)


@pytest.mark.parametrize("said", ["sign the contracts", "sign our order form", "sign a proposal"])
def test_a_class_in_a_pattern_stands_for_any_of_its_words(said: str) -> None:
    pattern = phrase(pattern=r"sign (?:the|our|a) {thing}").pattern
    assert pattern is not None
    assert pattern.search(said)


@pytest.mark.parametrize("said", ["sign the subcontract", "sign the proposals", "sign the order formula"])
def test_a_class_stands_for_whole_words(said: str) -> None:
    pattern = phrase(pattern=r"sign the .{0,4}{thing}").pattern
    assert pattern is not None
    assert not pattern.search(said)


def test_a_class_among_the_cues_gives_its_words_and_those_of_the_classes_it_names() -> None:
    assert phrase().cues == ("contract*", "order form", "proposal")


def test_repetitions_in_a_pattern_are_no_classes() -> None:
    assert CLASS.sub("-", r"a{2,3}b{4}") == r"a{2,3}b{4}"


def test_a_list_of_patterns_matches_where_any_does() -> None:
    pattern = phrase(pattern=["alpha", "beta {paper}"]).pattern
    assert pattern is not None
    assert pattern.search("alpha")
    assert pattern.search("beta contract")


def test_a_wrong_pattern_is_told_with_its_phrase() -> None:
    wrong = phrase(pattern="sign (the").pattern
    assert wrong is not None
    with pytest.raises(PhraseError, match=r"example: phrase 'n': the pattern is no regular expression"):
        wrong.search("sign the contract")


FAMILIES = Path(__file__).parents[2] / "extractors"


@pytest.mark.parametrize(
    "family", sorted({path.parent for path in FAMILIES.glob("*/*.toml")}), ids=lambda path: path.name
)
def test_every_pattern_of_a_family_is_a_regular_expression(family: Path) -> None:
    """They are compiled only when they are tried, so a wrong one would hide until then."""
    found = [file for file in sorted(family.glob("*.toml")) if "phrase" in tomllib.loads(file.read_text("utf-8"))]
    shared = sorted(
        file.name for file in family.glob("*.toml") if {"phrase", "words"} & set(tomllib.loads(file.read_text("utf-8")))
    )
    names = [file.name for file in found] + [name for name in shared if name == "words.toml"]
    for each in load_phrases(f"extractors.{family.name}", *dict.fromkeys(names)) if found else ():
        for pattern in (each.pattern, each.unless):
            assert pattern is None or (isinstance(pattern, Pattern) and pattern.compiled())


@pytest.mark.parametrize("name", ["absent", "round"])
def test_an_unknown_or_circular_class_is_named(name: str) -> None:
    with pytest.raises(PhraseError, match=rf"\{{{name if name == 'absent' else 'round'}\}}.*paper, round, thing"):
        phrase(pattern=f"{{{name}}}")


def package_of(files: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of phrase files, to be loaded by its name."""
    name = f"family_of_{folder.name}"
    (folder / name).mkdir()
    (folder / name / "__init__.py").touch()
    for file, text in files.items():
        (folder / name / file).write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(str(folder))
    return name


def test_the_files_of_a_family_share_their_classes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = '[words]\npaper = ["contract"]\n'
    phrases = '[[phrase]]\nname = "n"\nmeans = "m"\ncues = ["{paper}"]\npattern = "sign the {paper}"\n'
    package = package_of({"words.toml": words, "phrases.toml": phrases}, tmp_path, monkeypatch)
    (found,) = load_phrases(package, "words.toml", "phrases.toml")
    assert found.cues == ("contract",)
    assert found.pattern is not None
    assert found.pattern.search("sign the contract")
    with pytest.raises(PhraseError, match="no class"):
        load_phrases(package)


def test_a_class_told_twice_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    words = '[words]\npaper = ["contract"]\n'
    package = package_of({"one.toml": words, "two.toml": words}, tmp_path, monkeypatch)
    with pytest.raises(PhraseError, match=r"two\.toml.*\{paper\}"):
        load_phrases(package, "one.toml", "two.toml")
