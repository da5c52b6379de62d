"""Vectors for how dates, times and numbers are said in a language."""

from ledger.wording import day, grouped

ENGLISH = {
    "date.day": "{day} {month} {year}",
    "date.month": "{month} {year}",
    "date.time": "{day}, {clock} ({zone})",
    "date.month.1": "Jan",
    "date.month.9": "Sep",
    "date.month.12": "Dec",
    "number.group": ",",
}
CHINESE = {
    "date.day": "{year}年{month}{day}日",
    "date.month": "{year}年{month}",
    "date.time": "{day} {clock}（{zone}）",
    "date.month.1": "1月",
    "date.month.9": "9月",
    "date.month.12": "12月",
}
UYGHUR = {
    "date.day": "{year}-يىلى {day}-{month}",
    "date.month": "{year}-يىلى {month}",
    "date.time": "{day}، {clock} ({zone})",
    "date.month.1": "يانۋار",
    "date.month.9": "سېنتەبىر",
    "date.month.12": "دېكابىر",
    "number.group": "\u202f",
}
HOSTILE = {
    "date.day": "{day}{day} {zone} {clock} {year} $& $1 \\1 {",
    "date.month": "{month} {day}",
    "date.time": "{month} {day} {clock} {toString}",
    "date.month.1": "{year} $&",
    "number.group": "$&\\1",
}
LOCALES = {"en": ENGLISH, "zh": CHINESE, "ug": UYGHUR, "hostile": HOSTILE, "none": {}}
VALUES = [
    "2026-09-03",
    "2026-09",
    "2026",
    "2026-12-31",
    "2026-01-00",
    "2026-01-32",
    "2026-13-01",
    "2026-00-10",
    "0000-01-01",
    "2026-02-30",
    "2026-09-03T13:30:59+08:00",
    "2026-09-03T13:30:59.25Z",
    "2026-12-31T00:00:00-09:30",
    "2026-01-01T23:59:59+00:00",
    "2026-01-01T23:59:59-00:00",
    "2026-01-01T23:59:59+14:00",
    "2026-01-01T23:59:59+00:30",
    "2026-99-99T99:99:99+99:99",
    "2026-9-3",
    "2026-09-03 13:30",
    "soon",
    "",
]
NUMBERS = [
    "0",
    "1234",
    "-1234",
    "12345",
    "-12345",
    "123456",
    "1234567.125",
    "1234.56789",
    "999999999999999",
    "1e9",
    "00001",
    "12345 kg",
    "١٢٣٤٥",
    "",
]

# What is meant, spelled out for a few; the others only hold the twins together.
MEANT = {
    ("en", "2026-09-03"): "3 Sep 2026",
    ("en", "2026-09"): "Sep 2026",
    ("en", "2026-09-03T13:30:59+08:00"): "3 Sep 2026, 13:30 (UTC+8)",
    ("en", "2026-09-03T13:30:59.25Z"): "3 Sep 2026, 13:30 (UTC)",
    ("en", "2026-12-31T00:00:00-09:30"): "31 Dec 2026, 00:00 (UTC-9:30)",
    ("en", "2026-01-32"): "2026-01-32",
    ("en", "2026-13-01"): "2026-13-01",
    ("zh", "2026-09-03"): "2026年9月3日",
    ("zh", "2026-09-03T13:30:59+08:00"): "2026年9月3日 13:30（UTC+8）",
    ("none", "2026-09-03T13:30:59+08:00"): "2026-09-03 13:30 (UTC+8)",
}


def vectors():
    """Return the file of this folder."""
    days = [
        {"lang": lang, "value": value, "want": day(value, messages)}
        for lang, messages in LOCALES.items()
        for value in VALUES
    ]
    said = {(case["lang"], case["value"]): case["want"] for case in days}
    wrong = {key: said[key] for key, want in MEANT.items() if said[key] != want}
    if wrong:
        raise ValueError(f"wording: got {wrong}")
    numbers = [
        {"lang": lang, "value": value, "want": grouped(value, messages)}
        for lang, messages in LOCALES.items()
        for value in NUMBERS
    ]
    return {
        "wording.json": {
            "about": "Dates, times and numbers, and how they are said in a language.",
            "messages": LOCALES,
            "days": days,
            "numbers": numbers,
        }
    }
