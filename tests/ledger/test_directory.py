import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.action import REGISTRAR, action_subjects, parse_action
from ledger.directory import Directory
from ledger.encoding import parse_canonical
from ledger.errors import AuthorityError, LedgerError, UnknownKeyError
from ledger.event import parse_event
from ledger.seal import parse_time
from ledger.statement import (
    SignerRef,
    Statement,
    parse_statement,
    verify_statement_signatures,
)
from tests.support.make_vectors import directory as maker
from tests.support.make_vectors.statement import key
from tests.support.reference import directory as definition
from tests.support.reference import statement as reference
from tests.support.vectors import cases, outcome

ORIGIN = maker.ORIGIN
HOST = maker.HOST
FILES = ("genesis", "admit", "authorize", "revoke", "rotate", "ledger-key", "event")
WORDS = (
    "registrar",
    "officer",
    "herder",
    "chief",
    "new",
    "newer",
    "recovery-1",
    "recovery-2",
)
PARTIES = (maker.COOP, maker.PLANT, maker.LAB)


def take(directory, index, entry):
    """Judge an entry as the shared vectors say, and take it in."""
    statement = parse_statement(entry.encode())
    found = [directory.key(signer) for signer in statement.signers]
    keys = [bound and bound.vkey for bound in found]
    body = parse_canonical(statement.body)
    action = None
    if statement.kind == "directory":
        action = parse_action(body, host=HOST, origin=ORIGIN)
        introduced = directory.introduced(action)
        keys = [
            introduced
            if k is None and introduced and introduced.label == s.label
            else k
            for k, s in zip(keys, statement.signers, strict=True)
        ]
    if None in keys:
        raise UnknownKeyError("signer: not in the directory")
    verify_statement_signatures(statement, keys)
    if action is None:
        event = parse_event(body, host=HOST)
        return directory.check_event(index, statement, event)
    directory.apply(index, statement, action)
    return None


def filled(entries):
    """Return the directory after entries that are all valid."""
    directory = Directory(ORIGIN)
    for index, entry in entries:
        take(directory, index, entry)
    return directory


def state(directory):
    """Return what the vectors tell of a directory."""
    return {
        "registrar": directory.registrar.label,
        "ledger_keys": [vkey.label for vkey in directory.ledger_keys],
        "in_force": sorted(
            label
            for label, bound in directory.keys.items()
            if bound.party is not None and bound.ended_at is None
        ),
    }


def base():
    """Return the directory that most vectors begin with."""
    return filled([[i, maker.entry(told)] for i, told in enumerate(maker.BASE)])


def unsigned(kind, words):
    """Return a statement of which only the signers are looked at."""
    labels = [reference.label(*key(word)) for word in words]
    signers = [
        SignerRef(name, bytes.fromhex(key_id))
        for name, key_id in (label.split("+") for label in labels)
    ]
    return Statement(ORIGIN, kind, tuple(signers), b"", (), b"", b"", b""), labels


def ref(word):
    return unsigned("event", [word])[0].issuer


@pytest.mark.parametrize("file", FILES)
def test_every_action_has_a_file_of_vectors_with_lies(file):
    wants = [case.values[0]["want"] for case in cases(f"directory/{file}.json")]

    assert "ok" in wants
    assert sum(want != "ok" for want in wants) >= 4


@pytest.mark.parametrize(
    "case", [case for file in FILES for case in cases(f"directory/{file}.json")]
)
def test_the_last_statement_is_judged_for_the_right_reason(case):
    *before, (index, last) = case["entries"]
    directory = filled(before)

    assert outcome(take, directory, index, last) == case["want"]
    if case["want"] == "ok":
        assert state(directory) == case["then"]


@pytest.mark.parametrize("case", cases("directory/expiry.json"))
def test_a_seal_closes_nothing_of_an_expired_key(case):
    directory = filled(case["entries"])
    signers = [
        SignerRef(label.split("+")[0], bytes.fromhex(label.split("+")[1]))
        for label in case["signers"]
    ]

    got = outcome(directory.check_not_expired, signers, parse_time(case["time"]))
    assert got == case["want"]


