"""Pipeline files: those that ship, their stories, and every way in which one can be wrong."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine import Pipeline, PipelineError
from engine.pipeline import SHIPPED
from engine.pipeline_cases import cases_beside, run_cases

NAMES = ["b2b", "b2b-rules", "lead"]
SMALL = """\
name = "small"

[[stages]]
id = "first"
probability = 10
days = [1, 3]

[[stages.gates]]
id = "mail"
because = "A mail came."
met_by = { field = "emails.inbound", at_least = 1 }

[[stages]]
id = "second"
probability = 50
days = [2, 4]

[[stages.gates]]
id = "agreed"
because = "Pricing is agreed."
met_by = { field = "pricing.status", is = "agreed" }

[[stages]]
id = "won"
probability = 100
closed = "won"

[[stages]]
id = "lost"
probability = 0
closed = "lost"

[[rules]]
id = "sent"
because = "The proposal was sent."
on = ["document.sent"]
advance = { to = "second" }
"""


@pytest.mark.parametrize("name", NAMES)
def test_what_ships_holds_its_stories(name: str) -> None:
    text = cases_beside(name)
    assert text is not None
    for outcome in run_cases(Pipeline.load(name), text):
        assert not outcome.wrong, f"{outcome.says} {outcome.wrong}"


def test_a_story_that_does_not_hold_says_what_came_of_it() -> None:
    text = '[[cases]]\nsays = "x"\nevents = [{ day = 1, type = "clock" }]\nbecomes = "discovery"\nby = "gates"\n'
    assert run_cases(Pipeline.load("b2b"), text)[0].wrong == "wanted discovery by gates, got identified by no rule"
    bad = '[[cases]]\nsays = "x"\nevents = [{ day = 1, type = "party" }]\nbecomes = "discovery"\n'
    assert "type" in run_cases(Pipeline.load("b2b"), bad)[0].wrong
    assert run_cases(Pipeline.load("b2b"), '[[cases]]\nsays = "x"\nevents = []\n')[0].wrong == "'becomes' is missing"


def test_a_small_pipeline_is_enough() -> None:
    pipeline = Pipeline.from_text(SMALL)
    assert [stage.id for stage in pipeline.stages] == ["first", "second", "won", "lost"]
    assert pipeline.stages[1].average_days == 3
    assert pipeline.alerts == Pipeline.load("b2b").alerts, "what is left out is as in b2b"
    assert pipeline.health == Pipeline.load("b2b").health
    assert pipeline.close_date == Pipeline.load("b2b").close_date


def test_a_version_is_of_the_content() -> None:
    first = Pipeline.from_text(SMALL)
    assert Pipeline.from_text("# A comment.\n" + SMALL).version == first.version
    assert Pipeline.from_text(SMALL.replace("at_least = 1", "at_least = 2")).version != first.version
    assert first.label == f"small@{first.version}"
    assert first.to_json()["version"] == first.version


@pytest.mark.parametrize("name", NAMES)
def test_a_pipeline_is_shown_whole(name: str) -> None:
    shown = json.loads(json.dumps(Pipeline.load(name).to_json()))
    assert list(shown)[:2] == ["name", "version"]
    assert shown["alerts"]["stage_1_5x"]["after"] == 1.5
    assert shown["health"]["risks"]["stale"] == -5
    assert shown["stages"][0]["gates"]


def test_what_a_file_leaves_out_is_shown_too() -> None:
    text = SMALL.replace(
        'name = "small"', 'name = "small"\nholidays = [2026-12-25]\nalerts = { stale = { after = 40 } }'
    )
    shown = Pipeline.from_text(text).to_json()
    assert shown["alerts"]["stale"] == {
        "after": 40,
        "to": ["rep", "manager"],
        "suggest": shown["alerts"]["stale"]["suggest"],
    }
    assert shown["holidays"] == ["2026-12-25"]
    assert shown["close_date"]["multiplier"] == {"fast": 0.7, "steady": 1, "slow": 1.5}


def test_a_file_may_extend_one_that_extends_another() -> None:
    pipeline = Pipeline.from_text('extends = "b2b-rules"\nname = "mine"\napprovals_expire_days = 9\n')
    assert (pipeline.gate_policy, pipeline.approvals_expire_days) == (Pipeline.load("b2b-rules").gate_policy, 9)
    assert [stage.id for stage in pipeline.stages] == [stage.id for stage in Pipeline.load("b2b").stages]


def test_a_file_is_loaded_by_its_path(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALL, encoding="utf-8")
    assert Pipeline.load(path).name == "small"
    assert Pipeline.load(str(path)).name == "small"
    with pytest.raises(OSError, match="missing"):
        Pipeline.load("missing")


# What is changed in the small file, the line to be named, and words of the problem and of its mend.
WRONG: list[tuple[str, str, int, str]] = [
    ('name = "small"', 'name = small"', 1, "TOML"),
    ('name = "small"\n', "", 1, 'name is missing. Add name = "..."'),
    ('name = "small"', 'name = "small"\nnme = 1', 2, '"nme" is not known here. Did you mean "name"?'),
    ('advance = { to = "second" }', 'advance = { to = "secnd" }', 37, 'no stage "secnd". Did you mean "second"?'),
    ('advance = { to = "second" }', 'advance = { to = "first" }', 37, "has no effect"),
    ('advance = { to = "second" }', 'advance = { from = "second", to = "second" }', 37, "has no effect"),
    ('advance = { to = "second" }', 'advance = { from = "second", to = "next" }', 37, "has no effect"),
    ('advance = { to = "second" }', 'advance = { to = "won" }', 37, 'Use closes = "won"'),
    ('advance = { to = "second" }', "", 34, 'rule "sent" has no effect'),
    ('advance = { to = "second" }', 'regress = { to = "second" }', 37, "has no effect"),
    ('on = ["document.sent"]', 'on = ["document.send"]', 36, 'Did you mean "document.sent"?'),
    ('on = ["document.sent"]\n', "", 33, "listens to nothing"),
    ('"emails.inbound"', '"emails.inbond"', 11, 'no field "emails.inbond". Did you mean "emails.inbound"?'),
    ('"emails.inbound"', '"event.minutes"', 11, "a gate could never be met by it"),
    ("at_least = 1", 'at_least = "one"', 11, "should be a number"),
    ("at_least = 1", "at_lest = 1", 11, 'cannot be compared by "at_lest". Did you mean "at_least"?'),
    ("at_least = 1", "at_least = 1, at_most = 2", 11, "exactly one operator"),
    ('is = "agreed"', 'is = "agred"', 21, '"agred" can never be: nothing can meet this. Did you mean "agreed"?'),
    ('met_by = { field = "emails.inbound", at_least = 1 }', "met_by.all = []", 11, "list of conditions"),
    (
        'met_by = { field = "emails.inbound", at_least = 1 }',
        'met_by.all = [{ field = "emails.inbound", at_least = 2 }, { field = "emails.inbound", below = 2 }]',
        11,
        'nothing can meet gate "mail"',
    ),
    (
        'met_by = { field = "pricing.status", is = "agreed" }',
        'met_by.all = [{ field = "pricing.status", is = "agreed" }, { field = "pricing.status", is = "quoted" }]',
        21,
        'nothing can meet gate "agreed"',
    ),
    (
        'met_by = { field = "pricing.status", is = "agreed" }',
        'met_by.all = [{ field = "champion.advocating", is = true }, { field = "champion.advocating", is = false }]',
        21,
        'nothing can meet gate "agreed"',
    ),
    (
        'met_by = { field = "pricing.status", is = "agreed" }',
        'met_by = { field = "emails.inbound", below = 0 }',
        21,
        'nothing can meet gate "agreed"',
    ),
    (
        'advance = { to = "second" }',
        'when = { field = "event.minutes", at_least = 1 }\nflag = "x"',
        37,
        "can never fire",
    ),
    ('advance = { to = "second" }', 'update = "budget"', 37, "nothing it listens to tells the budget"),
    (
        'advance = { to = "second" }',
        'regress = { to = "first", after_days = 3 }',
        37,
        "only the departure of a person can wait",
    ),
    ('id = "second"', 'id = "first"', 14, 'a second stage "first"'),
    ('id = "second"', 'id = "Second Stage"', 14, "is no id"),
    ('id = "agreed"', 'id = "agreed"\nweight = 3', 20, '"weight" is not known here'),
    ("probability = 10\n", "probability = 110\n", 5, "whole number from 0 to 100"),
    ("probability = 10\n", "", 3, "whole number from 0 to 100"),
    ("days = [1, 3]", "days = [3, 1]", 6, "Write days = [14, 30]"),
    ("days = [1, 3]\n", "", 3, 'where a deal ends here, add closed = "won" or "lost"'),
    ('name = "small"', 'name = "small"\napprovals_expire_days = 0', 2, "whole number from 1 to 365"),
    ('name = "small"', 'name = "small"\napprovals_expire = 9', 2, 'Did you mean "approvals_expire_days"?'),
    ('closed = "lost"', 'closed = "gone"', 31, "Use one of: lost, won."),
    ('closed = "lost"', 'closed = "won"', 1, "one stage that is won and one that is lost"),
    ('name = "small"', 'name = "small"\ntimezone = "Mars/Base"', 2, 'no time zone "Mars/Base"'),
    ('name = "small"', 'name = "small"\nholidays = ["Xmas"]', 2, '"Xmas" is no date'),
    ('name = "small"', 'name = "small"\ngate_policy = "strickt"', 2, 'Did you mean "strict"?'),
    ('name = "small"', 'name = "small"\nextends = "b3b"', 2, 'no shipped pipeline "b3b". Did you mean "b2b"?'),
    ('name = "small"', 'name = "small"\nalerts = { stale = { after = -1 } }', 2, "number of 0 or more"),
    ('name = "small"', 'name = "small"\nhealth = { contacts = [[1, 2]] }', 2, "steps from 0 up"),
    ('name = "small"', 'name = "small"\nhealth = { risks = { stale = "bad" } }', 2, "whole number"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), WRONG, ids=[str(n) for n in range(len(WRONG))])
def test_a_wrong_file_is_refused_with_file_line_and_mend(old: str, new: str, line: int, words: str) -> None:
    assert SMALL.count(old) == 1
    with pytest.raises(PipelineError) as refused:
        Pipeline.from_text(SMALL.replace(old, new), source="mine.toml")
    said = [s for s in str(refused.value).splitlines() if words in s]
    assert said, str(refused.value)
    assert said[0].startswith(f"mine.toml:{line}: "), said[0]


def test_every_mistake_is_named_at_once() -> None:
    text = SMALL.replace("probability = 10\n", "probability = 110\n").replace('to = "second"', 'to = "secnd"')
    with pytest.raises(PipelineError) as refused:
        Pipeline.from_text(text)
    assert [mistake.line for mistake in refused.value.mistakes] == [5, 37]


LOOP = """
[[rules]]
id = "back"
because = "Back."
on = ["document.sent"]
when = { field = "event.document", is = "%s" }
regress = { to = "first" }
"""


def test_a_loop_is_refused() -> None:
    with pytest.raises(PipelineError, match='a loop: one event makes "sent" move a deal up and "back" move it down'):
        Pipeline.from_text(SMALL + LOOP % "proposal")
    apart = SMALL.replace("advance", 'when = { field = "event.document", is = "contract" }\nadvance')
    assert Pipeline.from_text(apart + LOOP % "proposal").rule("back") is not None


@pytest.mark.parametrize("count", [2, 3, 12, 13])
def test_a_pipeline_has_3_to_12_stages(count: int) -> None:
    gate = '[[stages.gates]]\nid = "g"\nbecause = "x"\nmet_by = { field = "emails.inbound", at_least = 1 }\n'
    open_stages = "".join(f'[[stages]]\nid = "s{n}"\nprobability = 1\ndays = [1, 2]\n{gate}' for n in range(count - 2))
    closed = "".join(f'[[stages]]\nid = "{end}"\nprobability = 0\nclosed = "{end}"\n' for end in ("won", "lost"))
    text = 'name = "n"\n' + open_stages + closed
    if 3 <= count <= 12:
        assert len(Pipeline.from_text(text).stages) == count
    else:
        with pytest.raises(PipelineError, match="3 to 12"):
            Pipeline.from_text(text)


def test_every_rule_says_why_and_every_shipped_file_points_to_its_schema() -> None:
    for name in NAMES:
        text = (SHIPPED / f"{name}.toml").read_text(encoding="utf-8")
        assert text.startswith("#:schema ./schema.json\n")
        assert all(rule.because.endswith(".") for rule in Pipeline.load(name).rules)


TABLE = {
    "identified": (5, 30, 90, 60, "intake"),
    "discovery": (15, 14, 30, 22, "intake"),
    "qualified": (25, 7, 14, 10.5, "nurture"),
    "proposal": (40, 14, 30, 22, "nurture"),
    "negotiation": (60, 14, 21, 17.5, "closing"),
    "closed_won": (100, None, None, None, None),
    "closed_lost": (0, None, None, None, None),
}


@pytest.mark.parametrize("name", TABLE)
def test_the_default_pipeline_is_the_specifications(name: str) -> None:
    pipeline = Pipeline.load("b2b")
    stage = pipeline.stages[pipeline.index(name)]
    assert (stage.probability, stage.min_days, stage.max_days, stage.average_days, stage.mode) == TABLE[name]
    assert stage.cap == 100
