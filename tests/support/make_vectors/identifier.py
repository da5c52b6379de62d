"""Vectors for identifiers: one spelling each, and the others named after their lie."""

from tests.support.reference import identifier as reference

HOST = "ledger.example"
GS1 = "https://id.gs1.org/"
GTIN = "09520123456788"

TRUE = {
    "trade-item": f"01/{GTIN}",
    "lot": f"01/{GTIN}/10/ABC123",
    "lot-with-an-encoded-slash": f"01/{GTIN}/10/32a%2Fb",
    "lot-with-every-mark-encoded": f"01/{GTIN}/10/"
    + reference.encode("!\"%&'()*+,/:;<=>?"),
    "lot-with-an-encoded-percent": f"01/{GTIN}/10/A%252FB%25",
    "lot-of-unreserved-marks": f"01/{GTIN}/10/a._-z",
    "lot-of-three-dots": f"01/{GTIN}/10/...",
    "lot-of-twenty": f"01/{GTIN}/10/12345678901234567890",
    "serial": f"01/{GTIN}/21/12345",
    "serial-with-zeros-first": f"01/{GTIN}/21/0012",
    "pack": f"01/{GTIN}/235/XYZ",
    "logistic-unit": "00/952012345678912345",
    "location": "414/9520123456788",
    "sublocation": "414/9520123456788/254/32a%2Fb",
    "party": "417/9520123456788",
    "returnable-asset-type": "8003/09520123456788",
    "returnable-asset": "8003/09520123456788crate-7",
    "asset": "8004/9520614141234567",
    "asset-of-four-digits": "8004/9520",
    "asset-of-thirty": "8004/952001234567890123456789012345",
    "piece": f"8006/{GTIN}0102",
    "piece-lot": f"8006/{GTIN}0102/10/L1",
    "piece-serial": f"8006/{GTIN}0202/21/S1",
    "component": "8010/9520123ABC-%23%2F",
    "component-serial": "8010/9520123ABC/8011/123456789012",
    "service-provider": "8017/952012345678912345",
    "service-recipient": "8018/952012345678912345",
    "document-type": "253/9520123456788",
    "document": "253/9520123456788LAB20260612",
    "coupon-type": "255/9520123456788",
    "coupon": "255/9520123456788123456789012",
    "consignment": "401/9520123xyz47%2F11",
    "shipment": "402/" + "9520123456789123" + reference.check_digit("9520123456789123"),
}

OWN = {
    "own": f"https://{HOST}/id/party/fr000019",
    "own-of-one-segment": f"https://{HOST}/id/x",
    "own-of-unreserved-marks": f"https://{HOST}/id/animal/a._~-0/...",
}

