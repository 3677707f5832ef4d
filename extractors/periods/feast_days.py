"""The days of each holiday, by calendar year and country.

Feasts that move by the moon, and those of one country, come from the `holidays` library; the few that every
country shares, or that are no public holiday, are reckoned here.
"""

from collections.abc import Callable
from datetime import date, timedelta
from functools import lru_cache

from extractors.periods.almanac import Span, month_span, nth_weekday

Reckoning = Callable[[int, str], Span | None]
"""The days of a feast in a calendar year, by country (ISO 3166, "US" where unknown)."""


_CATEGORIES = {"IN": ("public", "optional"), "IL": ("public", "optional", "school")}
"""Where the best known feasts are no public holidays for the library, the categories that have them."""


@lru_cache(maxsize=256)
def _public(country: str, year: int) -> dict[date, str]:
    """The public holidays of a country in a year, English names in lower case."""
    import holidays

    categories = _CATEGORIES.get(country)
    try:
        found = holidays.country_holidays(country, years=year, language="en_US", categories=categories)
    except NotImplementedError:
        return {}
    return {
        day: name.lower().removesuffix(" (estimated)")
        for day, name in found.items()
        if "observed" not in name and "substituted" not in name
    }


def _listed(*wanted: str, homes: tuple[str, ...]) -> Reckoning:
    """A feast by its names in the library: in the country asked for where it has it, else in the first home that does.

    Days in a row are one feast.
    """
    starts = tuple(f"{name} " for name in wanted)

    def days(year: int, country: str) -> Span | None:
        for place in (country, *homes):
            found = sorted(day for day, name in _public(place, year).items() if f"{name} ".startswith(starts))
            if found:
                # A day off before the feast itself ("Eid al-Fitr Holiday") is not its beginning.
                named = [day for day in found if not _public(place, year)[day].endswith(" holiday")]
                first = last = (named or found)[0]
                while last + timedelta(days=1) in found:
                    last += timedelta(days=1)
                return first, last
        return None

    return days


def _of_several(wanted: str, home: str) -> Reckoning:
    """A feast that shares its day's name with others ("cheti chand; gudi padwa; ugadi"), or takes several days."""

    def days(year: int, _: str) -> Span | None:
        found = sorted(day for day, name in _public(home, year).items() if wanted in name)
        return (found[0], found[-1]) if found else None

    return days


def _navratri(year: int, _: str) -> Span | None:
    """The nine days before Dussehra."""
    dussehra = _dussehra(year, "IN")
    return None if dussehra is None else (dussehra[0] - timedelta(days=9), dussehra[0] - timedelta(days=1))


def _dussehra(year: int, country: str) -> Span | None:
    """The last of the days that bear its name."""
    found = _DUSSEHRA(year, country)
    return None if found is None else (found[1], found[1])


def _mothers_day(year: int, country: str) -> Span | None:
    return _easter(-21)(year, country) if country in ("GB", "IE") else _nth(5, 6, 2)(year, country)


def _fathers_day(year: int, country: str) -> Span | None:
    return (_nth(9, 6, 1) if country in ("AU", "NZ") else _nth(6, 6, 3))(year, country)


def _fixed(month: int, day: int, days: int = 1) -> Reckoning:
    return lambda year, _: (date(year, month, day), date(year, month, day) + timedelta(days=days - 1))


def _nth(month: int, weekday: int, nth: int, shift: int = 0) -> Reckoning:
    def days(year: int, _: str) -> Span | None:
        day = nth_weekday(month_span(year, month), weekday, nth)
        return None if day is None else (day + timedelta(days=shift), day + timedelta(days=shift))

    return days


def _easter(shift: int, length: int = 1) -> Reckoning:
    def days(year: int, _: str) -> Span:
        first = easter_sunday(year) + timedelta(days=shift)
        return first, first + timedelta(days=length - 1)

    return days


