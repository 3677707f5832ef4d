"""One line of what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

__all__ = ["Finding", "Grade", "fail", "ok", "warn"]


class Grade(StrEnum):
    OK = "ok"
    WARN = "warn"
    FAIL = "fail"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`told` is what was seen; `mend` what to do about it, None where nothing need be done."""

    about: str
    grade: Grade
    told: str
    mend: str | None = None


def ok(about: str, told: str) -> Finding:
    return Finding(about=about, grade=Grade.OK, told=told)


def warn(about: str, told: str, mend: str) -> Finding:
    return Finding(about=about, grade=Grade.WARN, told=told, mend=mend)


def fail(about: str, told: str, mend: str) -> Finding:
    return Finding(about=about, grade=Grade.FAIL, told=told, mend=mend)