FALSE = {
    "empty": "",
    "no-scheme": f"id.gs1.org/01/{GTIN}",
    "http": f"http://id.gs1.org/01/{GTIN}",
    "capital-scheme": f"HTTPS://id.gs1.org/01/{GTIN}",
    "capital-host": f"https://ID.gs1.org/01/{GTIN}",
    "another-host": f"https://other.example/01/{GTIN}",
    "port": f"https://id.gs1.org:443/01/{GTIN}",
    "gs1-key-under-the-ledgers-host": f"https://{HOST}/01/{GTIN}",
    "epc-urn": "urn:epc:id:sgtin:9520123.045678.12345",
    "epc-pattern": "urn:epc:idpat:sgtin:9520123.045678.*",
    "no-key": GS1,
    "key-without-a-value": f"{GS1}01",
    "empty-value": f"{GS1}01/",
    "trailing-slash": f"{GS1}01/{GTIN}/",
    "double-slash": f"{GS1}/01/{GTIN}",
    "qualifier-without-a-value": f"{GS1}01/{GTIN}/10",
    "empty-lot": f"{GS1}01/{GTIN}/10/",
    "query": f"{GS1}01/{GTIN}?17=201225",
    "empty-query": f"{GS1}01/{GTIN}?",
    "fragment": f"{GS1}01/{GTIN}#c=1",
    "newline-after": f"{GS1}01/{GTIN}\n",
    "space-before": f" {GS1}01/{GTIN}",
    "gtin-8": f"{GS1}01/95201234",
    "gtin-13": f"{GS1}01/9520123456788",
    "gtin-15": f"{GS1}01/009520123456788",
    "gtin-wrong-check-digit": f"{GS1}01/09520123456787",
    "gtin-two-digits-swapped": f"{GS1}01/09520123465788",
    "gtin-of-arabic-digits": f"{GS1}01/" + "".join(chr(0x660 + int(c)) for c in GTIN),
    "gtin-digit-percent-encoded": f"{GS1}01/%309520123456788",
    "alphabetic-key": f"{GS1}gtin/{GTIN}",
    "key-percent-encoded": f"{GS1}%30%31/{GTIN}",
    "unknown-key": f"{GS1}02/{GTIN}",
    "key-not-in-cbv": f"{GS1}8013/1987654Ad4X4bL5ttr2310c2K",
    "lot-and-serial": f"{GS1}01/{GTIN}/10/ABC123/21/12345",
    "serial-before-lot": f"{GS1}01/{GTIN}/21/12345/10/ABC123",
    "variant": f"{GS1}01/{GTIN}/22/2A",
    "lot-without-item": f"{GS1}10/ABC123",
    "lot-of-a-location": f"{GS1}414/9520123456788/10/ABC123",
    "lot-of-twenty-one": f"{GS1}01/{GTIN}/10/123456789012345678901",
    "lot-with-a-space": f"{GS1}01/{GTIN}/10/A%20B",
    "lot-with-a-tilde": f"{GS1}01/{GTIN}/10/A~B",
    "lot-with-a-hash": f"{GS1}01/{GTIN}/10/A%23B",
    "lot-with-an-at": f"{GS1}01/{GTIN}/10/A%40B",
    "lot-with-a-nul": f"{GS1}01/{GTIN}/10/A%00B",
    "lot-beyond-ascii": f"{GS1}01/{GTIN}/10/%C3%A9",
    "lot-beyond-ascii-raw": f"{GS1}01/{GTIN}/10/\u00e9",
    "lot-percent-lower-case": f"{GS1}01/{GTIN}/10/32a%2fb",
    "lot-percent-of-a-letter": f"{GS1}01/{GTIN}/10/%41BC123",
    "lot-percent-of-a-dash": f"{GS1}01/{GTIN}/10/ABC%2D123",
    "lot-percent-cut-short": f"{GS1}01/{GTIN}/10/A%2",
    "lot-percent-not-hex": f"{GS1}01/{GTIN}/10/A%ZZ",
    "lot-percent-signed": f"{GS1}01/{GTIN}/10/A%+2",
    "lot-plus-raw": f"{GS1}01/{GTIN}/10/A+B",
    "lot-colon-raw": f"{GS1}01/{GTIN}/10/A:B",
    "lot-is-a-dot": f"{GS1}01/{GTIN}/10/.",
    "lot-is-two-dots": f"{GS1}01/{GTIN}/10/..",
    "serial-is-two-dots": f"{GS1}01/{GTIN}/21/..",
    "sscc-wrong-check-digit": f"{GS1}00/952012345678912346",
    "sscc-too-short": f"{GS1}00/95201234567891234",
    "gln-wrong-check-digit": f"{GS1}414/9520123456789",
    "gln-of-fourteen": f"{GS1}414/09520123456788",
    "party-wrong-check-digit": f"{GS1}417/9520123456780",
    "grai-without-its-zero": f"{GS1}8003/9520123456788crate",
    "grai-wrong-check-digit": f"{GS1}8003/09520123456789crate",
    "grai-serial-of-seventeen": f"{GS1}8003/09520123456788" + "1" * 17,
    "giai-of-three-digits": f"{GS1}8004/952",
    "giai-prefix-with-a-letter": f"{GS1}8004/952A614141234567",
    "giai-of-thirty-one": f"{GS1}8004/9520012345678901234567890123456",
    "piece-zero": f"{GS1}8006/{GTIN}0002",
    "piece-beyond-total": f"{GS1}8006/{GTIN}0302",
    "piece-wrong-check-digit": f"{GS1}8006/095201234567870102",
    "component-in-lower-case": f"{GS1}8010/9520123abc",
    "component-serial-zero-first": f"{GS1}8010/9520123ABC/8011/0123",
    "component-serial-of-thirteen": f"{GS1}8010/9520123ABC/8011/1234567890123",
    "gsrn-wrong-check-digit": f"{GS1}8018/952012345678912340",
    "gdti-wrong-check-digit": f"{GS1}253/9520123456780LAB",
    "gdti-serial-of-eighteen": f"{GS1}253/9520123456788" + "A" * 18,
    "coupon-serial-with-a-letter": f"{GS1}255/9520123456788A",
    "coupon-serial-of-thirteen": f"{GS1}255/9520123456788" + "1" * 13,
    "consignment-of-letters": f"{GS1}401/abcd",
    "shipment-wrong-check-digit": f"{GS1}402/95201234567891239",
    "own-of-another-host": "https://other.example/id/party/x",
    "own-of-a-longer-host": f"https://{HOST}.evil/id/party/x",
    "own-with-a-port": f"https://{HOST}:443/id/party/x",
    "own-under-gs1": "https://id.gs1.org/id/party/x",
    "own-without-id": f"https://{HOST}/party/x",
    "own-empty": f"https://{HOST}/id/",
    "own-just-id": f"https://{HOST}/id",
    "own-trailing-slash": f"https://{HOST}/id/party/x/",
    "own-double-slash": f"https://{HOST}/id/party//x",
    "own-capital": f"https://{HOST}/id/party/X",
    "own-percent": f"https://{HOST}/id/party/%78",
    "own-dot": f"https://{HOST}/id/./x",
    "own-walks-up": f"https://{HOST}/id/party/../x",
    "own-query": f"https://{HOST}/id/party/x?a=b",
    "own-fragment": f"https://{HOST}/id/party/x#alarm",
    "own-newline-after": f"https://{HOST}/id/party/x\n",
    "own-beyond-ascii": f"https://{HOST}/id/party/\u9a86\u9a7c",
}


