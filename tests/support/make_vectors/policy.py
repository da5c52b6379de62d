"""Vectors for trust policies: what they say, who is enough, and contradictions."""

from tests.support.make_vectors import checkpoint as checkpoints
from tests.support.make_vectors import cosignature as cosignatures
from tests.support.make_vectors import note as notes
from tests.support.reference import cosignature as cosignature_reference
from tests.support.reference import note as note_reference
from tests.support.reference import policy as reference

LOG = checkpoints.log_vkey()
URL = "https://ledger.example/log"
TIME = cosignatures.TIME


def name_of(word):
    """Return the key name of a witness."""
    return f"witness.example/{word}"


def vkey_of(word):
    """Return the vkey of a witness."""
    return cosignatures.witness_vkey(word, name_of(word))


def witnesses(*words):
    """Return the lines of witnesses."""
    return "".join(f"witness {word} {vkey_of(word)}\n" for word in words)


# The example of C2SP tlog-policy, with keys put in.
NESTED = (
    f"log {LOG}\n\n"
    + witnesses("X1", "X2", "X3")
    + "group X-witnesses 2 X1 X2 X3\n\n"
    + witnesses("Y1", "Y2", "Y3")
    + "group Y-witnesses any Y1 Y2 Y3\n\n"
    "group X-and-Y all X-witnesses Y-witnesses\n"
    "quorum X-and-Y\n"
)
TWO = f"log {LOG}\n" + witnesses("A", "B") + "group both all A B\nquorum both\n"


def true_policies():
    """Return policies, by what they are like."""
    many = [f"W{number:02}" for number in range(40)]
    return {
        "nobody": "quorum none\n",
        "log-alone": f"log {LOG}\nquorum none\n",
        "log-with-url": f"log {LOG} {URL}\nquorum none\n",
        "one-witness": f"log {LOG}\n{witnesses('A')}quorum A\n",
        "witness-with-url": f"witness A {vkey_of('A')} https://w.example/\nquorum A\n",
        "groups-of-groups": NESTED,
        "all-of-two": TWO,
        "quorum-of-nobody-beside-witnesses": f"{witnesses('A', 'B')}quorum none\n",
        "quorum-before-later-lines": f"{witnesses('A')}quorum A\n{witnesses('B')}",
        "two-logs": f"log {LOG}\nlog {checkpoints.log_vkey('next-log')}\nquorum none\n",
        "another-log": f"log {checkpoints.GO_VKEY}\nquorum none\n",
        "comments-and-blank-lines": f"# who we trust\n\n \t\n\t# a\n#\n{TWO}",
        "tabs-and-spaces": TWO.replace(" ", "\t "),
        "spaces-around": "".join(f" \t{line} \t\n" for line in TWO.splitlines()),
        "keywords-as-names": (
            f"witness all {vkey_of('A')}\nwitness any {vkey_of('B')}\n"
            "group 1 2 all any\ngroup quorum 1 1\nquorum quorum\n"
        ),
        "none-in-capitals-is-a-name": f"witness NONE {vkey_of('A')}\nquorum NONE\n",
        "kelvin-is-not-k": (
            f"witness K {vkey_of('A')}\nwitness \u212a {vkey_of('B')}\nquorum \u212a\n"
        ),
        "composed-is-not-decomposed": (
            f"witness \u00e9 {vkey_of('A')}\nwitness e\u0301 {vkey_of('B')}\n"
            "quorum \u00e9\n"
        ),
        "no-break-space-in-a-name": f"witness A\xa0B {vkey_of('A')}\nquorum A\xa0B\n",
        "line-separator-in-a-comment": "# a\u2028log nonsense\nquorum none\n",
        "forty-witnesses": (
            witnesses(*many) + f"group g 21 {' '.join(many)}\nquorum g\n"
        ),
        "group-nobody-asks-for": f"{witnesses('A', 'B')}group g any A B\nquorum A\n",
        "witness-of-an-unlikely-key": (
            f"witness A {note_reference.vkey('w.example', 4, bytes(32))}\nquorum A\n"
        ),
    }