def easter_sunday(year: int) -> date:
    """Easter of the western churches (the anonymous Gregorian reckoning)."""
    a, b, c = year % 19, year // 100, year % 100
    h = (19 * a + b - b // 4 - (b - (b + 8) // 25 + 1) // 3 + 15) % 30
    ell = (32 + 2 * (b % 4) + 2 * (c // 4) - h - c % 4) % 7
    m = (a + 11 * h + 22 * ell) // 451
    month, day = divmod(h + ell - 7 * m + 114, 31)
    return date(year, month, day + 1)


def _thanksgiving(year: int, country: str) -> Span | None:
    return _nth(10, 0, 2)(year, country) if country == "CA" else _nth(11, 3, 4)(year, country)


def _labour_day(year: int, country: str) -> Span | None:
    return _nth(9, 0, 1)(year, country) if country in ("US", "CA") else _WORKERS(year, country)


def _golden_week(year: int, country: str) -> Span:
    return (date(year, 10, 1), date(year, 10, 7)) if country == "CN" else (date(year, 4, 29), date(year, 5, 5))


def _midsummer(year: int, country: str) -> Span | None:
    """Midsummer Eve, the Friday between 19 and 25 June, when the Nordic countries stop."""
    day = nth_weekday((date(year, 6, 19), date(year, 6, 25)), 4, 1)
    return None if day is None else (day, day)


def _ramadan(year: int, country: str) -> Span | None:
    opening, eid = _RAMADAN(year, country), _EID(year, country)
    return None if opening is None or eid is None else (opening[0], eid[0] - timedelta(days=1))


_EID = _listed("eid al-fitr", "hari raya puasa", homes=("AE", "SA", "MY"))
_RAMADAN = _listed("first day of ramadan", homes=("MV", "BN"))
_WORKERS = _listed("labor day", "labour day", "workers' day", homes=("DE",))
_REPUBLIC = _listed("republic day", homes=("IN", "IT"))
_INDEPENDENCE = _listed("independence day", homes=("US",))
_NATIONAL = _listed("national day", homes=("CN",))
_ADHA = _listed("eid al-adha", "feast of the sacrifice", homes=("AE", "SA", "MY"))
_DIWALI = _listed("diwali", "deepavali", homes=("IN", "SG"))
_DUSSEHRA = _of_several("dussehra", "IN")
_LUNAR = _listed("chinese new year", "lunar new year", "spring festival", homes=("SG", "CN"))


def _oktoberfest(year: int, country: str) -> Span | None:
    opening = nth_weekday((date(year, 9, 16), date(year, 9, 22)), 5, 1)
    return None if opening is None else (opening, nth_weekday(month_span(year, 10), 6, 1) or opening)


FEASTS: tuple[tuple[str, Reckoning], ...] = (
    ("christmas day|christmas|xmas|x-mas", _fixed(12, 25)),
    ("christmas eve|xmas eve", _fixed(12, 24)),
    ("boxing day", _fixed(12, 26)),
    ("new year's eve|new years eve|nye|new year eve", _fixed(12, 31)),
    ("new year's day|new year's|new years day|new years", _fixed(1, 1)),
    ("the holidays|the holiday season|the festive season", lambda y, _: (date(y, 12, 24), date(y + 1, 1, 1))),
    ("the festive break|the christmas break|christmas break", lambda y, _: (date(y, 12, 24), date(y + 1, 1, 1))),
    ("easter sunday|easter", _easter(0)),
    ("easter weekend", _easter(-2, 4)),
    ("good friday", _easter(-2)),
    ("easter monday", _easter(1)),
    ("palm sunday", _easter(-7)),
    ("maundy thursday", _easter(-3)),
    ("holy week", _easter(-6, 5)),
    ("mardi gras|shrove tuesday|pancake day", _easter(-47)),
    ("tax day", _fixed(4, 15)),
    ("ash wednesday", _easter(-46)),
    ("ascension day|ascension", _easter(39)),
    ("whitsun|pentecost|whit sunday|whitsunday", _easter(49)),
    ("whit monday|pentecost monday", _easter(50)),
    ("corpus christi", _easter(60)),
    ("carnival", _easter(-50, 5)),
    ("thanks giving|thanksgiving day|thanksgiving", _thanksgiving),
    ("black friday", _nth(11, 3, 4, shift=1)),
    ("cyber monday", _nth(11, 3, 4, shift=4)),
    ("labor day|labour day", _labour_day),
    ("memorial day", _nth(5, 0, -1)),
    ("mlk day|martin luther king's day|martin luther king day", _nth(1, 0, 3)),
    ("presidents' day|presidents day|president's day|washington's birthday", _nth(2, 0, 3)),
    ("columbus day|indigenous peoples' day|indigenous peoples day", _nth(10, 0, 2)),
    ("veterans day|veterans' day|veteran's day", _fixed(11, 11)),
    ("remembrance day", _fixed(11, 11)),
    ("juneteenth", _fixed(6, 19)),
    ("mother's day|mothers day|mothers' day", _mothers_day),
    ("mothering sunday", _easter(-21)),
    ("father's day|fathers day", _fathers_day),
    ("halloween", _fixed(10, 31)),
    ("valentine's day|valentines day|valentine's|valentine day", _fixed(2, 14)),
    ("st patrick's day|st. patrick's day|saint patrick's day|st patricks day", _fixed(3, 17)),
    ("st paddy's day|st. paddy's day|st paddys day", _fixed(3, 17)),
    ("groundhog day", _fixed(2, 2)),
    ("earth day", _fixed(4, 22)),
    ("independence day", _INDEPENDENCE),
    ("republic day", _REPUBLIC),
    ("national day", _NATIONAL),
    ("canada day", _fixed(7, 1)),
    ("victoria day", _listed("victoria day", homes=("CA",))),
    ("family day", _listed("family day", homes=("CA", "ZA"))),
    ("australia day", _fixed(1, 26)),
    ("anzac day", _fixed(4, 25)),
    ("waitangi day", _fixed(2, 6)),
    ("melbourne cup day|melbourne cup", _nth(11, 1, 1)),
    ("heritage day", _fixed(9, 24)),
    ("bastille day", _fixed(7, 14)),
    ("guy fawkes night|bonfire night", _fixed(11, 5)),
    ("burns night", _fixed(1, 25)),
    ("st andrew's day", _fixed(11, 30)),
    ("all saints' day|all saints day|all saints|all saints'", _fixed(11, 1)),
    ("epiphany|three kings", _fixed(1, 6)),
    ("sinterklaas", _fixed(12, 5)),
    ("pongal|makar sankranti|sankranti", _fixed(1, 14)),
    ("midsummer|midsummer's eve|midsummer eve", _midsummer),
    ("may day", _fixed(5, 1)),
    ("king's day|kingsday", _fixed(4, 27)),
    ("oktoberfest", _oktoberfest),
    ("early may bank holiday|the may day bank holiday|first may bank holiday", _nth(5, 0, 1)),
    ("the may bank holiday|may bank holiday", _nth(5, 0, 1)),
    ("spring bank holiday|the late may bank holiday|late may bank holiday", _nth(5, 0, -1)),
    ("august bank holiday|the august bank holiday|summer bank holiday", _nth(8, 0, -1)),
    ("diwali|deepavali|divali", _DIWALI),
    ("vesak day|vesak", _listed("vesak", homes=("SG",))),
    ("holi", _listed("holi", homes=("IN",))),
    ("dussehra|dasara|vijayadashami", _dussehra),
    ("ugadi|yugadi|gudi padwa", _of_several("ugadi", "IN")),
    ("onam", _of_several("onam", "IN")),
    ("vishu", _of_several("vishu", "IN")),
    ("baisakhi|vaisakhi", _of_several("vaisakhi", "IN")),
    ("navratri|navaratri", _navratri),
    ("raksha bandhan|rakhi", _of_several("raksha bandhan", "IN")),
    ("ganesh chaturthi", _of_several("ganesh chaturthi", "IN")),
    ("janmashtami", _of_several("janmashtami", "IN")),
    ("maha shivaratri|mahashivratri|shivratri", _of_several("maha shivaratri", "IN")),
    ("guru nanak jayanti|gurpurab|guru nanak's birthday", _of_several("guru nanak", "IN")),
    ("gandhi jayanti", _fixed(10, 2)),
    ("eid al-fitr|eid al fitr|eid ul-fitr|eid ul fitr|eid", _EID),
    ("hari raya", _EID),
    ("eid al-adha|eid al adha|eid ul-adha|bakrid", _ADHA),
    ("ramadan|ramzan", _ramadan),
    ("chinese new year's day|chinese new year|lunar new year|cny", _LUNAR),
    ("golden week", _golden_week),
    ("mid-autumn festival", _listed("mid-autumn", homes=("CN", "HK"))),
    ("obon", _fixed(8, 13, 4)),
    ("chuseok", _listed("chuseok", homes=("KR",))),
    ("songkran", _fixed(4, 13, 3)),
    ("singles day|singles' day", _fixed(11, 11)),
    ("yom kippur", _listed("yom kippur", homes=("IL",))),
    ("rosh hashanah|rosh hashana|rosh hashanna", _listed("rosh hashanah", homes=("IL",))),
    ("hanukkah|hannukah|chanukah|hanukah", _listed("hanukkah", homes=("IL",))),
    ("sukkot", _listed("sukkot", homes=("IL",))),
    ("purim", _listed("purim", homes=("IL",))),
    ("passover|pesach", _listed("passover", "pesach", homes=("IL",))),
    ("fourth of july|the fourth of july|july fourth weekend", _fixed(7, 4)),
)  # fmt: skip