def parsed():
    """Identifiers with the kind and the parts that the slow definition finds."""
    true = {name: GS1 + path for name, path in TRUE.items()} | OWN
    cases = []
    for name, text in true.items():
        kind, parts = reference.parse(text, HOST)
        cases.append(
            {"name": name, "text": text, "want": "ok", "kind": kind, "parts": parts}
        )
    for name, text in FALSE.items():
        cases.append({"name": name, "text": text, "want": "identifier"})
    return cases


PATHS = [
    (
        "serial-and-lot",
        f"/01/{GTIN}/10/L1/21/7",
        [f"01/{GTIN}/21/7", f"01/{GTIN}/10/L1"],
    ),
    ("lot", f"/01/{GTIN}/10/L1", [f"01/{GTIN}/10/L1"]),
    ("serial", f"/01/{GTIN}/21/7", [f"01/{GTIN}/21/7"]),
    ("trade-item", f"/01/{GTIN}", [f"01/{GTIN}"]),
    ("logistic-unit", "/00/952012345678912345", ["00/952012345678912345"]),
    ("lot-with-a-raw-plus", f"/01/{GTIN}/10/A+B", [f"01/{GTIN}/10/A%2BB"]),
    ("lot-percent-lower-case", f"/01/{GTIN}/10/a%2fb", [f"01/{GTIN}/10/a%2Fb"]),
    ("lot-percent-of-a-letter", f"/01/{GTIN}/10/%41", [f"01/{GTIN}/10/A"]),
    ("own", "/id/animal/7", ["own"]),
    ("own-percent", "/id/animal/%37", None),
    ("no-slash-first", f"01/{GTIN}", None),
    ("empty", "", None),
    ("root", "/", None),
    ("another-page", "/policy", None),
    ("trailing-slash", f"/01/{GTIN}/", None),
    ("double-slash", f"//01/{GTIN}", None),
    ("key-percent-encoded", f"/%30%31/{GTIN}", None),
    ("slash-of-the-key-percent-encoded", f"/01%2F{GTIN}/x", None),
    ("serial-before-lot", f"/01/{GTIN}/21/7/10/L1", None),
    ("variant", f"/01/{GTIN}/22/2A/10/L1/21/7", None),
    ("wrong-check-digit", "/01/09520123456787/10/L1/21/7", None),
    ("bad-lot-beside-a-good-serial", f"/01/{GTIN}/10/../21/7", None),
    ("percent-not-hex", f"/01/{GTIN}/10/%ZZ", None),
    ("percent-cut-short", f"/01/{GTIN}/10/A%2", None),
    ("lot-beyond-ascii", f"/01/{GTIN}/10/%C3%A9", None),
    ("query", f"/01/{GTIN}?17=201225", None),
]