def false_policies():
    """Return texts that are no policies, by what is wrong with them."""
    plain = notes.vkey(name_of("A"), "A")
    key = note_reference.public_key(notes.seed("A"))
    renamed = note_reference.vkey("other.example/w", 4, key)
    log_as_witness = notes.vkey("w.example/w", "log", note_reference.COSIGNATURE)
    two = witnesses("A", "B")
    return {
        "empty": "",
        "no-quorum": f"log {LOG}\n",
        "two-quorums": "quorum none\nquorum none\n",
        "no-newline-at-the-end": "quorum none",
        "carriage-returns": TWO.replace("\n", "\r\n"),
        "nul": "# a\0b\nquorum none\n",
        "form-feed": "quorum\x0cnone\n",
        "delete-character": "# a\x7f\nquorum none\n",
        "unknown-word": "trust A\nquorum none\n",
        "capital-word": "QUORUM none\n",
        "no-break-space-between": "quorum\xa0none\n",
        "byte-order-mark": "\ufeffquorum none\n",
        "comment-after-a-line": "quorum none # all of us\n",
        "quorum-without-a-name": "quorum\n",
        "quorum-of-two-names": f"{two}quorum A B\n",
        "quorum-undefined": "quorum A\n",
        "quorum-defined-below": f"quorum A\n{witnesses('A')}",
        "quorum-is-a-log": f"log {LOG}\nquorum {checkpoints.ORIGIN}\n",
        "log-without-a-key": "log\nquorum none\n",
        "log-with-three-words": f"log {LOG} {URL} more\nquorum none\n",
        "log-key-damaged": f"log {LOG[:-1]}\nquorum none\n",
        "log-with-a-witness-key": f"log {vkey_of('A')}\nquorum none\n",
        "log-twice": f"log {LOG}\nlog {LOG}\nquorum none\n",
        "log-key-under-two-origins": (
            f"log {LOG}\nlog {checkpoints.log_vkey(name=checkpoints.OTHER)}\n"
            "quorum none\n"
        ),
        "log-with-ml-dsa": (
            f"log {note_reference.vkey('l.example', 6, bytes(1312))}\nquorum none\n"
        ),
        "witness-without-a-key": "witness A\nquorum none\n",
        "witness-without-a-name": f"witness {vkey_of('A')}\nquorum none\n",
        "witness-with-four-words": f"witness A {vkey_of('A')} {URL} more\nquorum A\n",
        "witness-key-damaged": f"witness A {vkey_of('A')}A\nquorum A\n",
        "witness-key-id-of-another": (
            f"witness A {vkey_of('A').replace('w', 'v', 1)}\nquorum A\n"
        ),
        "witness-with-a-note-key": f"witness A {plain}\nquorum A\n",
        "witness-twice": f"{witnesses('A')}{witnesses('A')}quorum A\n",
        "two-witnesses-of-one-name": (
            f"{witnesses('A')}witness A {vkey_of('B')}\nquorum A\n"
        ),
        "two-witnesses-of-one-key": (
            f"{witnesses('A')}witness B {vkey_of('A')}\nquorum A\n"
        ),
        "two-witnesses-of-one-key-renamed": (
            f"{witnesses('A')}witness B {renamed}\nquorum A\n"
        ),
        "witness-has-the-logs-key": (
            f"log {LOG}\nwitness A {log_as_witness}\nquorum A\n"
        ),
        "log-has-a-witnesss-key": f"witness A {log_as_witness}\nlog {LOG}\nquorum A\n",
        "witness-called-none": f"witness none {vkey_of('A')}\nquorum none\n",
        "group-called-none": f"{two}group none any A B\nquorum none\n",
        "group-called-like-a-witness": f"{two}group A any A B\nquorum A\n",
        "two-groups-of-one-name": f"{two}group g any A\ngroup g any B\nquorum g\n",
        "group-without-members": f"{two}group g any\nquorum g\n",
        "group-without-a-count": f"{two}group g A B\nquorum g\n",
        "group-of-zero": f"{two}group g 0 A B\nquorum g\n",
        "group-of-three-of-two": f"{two}group g 3 A B\nquorum g\n",
        "group-of-01": f"{two}group g 01 A B\nquorum g\n",
        "group-of-minus-one": f"{two}group g -1 A B\nquorum g\n",
        "group-of-one-and-a-half": f"{two}group g 1.5 A B\nquorum g\n",
        "group-of-arabic-one": f"{two}group g \u0661 A B\nquorum g\n",
        "group-of-twenty-digits": f"{two}group g {'9' * 20} A B\nquorum g\n",
        "group-in-capitals": f"{two}group g ALL A B\nquorum g\n",
        "group-member-undefined": f"{two}group g any A C\nquorum g\n",
        "group-member-defined-below": (
            f"{witnesses('A')}group g any A B\n{witnesses('B')}quorum g\n"
        ),
        "group-in-itself": f"{two}group g any A g\nquorum g\n",
        "group-with-none": f"{two}group g any A none\nquorum g\n",
        "member-twice": f"{two}group g 2 A A B\nquorum g\n",
        "member-of-two-groups": (
            f"{two}group g any A B\ngroup h any A\ngroup i all g h\nquorum i\n"
        ),
    }


def quorums():
    """Return (policy, who cosigned), by what the case is about."""
    x_and_y = [
        "",
        "X1",
        "X1 X2",
        "Y1",
        "X1 Y1",
        "X1 X2 Y1",
        "X2 X3 Y3",
        "X1 X2 X3",
        "Y1 Y2 Y3",
        "X1 X2 X3 Y1 Y2 Y3",
    ]
    nobody = f"{witnesses('A')}quorum none\n"
    cases = {
        f"nested-{words.replace(' ', '-') or 'nobody'}": (NESTED, words.split())
        for words in x_and_y
    }
    return cases | {
        "nobody-asked": (nobody, []),
        "nobody-asked-but-one-came": (nobody, ["A"]),
        "one-of-two": (TWO, ["A"]),
        "two-of-two": (TWO, ["B", "A"]),
        "one-twice": (TWO, ["A", "A"]),
        "a-stranger": (TWO, ["A", "C"]),
        "name-of-the-group": (TWO, ["both"]),
        "name-of-a-group-inside": (NESTED, ["X-witnesses", "Y-witnesses"]),
        "name-of-the-group-beside-one": (NESTED, ["X-witnesses", "Y1"]),
        "none-as-a-name": (TWO, ["none"]),
    }