def bodies(data):
    """Draw a directory body over few parties and keys."""
    word, party = data.draw(st.sampled_from(WORDS)), data.draw(st.sampled_from(PARTIES))
    prefixes = st.lists(
        st.sampled_from([maker.COWS, maker.COWS + "/1", maker.COWS + "s"]),
        max_size=2,
        unique=True,
    )
    rights = st.fixed_dictionaries(
        {
            "persistent": st.lists(st.sampled_from(["recalled"]), max_size=1),
            "steps": st.lists(st.sampled_from(maker.STEPS[:2]), unique_by=str),
        }
    )
    options = st.fixed_dictionaries(
        {},
        optional={
            "officer": st.just(True),
            "on_behalf_of": st.sampled_from([p for p in PARTIES if p != party]),
            "rights": rights,
        },
    )
    made = {
        "admit": lambda: maker.admit(
            party, *data.draw(prefixes), rights=data.draw(rights)
        ),
        "authorize": lambda: maker.authorize(party, word, **data.draw(options)),
        "revoke": lambda: maker.revoke(party, word),
        "rotate": lambda: maker.rotate(word),
        "ledger-key": lambda: maker.ledger_key(
            data.draw(st.sampled_from(["add", "retire"])), word
        ),
        "genesis": lambda: maker.GENESIS,
    }
    return made[data.draw(st.sampled_from(sorted(made)))]()


def likely_signers(data, body):
    """Draw signers: often those that the action asks for, at times any."""
    introduced = [
        w for w in WORDS if maker.vkey(w) in (body.get("key"), body.get("registrar"))
    ]
    decider = data.draw(st.sampled_from(WORDS[:4]))
    if body["action"] in ("authorize", "rotate"):
        likely = [decider, *introduced]
        if "on_behalf_of" in body:
            likely.append(data.draw(st.sampled_from(WORDS[:4])))
    else:
        likely = [decider]
    anyone = st.lists(st.sampled_from(WORDS), min_size=1, max_size=4, unique=True)
    recovery = [*introduced, "recovery-1", "recovery-2"]
    choice = data.draw(st.sampled_from([likely, likely, recovery, None]))
    return list(dict.fromkeys(choice or data.draw(anyone)))


@given(st.data())
def test_authority_is_what_the_whole_history_says(data):
    directory, history = base(), []
    for body, *words in maker.BASE:
        history.append(([reference.label(*key(word)) for word in words], body))

    for _ in range(data.draw(st.integers(1, 12))):
        body = bodies(data)
        statement, labels = unsigned("directory", likely_signers(data, body))
        action = parse_action(body, host=HOST, origin=ORIGIN)
        is_allowed = definition.is_allowed(history, labels, body)

        got = outcome(directory.apply, len(history), statement, action)

        assert got == ("ok" if is_allowed else "authority")
        if is_allowed:
            history.append((labels, body))
    assert state(directory)["registrar"] == definition.registrar(history)
    assert state(directory)["in_force"] == definition.in_force(history)
    _compare_events(directory, history, data)


def _compare_events(directory, history, data):
    words = st.lists(st.sampled_from(WORDS), min_size=1, max_size=2, unique=True)
    step, disposition = data.draw(st.sampled_from([*maker.STEPS, ["packing", None]]))
    recalls = data.draw(st.booleans())
    members = {"persistentDisposition": {"set": ["recalled"]}} if recalls else {}
    statement, labels = unsigned("event", data.draw(words))
    event = parse_event(maker.event(step, disposition, **members), host=HOST)
    may = definition.may_state(
        history, labels, step, disposition, ["recalled"] if recalls else []
    )

    got = outcome(directory.check_event, len(history), statement, event)

    assert got == ("ok" if may else "authority")


def test_a_refused_statement_changes_nothing():
    directory = base()
    before = (state(directory), dict(directory.keys), dict(directory.parties))

    for file in FILES:
        for case in cases(f"directory/{file}.json"):
            index, entry = case.values[0]["entries"][-1]
            if case.values[0]["want"] != "ok" and index == len(maker.BASE):
                with pytest.raises(LedgerError):
                    take(directory, index, entry)

    assert before == (state(directory), dict(directory.keys), dict(directory.parties))


def test_a_copy_changes_apart():
    directory = base()
    twin = directory.copy()
    take(twin, 7, maker.entry((maker.revoke(maker.COOP, "herder"), "herder")))
    take(twin, 8, maker.entry((maker.admit(maker.LAB, maker.COWS + "s"), "registrar")))

    assert directory.key(ref("herder")).ended_at is None
    assert twin.key(ref("herder")).ended_at == 7
    assert maker.LAB not in directory.parties
    take(
        directory,
        7,
        maker.entry((maker.admit(maker.LAB, maker.COWS + "s/1"), "registrar")),
    )