PREFIXES = [
    ("own", f"https://{HOST}/id/animal", "ok"),
    ("own-deep", f"https://{HOST}/id/animal/fr/19", "ok"),
    ("key-alone", f"{GS1}00", "ok"),
    ("item", f"{GS1}01/{GTIN}", "ok"),
    ("serials-of-an-item", f"{GS1}01/{GTIN}/21", "ok"),
    ("one-lot", f"{GS1}01/{GTIN}/10/L1", "ok"),
    ("empty", "", "identifier"),
    ("all-of-gs1", "https://id.gs1.org", "identifier"),
    ("all-of-gs1-and-a-slash", GS1, "identifier"),
    ("all-of-the-ledgers-own", f"https://{HOST}/id", "identifier"),
    ("own-trailing-slash", f"https://{HOST}/id/animal/", "identifier"),
    ("own-of-another-host", "https://other.example/id/animal", "identifier"),
    ("inside-a-segment", f"{GS1}01/0952012", "identifier"),
    ("trailing-slash", f"{GS1}00/", "identifier"),
    ("unknown-key", f"{GS1}02", "identifier"),
    ("unknown-qualifier", f"{GS1}01/{GTIN}/17", "identifier"),
    ("wrong-check-digit", f"{GS1}01/09520123456787/21", "identifier"),
    ("other-spelling", f"{GS1}01/{GTIN}/10/%41", "identifier"),
    ("too-long", f"{GS1}01/{GTIN}/10/L1/21", "identifier"),
]


def path_case(name, path, forms):
    """One path with the identifiers it names, or the refusal."""
    if forms is None:
        return {"name": name, "path": path, "want": "identifier"}
    own = f"https://{HOST}{path}"
    found = [own if form == "own" else GS1 + form for form in forms]
    return {"name": name, "path": path, "want": "ok", "found": found}


def vectors():
    """Return the files of tests/vectors/identifier."""
    return {
        "parse.json": {
            "about": "Identifiers: 'kind' and 'parts' of each, or the refusal.",
            "host": HOST,
            "cases": parsed(),
        },
        "path.json": {
            "about": "Raw paths of pages: identifiers they name, most precise first.",
            "host": HOST,
            "cases": [path_case(*case) for case in PATHS],
        },
        "prefix.json": {
            "about": "Beginnings of identifiers that a party may be given.",
            "host": HOST,
            "cases": [
                {"name": name, "text": text, "want": want}
                for name, text, want in PREFIXES
            ],
        },
    }