def cosigned():
    """Return the lines under a checkpoint, by what is wrong with them."""
    text = checkpoints.TEXT

    def line(word, time=TIME):
        return cosignature_reference.sign(name_of(word), notes.seed(word), time, text)

    def false(word):
        identity = note_reference.parse_vkey(vkey_of(word))[1]
        return note_reference.line(name_of(word), identity, bytes(72))

    signed = checkpoints.line()
    return {
        "both": [signed, line("A"), line("B", TIME + 60)],
        "one": [signed, line("A")],
        "nobody": [signed],
        "a-stranger-too": [signed, line("C"), line("A")],
        "one-false": [signed, false("A"), line("B")],
        "one-there-twice": [signed, line("A"), line("A"), line("B")],
        "one-at-two-times": [signed, line("A"), line("A", TIME + 60), line("B")],
        "one-true-and-false": [signed, line("A"), false("A"), line("B")],
        "plain-signature-by-a-witness": [
            signed,
            notes.line(name_of("A"), "A", text),
            line("B"),
        ],
    }


def freshest():
    """Return (policy, times, until), by what the case is about."""
    times = {"X1": 10, "X2": 20, "X3": 30, "Y1": 25, "Y2": 5}
    return {
        "second-newest-of-a-group": (NESTED, times, 40),
        "until-the-very-second": (NESTED, times, 30),
        "newest-not-believed": (NESTED, times, 29),
        "too-few-believed": (NESTED, times, 19),
        "all-at-once": (TWO, {"A": 7, "B": 7}, 7),
        "one-is-not-enough": (TWO, {"A": 7}, 40),
        "time-zero": (TWO, {"A": 0, "B": 7}, 40),
        "nobody": (TWO, {}, 40),
        "nobody-asked": (f"{witnesses('A')}quorum none\n", {"A": 7}, 40),
        "a-stranger": (TWO, {"A": 9, "B": 7, "C": 30}, 40),
    }


def shown(found, data):
    """Return a parsed policy as a vector shows it."""
    quorum = found["quorum"][0]
    return {
        "logs": [
            {"vkey": vkey, "url": url[0] if url else None}
            for vkey, *url in found["logs"]
        ],
        "witnesses": [
            {"name": name, "vkey": vkey, "url": url[0] if url else None}
            for name, vkey, *url in found["witnesses"]
        ],
        "groups": [
            {"name": name, "threshold": count, "members": members}
            for name, count, members in found["groups"]
        ],
        "quorum": None if quorum == "none" else quorum,
        "fingerprint": reference.fingerprint(data),
    }


def vectors():
    """Return the vector files of policies."""
    parsed = []
    for name, text in true_policies().items():
        found = reference.parse(text.encode())
        case = {"name": name, "policy": text, "want": "ok"}
        parsed.append(case | shown(found, text.encode()))
    for name, text in false_policies().items():
        assert reference.parse(text.encode()) is None, name
        parsed.append({"name": name, "policy": text, "want": "policy"})
    latin = f"# caf\u00e9\n{TWO}".encode("latin-1")
    parsed.append({"name": "latin-1", "policy_hex": latin.hex(), "want": "policy"})
    enough = []
    for name, (text, names) in quorums().items():
        holds = reference.is_quorum(reference.parse(text.encode()), names)
        want = "ok" if holds else "quorum"
        case = {"name": name, "policy": text, "cosigned": names, "want": want}
        enough.append(case)
    read = []
    for name, lines in cosigned().items():
        note = note_reference.note(checkpoints.TEXT, *lines)
        times, faulty = reference.cosigned(reference.parse(TWO.encode()), note.encode())
        case = {"name": name, "policy": TWO, "note": note}
        read.append(case | {"want": times, "faulty": faulty})
    return {
        "parse.json": {
            "about": "A text is a policy with these parts, or is refused.",
            "cases": parsed,
        },
        "quorum.json": {
            "about": "The witnesses who cosigned are enough, or not.",
            "cases": enough,
        },
        "cosignatures.json": {
            "about": "Which witnesses of the policy cosigned the note, and when;"
            " 'faulty' are those whose line is false or there twice.",
            "cases": read,
        },
        "quorum-time.json": {
            "about": "The latest T with a quorum in [T, until], or null.",
            "cases": [
                {
                    "name": name,
                    "policy": text,
                    "times": times,
                    "until": until,
                    "want": reference.quorum_time(
                        reference.parse(text.encode()), times, until
                    ),
                }
                for name, (text, times, until) in freshest().items()
            ],
        },
    }
