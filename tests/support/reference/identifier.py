"""Slow definition of identifiers, read from lines of the GS1 syntax dictionary.

Imports nothing from ``ledger``. Each line below is the dictionary's own, without the
attributes that matter only to bar codes; a character is looked at one at a time.
"""

DIGITS = "0123456789"
LOWER = "abcdefghijklmnopqrstuvwxyz"
UPPER = LOWER.upper()
CSET_82 = "!\"%&'()*+,-./" + DIGITS + ":;<=>?" + UPPER + "_" + LOWER
CSET_39 = "#-/" + DIGITS + UPPER
UNRESERVED = UPPER + LOWER + DIGITS + "._~-"

DICTIONARY = """
00    N18,csum,gcppos2                # SSCC
01    N14,csum,gcppos2                # GTIN
10    X..20                           # BATCH/LOT
21    X..20                           # SERIAL
235   X..28                           # TPX
253   N13,csum,gcppos1 [X..17]        # GDTI
254   X..20                           # GLN EXTENSION COMPONENT
255   N13,csum,gcppos1 [N..12]        # GCN
401   X..30,gcppos1                   # GINC
402   N17,csum,gcppos1                # GSIN
414   N13,csum,gcppos1                # LOC No.
417   N13,csum,gcppos1                # PARTY
8003  N1,zero N13,csum,gcppos1 [X..16]  # GRAI
8004  X..30,gcppos1                   # GIAI
8006  N14,csum,gcppos2 N4,pieceoftotal  # ITIP
8010  Y..30,gcppos1                   # CPID
8011  N..12,nozeroprefix              # CPID SERIAL
8017  N18,csum,gcppos1                # GSRN - PROVIDER
8018  N18,csum,gcppos1                # GSRN - RECIPIENT
"""

FORMS = {
    "00": "logistic-unit",
    "01": "trade-item",
    "01 21": "serial",
    "01 10": "lot",
    "01 235": "pack",
    "253": "document",
    "255": "coupon",
    "401": "consignment",
    "402": "shipment",
    "414": "location",
    "414 254": "sublocation",
    "417": "party",
    "8003": "returnable-asset",
    "8004": "asset",
    "8006": "piece",
    "8006 21": "piece-serial",
    "8006 10": "piece-lot",
    "8010": "component",
    "8010 8011": "component-serial",
    "8017": "service-provider",
    "8018": "service-recipient",
}
"""The list of the CBV 2.0 event hash algorithm, step "constrained canonical URI"."""


def specification(key):
    """Return the components that the dictionary gives for a key."""
    for line in DICTIONARY.strip().splitlines():
        words = line.split("#")[0].split()
        if words[0] == key:
            return words[1:]
    raise KeyError(key)


def check_digit(digits):
    """Weights 3, 1, 3, 1 … from the right; what is missing to the next ten."""
    total = 0
    weight = 3
    for digit in reversed(digits):
        total += weight * int(digit)
        weight = 4 - weight
    return str((10 - total % 10) % 10)


def holds(check, part):
    """Tell whether one linter of the dictionary is content with a component."""
    if check == "csum":
        return check_digit(part[:-1]) == part[-1]
    if check == "gcppos1":
        return len(part) >= 4 and all(c in DIGITS for c in part[:4])
    if check == "gcppos2":
        return len(part) >= 5 and all(c in DIGITS for c in part[1:5])
    if check == "zero":
        return part == "0"
    if check == "nozeroprefix":
        return part[0] != "0"
    if check == "pieceoftotal":
        return 1 <= int(part[:2]) <= int(part[2:])
    raise KeyError(check)


def fits(key, value):
    """Tell whether a decoded value is one of this key, component after component."""
    rest = value
    for component in specification(key):
        if component[0] == "[":
            if rest == "":
                continue
            component = component[1:-1]
        form, *checks = component.split(",")
        alphabet = {"N": DIGITS, "X": CSET_82, "Y": CSET_39}[form[0]]
        if form[1:3] == "..":
            least, most = 1, int(form[3:])
        else:
            least = most = int(form[1:])
        part, rest = rest[:most], rest[most:]
        if len(part) < least or any(c not in alphabet for c in part):
            return False
        if not all(holds(check, part) for check in checks):
            return False
    return rest == ""


def encode(value):
    """Spell a value: unreserved characters as they are, the rest as %XX in capitals."""
    return "".join(c if c in UNRESERVED else f"%{ord(c):02X}" for c in value)


def decode(spelled):
    """Return the one value that is spelled so, or None."""
    value = ""
    place = 0
    while place < len(spelled):
        if spelled[place] == "%":
            try:
                value += chr(int(spelled[place + 1 : place + 3], 16))
            except ValueError:
                return None
            place += 3
        else:
            value += spelled[place]
            place += 1
    return value if encode(value) == spelled else None


def parse(text, host):
    """Return (kind, parts), or None for what is not an identifier."""
    gs1, own = "https://id.gs1.org/", "https://" + host + "/id/"
    if text.startswith(gs1):
        words = text.removeprefix(gs1).split("/")
        if len(words) not in (2, 4):
            return None
        kind = FORMS.get(" ".join(words[0::2]))
        values = [decode(word) for word in words[1::2]]
        if kind is None or None in values or "." in values or ".." in values:
            return None
        if not all(map(fits, words[0::2], values)):
            return None
        return kind, values
    if text.startswith(own):
        words = text.removeprefix(own).split("/")
        allowed = LOWER + DIGITS + "._~-"
        for word in words:
            if word in ("", ".", "..") or any(c not in allowed for c in word):
                return None
        return "own", words
    return None
