"""What goes wrong when JSON is turned into a value."""

from __future__ import annotations

__all__ = ["DecodeError"]


class DecodeError(ValueError):
    """A field holds something else than what was expected.

    `field` is a path (`segments[3].speaker`), `value` what stood there, `expected` a phrase in plain words.
    """

    def __init__(self, field: str, value: object, expected: str) -> None:
        self.field = field
        self.value = value
        self.expected = expected
        super().__init__(f"{field or 'the object'}: expected {expected}, got {show(value)}")

    def under(self, parent: str) -> DecodeError:
        """The same error seen from one level further out."""
        joint = "" if not self.field or self.field.startswith("[") else "."
        return DecodeError(f"{parent}{joint}{self.field}", self.value, self.expected)


def show(value: object) -> str:
    """A value as people read it in a message: short, and never megabytes of it."""
    if value is None:
        return "nothing"
    if isinstance(value, dict):
        return "an object"
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value[:60] if isinstance(value, str | bytes) else value)
    return text if len(text) <= 80 else text[:77] + "..."
