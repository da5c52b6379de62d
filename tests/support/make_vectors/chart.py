"""Vectors for drawings, texts that break out of a page included."""

import random

from ledger.chart import bars_shape, temperature_shape, to_svg, weights_shape

MESSAGES = {
    "cold.limit": "4 °C",
    "cold.raw": "raw milk",
    "cold.title": "Temperatures",
    "phase.milk": "milk",
    "unit.CEL": "°C",
}
EVIL = '</title><script>alert("1")</script>&amp;\u202e\u0000\'\n🐫'
BAND = [
    [[0, 28_000, 45_000], [213, 91_900, 236_700]],
    [[1826, 400_000, 725_000], [14_610, 400_000, 725_000]],
]

BARS = {
    "nothing": [],
    "an-empty-bar": [["nothing", []]],
    "two-bars": [
        [
            "milk",
            [["here", 250, "250 kg"], ["water", 1400, "1400 kg"], ["dust", 1, "1 kg"]],
        ],
        ["powder", [["here", 251, "251 kg"], ["", 26, ""]]],
    ],
    "parts-of-nothing": [
        ["x", [["a", 0, "0"], ["b", -5, "-5"], ["c", 10**30, "much"]]]
    ],
    "hostile-words": [[EVIL, [[EVIL, 1, EVIL], [EVIL, 2, EVIL]]]],
    "more-parts-than-classes": [["x", [[f"p{n}", 7 + n, f"{n}"] for n in range(9)]]],
}
WEIGHTS = {
    "a-birth": [[0, 36_000, "36 kg", False]],
    "a-calf": [
        [0, 36_000, "a", False],
        [70, 80_000, "b", False],
        [99, 40_000, "c", True],
    ],
    "grown": [[3500, 540_000, "a", False], [3530, 12_000, "b", True]],
    "a-whole-life": [[0, 1, "a", False], [14_610, 5_000_000, "b", True]],
    "hostile-words": [[400, 100_000, EVIL, True]],
}
DAY = 86_400
COLD = {
    "nothing": [],
    "nothing-that-is-drawn": [
        [0, 5000, "milk"],
        [0, -5000, "milk"],
        [0, 36, "plant"],
        [0, 36, EVIL],
    ],
    "one": [[1_785_801_600, 36, "milk"]],
    "many-at-one-time": [
        [1_785_801_600, 36, "milk"],
        [1_785_801_660, 41, "milk"],
        [1_785_801_720, 30, "milk"],
        [1_785_801_720, 157, "road"],
        [1_785_801_600 + 40 * DAY, -12, "road"],
    ],
    "before-1970-and-late": [
        [-62_135_596_800, 30, "road"],
        [253_402_300_799, 40, "shop"],
    ],
}


def points():
    """Return many temperatures, the same each time."""
    chance = random.Random("cold")
    kinds = ["milk", "milk", "road", "shop"]
    return [
        [
            1_785_801_600 + chance.randrange(30 * DAY),
            chance.randrange(-90, 350),
            chance.choice(kinds),
        ]
        for _ in range(300)
    ]


def drawn(shape):
    """Return a shape as text."""
    return "" if shape is None else to_svg(shape)


def vectors():
    """Return the files of tests/vectors/chart."""
    return {
        "bars.json": {
            "about": "Bars with parts: label, size as text, size in words.",
            "cases": [
                {
                    "name": name,
                    "bars": [[t, [[a, str(n), w] for a, n, w in p]] for t, p in bars],
                    "svg": to_svg(bars_shape(name, bars)),
                }
                for name, bars in BARS.items()
            ],
        },
        "weights.json": {
            "about": "Age in days, weight in grams, title, whether outside the band.",
            "bands": BAND,
            "cases": [
                {
                    "name": name,
                    "points": listed,
                    "svg": to_svg(
                        weights_shape(name, listed, BAND, across="months", up="kg")
                    ),
                }
                for name, listed in WEIGHTS.items()
            ],
        },
        "temperatures.json": {
            "about": "Seconds since 1970, tenths of a degree, phase.",
            "messages": MESSAGES,
            "cases": [
                {
                    "name": name,
                    "points": listed,
                    "svg": drawn(temperature_shape(listed, messages=MESSAGES)),
                }
                for name, listed in {**COLD, "three-hundred": points()}.items()
            ],
        },
    }
