"""Vectors for the parts of a text that are set apart in a page read from the right."""

from ledger.direction import pieces

TEXTS = [
    "",
    "سۈت",
    "2 قەدەم ئىلگىرى",
    "سۈت 2026-08-05-pm",
    "سۈت باكى sim-keping-plant 2026-08-05-heated",
    "2026-يىلى 23-ئاۋغۇست، 13:30 (UTC+8)",
    "(01) 09520123456788 (10) L/1 · 12,500 kg",
    "چۈشۈش -0.52 °C، 3 دانە",
    "ئاي-5",
    "(-5 °C)",
    "كود #c=7.Ab-_ ۋە /passport",
    "سۈت/سۈت سۈت#b",
    "3.2 % by mass",
    "T89R73JF (7 دانە)",
    "(S01) دىن",
    "S01) دىن",
    "(S01 دىن",
    "a (b (c) دىن",
    "f(x))y(",
    "((((",
    "))))a((((",
    "demo.caravan.example/milk-e19f6890.",
    "Camel milk powder (simulated)",
    "乳粉 2026年8月",
    "杭州门店 1 · Hangzhou shop 1（模拟 · simulated） · shop-1دىن",
    "名称（سۈت）",
    "Ünal · Мал 5",
    "ئەسلى: a, b، c!",
    "100%دىن +5",
    "12345",
    "12 345",
    "١٢٣-٤",
    "a\nb\u2067c",
    "😀-5😀 (😀a)",
    "A" + "!" * 50 + "سۈت",
]


def vectors():
    """Return the file of this folder."""
    return {
        "pieces.json": {
            "about": "Texts, and which of their parts are set apart.",
            "cases": [{"text": text, "want": pieces(text)} for text in TEXTS],
        }
    }
