"""The words of time, as data: what each names, and which neighbours tell a word of time from the same word without it."""

from extractors.periods.almanac import Unit

MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb febuary",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sep sept septemeber",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}

WEEKDAYS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "monday mon",
            "tuesday tue tues",
            "wednesday wed weds wednesay",
            "thursday thu thur thurs",
            "friday fri",
            "saturday sat",
            "sunday sun",
        )
    )
    for name in names.split()
}

CARDINALS: dict[str, int] = {
    name: number
    for number, name in enumerate(
        ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
    )
}
TENS: dict[str, int] = {
    name: 10 * number
    for number, name in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], start=2)
}
ORDINALS: dict[str, int] = {
    name: number
    for number, name in enumerate(
        ["first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth", "eleventh", "twelfth", "thirteenth", "fourteenth", "fifteenth", "sixteenth", "seventeenth", "eighteenth", "nineteenth", "twentieth"],
        start=1,
    )
} | {"thirtieth": 30}
NOUGHTS = frozenset({"oh", "o", "zero", "nought", "naught"})
ORDINAL_ENDINGS = frozenset({"st", "nd", "rd", "th"})

UNITS: dict[str, Unit] = {
    "day": "day",
    "days": "day",
    "week": "week",
    "weeks": "week",
    "wk": "week",
    "wks": "week",
    "month": "month",
    "months": "month",
    "mo": "month",
    "mos": "month",
    "mths": "month",
    "quarter": "quarter",
    "quarters": "quarter",
    "year": "year",
    "years": "year",
    "yr": "year",
    "yrs": "year",
    "fortnight": "week",  # two of them: the reader of durations doubles it
    "fortnights": "week",
}

# Words that can only follow a finished mention: "on the fifth we meet" is a day, "on the fifth floor" is none.
FOLLOWERS = frozenset(
    ["a", "about", "actually", "after", "again", "all", "although", "am", "an", "and", "anyway", "are", "around", "as", "at", "be", "because", "been", "before", "being", "between", "but", "by", "can", "could", "did", "do", "does", "during", "each", "either", "every", "for", "from", "get", "gets", "go", "goes", "had", "has", "have", "he", "hence", "here", "hey", "his", "how", "however", "i", "if", "in", "instead", "into", "is", "isn", "it", "its", "just", "last", "latest", "let", "like", "likely", "ll", "looks", "lunchtime", "made", "make", "makes", "may", "maybe", "me", "might", "mine", "must", "my", "next", "no", "noon", "not", "now", "of", "ok", "okay", "on", "only", "onward", "onwards", "or", "our", "perfect", "please", "probably", "provided", "rather", "re", "really", "right", "s", "said", "shall", "she", "should", "since", "so", "some", "something", "sometime", "soon", "still", "subject", "than", "thank", "thanks", "that", "the", "their", "them", "then", "there", "these", "they", "this", "though", "through", "thru", "till", "to", "today", "together", "too", "until", "unless", "up", "us", "ve", "very", "via", "was", "wasn", "we", "well", "were", "what", "when", "where", "which", "while", "who", "will", "with", "within", "without", "won", "work", "works", "would", "yeah", "yep", "yes", "you", "your", "first", "correct", "fine", "great", "good", "sharp", "morning", "afternoon", "evening", "night", "absolutely", "alright", "because", "cheers", "finally", "gives", "given", "got", "guys", "hopefully", "it'd", "per", "starting", "sounds", "sure", "they'll", "uh", "um"]
)
# Words before a bare "the 21st" that make it a day.
DAY_PREPOSITIONS = frozenset(
    ["on", "by", "until", "till", "til", "before", "after", "from", "for", "since", "around", "about", "through", "thru", "to", "between", "and", "or", "of", "past", "commencing", "beginning", "starting", "ending", "than", "say", "is", "it's", "latest", "now"]
)
# Words before a month or a year that make a doubtful one sure: "in may", "by march", "for 2027".
PERIOD_PREPOSITIONS = frozenset(
    ["in", "by", "of", "until", "till", "til", "since", "before", "after", "through", "thru", "throughout", "during", "from", "early", "mid", "late", "next", "last", "this", "end", "for", "around", "about", "between", "beginning", "start", "middle", "come", "into", "within", "late-ish", "past", "calendar", "over", "across"]
)
SUBJECTS = frozenset(["i", "you", "we", "they", "he", "she", "it", "that", "this", "who", "which", "there", "to", "not", "dont't", "these", "those", "one", "someone"])
# Verbs and particles that follow the verb march and the given names April, June, Jan, August.
MARCHING = frozenset(["on", "into", "up", "down", "over", "forward", "forwards", "along", "toward", "towards", "in", "out", "through", "ahead", "back", "off"])
NAME_BEFORE = frozenset(["hi", "hey", "hello", "dear", "thanks", "thank", "ask", "tell", "cc", "ping", "ms", "mrs", "mr"])
NAME_AFTER = frozenset(["said", "says", "asked", "told", "mentioned", "wants", "thinks", "sent", "joined", "emailed", "called", "replied"])

DATE_WORDS = frozenset(MONTHS) | frozenset(WEEKDAYS)
RECURRING = frozenset(["every", "each", "per"])

ZONES = frozenset(
    ["utc", "gmt", "bst", "cet", "cest", "eet", "eest", "est", "edt", "et", "cst", "cdt", "ct", "mst", "mdt", "mt", "pst", "pdt", "pt", "ist", "sgt", "jst", "hkt", "aest", "aedt", "awst", "nzst", "nzdt", "sast", "brt", "z"]
)
SOUTHERN = frozenset({"AU", "NZ", "ZA", "BR", "AR", "CL", "UY", "PY", "BW", "NA", "ZW", "MZ", "BO", "PE"})
SEASONS: dict[str, int] = {"spring": 3, "springtime": 3, "summer": 6, "summertime": 6, "autumn": 9, "fall": 9,
                           "winter": 12, "wintertime": 12}  # fmt: skip