def test_the_issuer_s_party_is_told():
    directory = base()
    herder, _ = unsigned("event", ["herder", "driver"])
    event = parse_event(maker.event(), host=HOST)
    officer, _ = unsigned("directory", ["officer"])
    action = parse_action(maker.revoke(maker.COOP, "herder"), host=HOST, origin=ORIGIN)
    registrar, _ = unsigned("directory", ["registrar"])

    assert directory.check_event(7, herder, event) == maker.COOP
    assert directory.check(7, officer, action) == maker.COOP
    assert directory.check(7, registrar, action) == REGISTRAR
    assert action_subjects(action) == (maker.COOP,)


def test_a_revoked_key_is_still_found_with_what_is_known_of_it():
    directory = base()
    later, sooner = "2026-05-02T00:00:00.000Z", "2026-05-01T00:00:00.000Z"
    for index, since in ((7, later), (8, sooner), (9, later)):
        told = maker.revoke(maker.COOP, "herder", suspect_since=since)
        take(directory, index, maker.entry((told, "officer")))

    bound = directory.key(ref("herder"))

    assert bound in directory.keys_of(maker.COOP)
    assert (bound.party, bound.bound_at, bound.ended_at) == (maker.COOP, 4, 7)
    assert bound.suspect_since == sooner


def test_what_a_key_may_do_is_told():
    directory = base()
    options = {"importer": True, "until": maker.SOON}
    take(
        directory,
        7,
        maker.entry((maker.authorize(maker.COOP, "new", **options), "officer", "new")),
    )

    assert directory.is_importer(ref("new"))
    assert not directory.is_importer(ref("herder"))
    assert not directory.is_importer(ref("thief"))
    assert directory.until_ms(ref("new")) == parse_time(maker.SOON)
    assert directory.until_ms(ref("thief")) is None
    assert directory.parties[maker.COOP].admitted_at == 1
    assert directory.max_age_seconds == 86400
    with pytest.raises(AuthorityError):
        directory.rights_of(directory.key(ref("registrar")))


def test_a_key_that_a_statement_introduces_counts_with_its_end():
    body = maker.authorize(maker.COOP, "new", until=maker.SOON)
    action = parse_action(body, host=HOST, origin=ORIGIN)
    directory = base()

    assert directory.until_ms(ref("new"), action) == parse_time(maker.SOON)
    assert directory.until_ms(ref("thief"), action) is None


def test_a_name_may_have_two_keys():
    directory = base()
    name, seed = key("herder")[0], key("new")[1]
    body = {**maker.authorize(maker.COOP, "new"), "key": reference.vkey(name, seed)}
    signers = [key("officer"), (name, seed)]
    text = reference.canonical(body)

    take(directory, 7, reference.statement(ORIGIN, "directory", signers, text))

    assert [bound.vkey.name for bound in directory.keys_of(maker.COOP)].count(name) == 2


def test_an_empty_directory_has_no_registrar():
    directory = Directory(ORIGIN)

    for ask in (lambda: directory.registrar, lambda: directory.max_age_seconds):
        with pytest.raises(AuthorityError):
            ask()
    assert directory.ledger_keys == ()
    assert directory.key(ref("registrar")) is None


def test_every_judgement_of_every_pair_of_signers_is_pinned_by_one_hash():
    directory, hashed = base(), hashlib.sha256()
    told = [
        maker.admit(maker.LAB),
        maker.authorize(maker.COOP, "new"),
        maker.authorize(maker.PLANT, "new", officer=True),
        maker.revoke(maker.COOP, "herder"),
        maker.rotate("new"),
        maker.ledger_key("add", "ledger-2"),
    ]
    for body in told:
        action = parse_action(body, host=HOST, origin=ORIGIN)
        for first in WORDS:
            for second in ("", *WORDS):
                words = [first, second] if second not in ("", first) else [first]
                statement, _ = unsigned("directory", words)
                code = outcome(directory.check, 7, statement, action)
                hashed.update(f"{body['action']} {words} {code}\n".encode())

    assert hashed.hexdigest() == (
        "db561eb56f50917096f4b7f745e62ca20d77415674633e8cb7e6762025e93f72"
    )
