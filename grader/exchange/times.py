"""Times as learning platforms write them, in the language of whoever downloads them."""

import datetime
import functools
import re

from babel import Locale

# No Czech, Polish or Croatian: "listopad" is November in one and October in another.
LANGUAGES = ("en", "de", "de_AT", "fr", "es", "it", "nl", "pt", "sv", "da", "nb", "fi")
NUMBERS = ("%d.%m.%Y %H:%M", "%d.%m.%Y, %H:%M", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d %H:%M")
WORD = r"(?P<month{}>[^\W\d_]+)\.?"
# "Friday, 27 November 2026, 2:03 PM", "Nov 27, 2026 203 PM", "Freitag, 27. November 2026, 14:03",
# "vendredi 27 novembre 2026, 14:03", "viernes, 27 de noviembre de 2026, 14:03"
WRITTEN = re.compile(
    rf"\D*?(?:(?P<day1>\d{{1,2}})(?:\.|er|º)?(?: de)? {WORD.format(1)},?(?: de)?"
    rf"|{WORD.format(2)} (?P<day2>\d{{1,2}}),?) (?P<year>\d{{4}})\D{{1,5}}"
    r"(?P<hour>\d{1,2})[:.h]?(?P<minute>\d\d)(?::\d\d)?(?: ?(?P<half>[ap])\.? ?m\.?| uhr)?",
    re.IGNORECASE,
)


@functools.cache
def months() -> dict[str, int]:
    """The number of each month by its names, whole and short, in all LANGUAGES."""
    found: dict[str, int] = {}
    for language in LANGUAGES:
        forms = Locale.parse(language).months["format"]
        for form in ("wide", "abbreviated"):
            found |= {name.casefold().rstrip("."): i for i, name in forms[form].items()}
    return found


def read(text: str, zone: datetime.tzinfo) -> datetime.datetime | None:
    """A time in one of the forms above; None if there is none, or in a form that is not known.

    zone: of the time, which names none.
    """
    words = " ".join(text.split())
    if found := WRITTEN.fullmatch(words):
        return _of(found, zone)
    for form in NUMBERS:
        try:
            return datetime.datetime.strptime(words, form).replace(tzinfo=zone)
        except ValueError:
            continue
    return None


def _of(found: re.Match[str], zone: datetime.tzinfo) -> datetime.datetime | None:
    month = months().get((found["month1"] or found["month2"]).casefold())
    day, hour = int(found["day1"] or found["day2"]), int(found["hour"])
    if found["half"] and hour <= 12:
        hour = hour % 12 + 12 * (found["half"].lower() == "p")
    try:
        moment = (int(found["year"]), month or 0, day, hour, int(found["minute"]))
        return datetime.datetime(*moment, tzinfo=zone)
    except ValueError:
        return None
