"""Text of bytes whose character set is told, and often told wrongly."""

from __future__ import annotations

import codecs
import re

__all__ = ["decoded"]

CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}")
# What calls itself so and what it really is: browsers read it the same way.
REALLY = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "iso8859-1": "cp1252"}
REALLY |= {"us-ascii": "utf-8", "ascii": "utf-8", "ansi_x3.4-1968": "utf-8", "utf8mb4": "utf-8"}
REALLY |= {"gb2312": "gb18030", "gbk": "gb18030", "ks_c_5601-1987": "cp949", "shift_jis": "cp932", "shift-jis": "cp932"}
REALLY |= {"iso-8859-9": "cp1254", "tis-620": "cp874", "windows-874": "cp874", "iso-8859-8-i": "iso-8859-8"}
HALVES = re.compile("[\ud800-\udfff]")
# Not character sets of mail, and slow or failing in their own ways.
UNFIT = {"punycode", "idna", "undefined", "unicode_escape", "raw_unicode_escape", "mbcs", "oem"}


def decoded(data: bytes, charset: str | None) -> str:
    """Text of bytes: a charset that nobody knows, or that is not the real one, costs characters and never fails."""
    if charset is None and data.isascii():
        return data.decode("ascii")
    named = (charset or "utf-8").strip(" \"'").partition("*")[0].lower()
    really = REALLY.get(named, named)
    # Western text is hardly ever valid UTF-8 by chance: where it is, the header is wrong.
    names = ("utf-8", really) if really == "cp1252" else (really, "utf-8")
    for name in names:
        if CHARSET.fullmatch(name):
            try:
                if codecs.lookup(name).name.replace("-", "_") not in UNFIT:
                    return whole(data.decode(name))
            except (LookupError, ValueError):
                continue
    return data.decode("cp1252", "replace")


def whole(text: str) -> str:
    """Without byte order mark and without halves of characters, which no database takes."""
    return HALVES.sub("\ufffd", text.removeprefix("\ufeff"))
