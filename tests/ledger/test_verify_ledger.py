"""The verifier of a whole ledger: each lie falls at its step, and names its entry."""

import pytest

from ledger.completeness import listed_under
from ledger.cosignature import Cosigner, sign_cosignature
from ledger.encoding import encode_base64
from ledger.errors import LedgerError
from ledger.note import parse_note
from ledger.seal import chain_next, chain_start
from ledger.statement import parse_statement
from ledger.trust import Trust
from ledger.verify_ledger import verify_ledger
from tests.support.forge import (
    ANIMAL,
    HERDER,
    LEDGER,
    ORIGIN,
    OTHER_PARTY,
    PARTY,
    WELL,
    Forge,
    begun,
    flipped,
    honest,
    policy_text,
    signer,
)

WITNESS = Cosigner("witness.example/dune", signer("witness.example/dune").key)


def rows(forge):
    """Return what a store yields: index, entry, and the chain head after it."""
    head = chain_start(forge.origin)
    found = []
    for index, (entry, leaf) in enumerate(
        zip(forge.entries, forge.leaves(), strict=True)
    ):
        head = chain_next(head, leaf)
        found.append((index, entry, head))
    return found


def verify(forge, *, entries=None, checkpoint=None, policy=None, **options):
    return verify_ledger(
        rows(forge) if entries is None else entries,
        checkpoint=checkpoint or forge.checkpoint(),
        trust=Trust((policy or policy_text()).encode(), "yours", forge.now_ms),
        **options,
    )


def fall(forge, **options):
    """Return where and why a ledger is refused: step, code, index."""
    with pytest.raises(LedgerError) as refusal:
        verify(forge, **options)
    return refusal.value.step, refusal.value.code, refusal.value.index


def test_an_honest_ledger_holds_and_is_counted():
    report = verify(honest())

    assert (report.size, report.events, report.seals, report.parties) == (11, 4, 4, 1)
    assert report.origin == ORIGIN
    assert report.seal_time == "2026-06-12T00:04:00.000Z"
    assert report.index_roots == "last seal"
    assert report.witnessing.time is None


def test_every_seal_can_be_recomputed():
    report = verify(honest(), check_every_index_root=True)
    assert report.index_roots == "every seal"


def test_a_copied_log_without_stored_chain_heads_holds_too():
    forge = honest()
    bare = [(index, entry, None) for index, entry, _ in rows(forge)]
    assert verify(forge, entries=bare).size == 11


def test_what_lies_beyond_the_checkpoint_is_not_judged():
    forge = honest()
    more = [*rows(forge), (11, b"not signed yet", bytes(32))]
    assert verify(forge, entries=more).size == 11


def test_progress_ends_with_all_entries():
    seen = []
    verify(honest(), on_progress=lambda done, total: seen.append((done, total)))
    assert seen[-1] == (11, 11)


@pytest.mark.parametrize("index", range(11))
def test_any_changed_entry_is_named(index):
    forge = honest()
    changed = rows(forge)
    _, entry, head = changed[index]
    changed[index] = (index, flipped(entry), head)

    step, _, named = fall(forge, entries=changed)

    assert (step, named) == (3, index)


@pytest.mark.parametrize("index", range(11))
def test_a_damaged_chain_head_is_found_where_it_is(index):
    forge = honest()
    changed = rows(forge)
    changed[index] = (*changed[index][:2], bytes(32))
    assert fall(forge, entries=changed) == (3, "chain-broken", index)


@pytest.mark.parametrize("index", range(11))
def test_a_missing_entry_is_named(index):
    forge = honest()
    left = [row for row in rows(forge) if row[0] != index]
    step, code, named = fall(forge, entries=left)
    assert code == "incomplete"
    assert named == (index if index < 10 else None)
    assert step == (3 if index < 10 else 4)


def test_a_policy_without_this_ledger_cannot_judge_it():
    other = signer("oasis.example/milk-0badcafe")
    assert fall(honest(), policy=policy_text(log=other)) == (1, "unknown-key", None)


def test_a_checkpoint_by_another_key_is_refused():
    forge = honest()
    forged = forge.checkpoint(signer(ORIGIN, "thief"))
    assert fall(forge, checkpoint=forged) == (2, "unknown-key", None)


def test_a_checkpoint_of_another_tree_is_refused():
    forge, other = honest(), honest()
    other.entries[6] = other.event_entry(6)
    assert fall(forge, checkpoint=other.checkpoint()) == (4, "root-mismatch", None)


def test_a_checkpoint_inside_a_group_is_refused():
    forge = honest()
    forge.event(9)
    assert fall(forge) == (5, "seal-mismatch", None)


def test_a_checkpoint_inside_a_group_is_refused_though_the_index_is_as_sealed():
    forge = honest()
    forge.event(9, epcList=None)
    assert fall(forge) == (5, "seal-mismatch", None)


@pytest.mark.parametrize(
    ("lie", "code"),
    [
        pytest.param({"chain_head": bytes(32)}, "chain-broken", id="chain-head"),
        pytest.param({"index": 7}, "seal-mismatch", id="index"),
        pytest.param({"previous": None}, "seal-mismatch", id="no-previous-seal"),
        pytest.param({"previous": 3}, "seal-mismatch", id="a-statement-as-previous"),
        pytest.param(
            {"time": "2026-06-12T00:01:59.999Z"}, "seal-mismatch", id="time-backwards"
        ),
        pytest.param(
            {"origin": "oasis.example/milk-0badcafe"}, "wrong-origin", id="origin"
        ),
    ],
)
def test_a_seal_that_lies_is_refused(lie, code):
    forge = begun()
    forge.event(1)
    forge.seal(**lie)
    assert fall(forge) == (3, code, 6)


def test_a_false_index_root_is_found_at_the_last_seal():
    forge = begun()
    forge.event(1)
    forge.seal(index_root=bytes(32))
    assert fall(forge) == (5, "seal-mismatch", None)
    assert fall(forge, check_every_index_root=True) == (3, "seal-mismatch", 6)


def test_a_false_index_root_in_between_is_found_when_every_seal_is_recomputed():
    forge = begun()
    forge.event(1)
    forge.seal(index_root=bytes(32))
    forge.event(2)
    forge.seal()
    assert verify(forge).index_roots == "last seal"
    assert fall(forge, check_every_index_root=True) == (3, "seal-mismatch", 6)


def test_a_statement_that_the_index_leaves_out_is_found():
    forge = begun()
    forge.add(forge.event_entry(1))
    forge.seal()
    assert fall(forge) == (5, "seal-mismatch", None)


def test_a_foreign_statement_in_a_list_is_found():
    forge = begun()
    forge.add(forge.event_entry(1), [ANIMAL, f"{ANIMAL}8"])
    forge.seal()
    assert fall(forge) == (5, "seal-mismatch", None)


def test_an_alarm_that_is_not_listed_as_one_is_found():
    forge = begun()
    forge.add(forge.event_entry(1, disposition="non_conformant"), [ANIMAL])
    forge.seal()
    assert fall(forge) == (5, "seal-mismatch", None)
    forge = begun()
    alarmed = listed_under([ANIMAL], is_alarm=True)
    forge.add(forge.event_entry(1, disposition="non_conformant"), alarmed)
    forge.seal()
    verify(forge)


def test_two_seals_in_a_row_are_refused():
    forge = begun()
    forge.seal()
    assert fall(forge)[:2] == (3, "seal")


def test_a_text_logged_twice_is_found_though_its_signatures_hold():
    forge = begun()
    forge.event(1)
    forge.seal()
    forge.event(1)
    forge.seal()
    assert fall(forge) == (3, "duplicate", 7)


def test_an_event_id_used_twice_far_apart_is_found():
    forge = begun()
    forge.event(1)
    forge.seal()
    forge.event(1, bizStep="departing")
    forge.seal()
    assert fall(forge) == (3, "event-reused", 7)


def test_a_statement_sealed_when_its_key_had_ended_is_found():
    forge = Forge()
    forge.genesis()
    forge.seal()
    forge.admit()
    forge.authorize(until="2026-06-12T00:05:00.000Z")
    forge.seal()
    forge.event(1)
    forge.seal(minutes=3)
    assert fall(forge) == (3, "seal-mismatch", 6)


def test_an_error_declaration_without_its_original_is_found():
    forge = begun()
    forge.event(1, errorDeclaration={"reason": "did_not_occur"})
    forge.seal()
    assert fall(forge) == (3, "event-reused", 5)


def test_two_parties_may_use_one_event_id_and_each_declare_its_own():
    forge = begun()
    forge.admit(OTHER_PARTY)
    forge.authorize(WELL, OTHER_PARTY)
    declared = {"errorDeclaration": {"reason": "did_not_occur"}}
    forge.event(1)
    forge.event(1, WELL)
    forge.event(1, WELL, **declared)
    forge.event(1, **declared)
    forge.seal()
    assert verify(forge).events == 4


def test_nobody_declares_in_error_what_another_party_said():
    forge = begun()
    forge.admit(OTHER_PARTY)
    forge.authorize(WELL, OTHER_PARTY)
    forge.event(1, WELL)
    forge.event(1, errorDeclaration={"reason": "did_not_occur"})
    forge.seal()
    assert fall(forge) == (3, "event-reused", 8)


def ending(**untils):
    """Return a ledger whose two keys end at these minutes after midnight."""
    forge = Forge()
    forge.genesis()
    forge.seal()
    forge.admit()
    for key, until in ((HERDER, untils.get("herder")), (WELL, untils.get("well"))):
        ends = {"until": f"2026-06-12T00:{until:02}:00.000Z"} if until else {}
        forge.authorize(key, **ends)
    forge.seal()
    return forge


def test_the_key_of_one_who_attests_must_not_have_ended_either():
    forge = ending(well=5)
    forge.event(1, HERDER, WELL)
    forge.seal(minutes=3)
    assert fall(forge) == (3, "seal-mismatch", 7)


@pytest.mark.parametrize("order", [(HERDER, WELL), (WELL, HERDER)])
def test_the_first_key_to_end_counts_for_its_group(order):
    forge = ending(herder=5, well=50)
    for number, key in enumerate(order):
        forge.event(number, key)
    forge.seal(minutes=3)
    assert fall(forge) == (3, "seal-mismatch", 8)


def test_a_key_that_ended_after_its_statement_was_sealed_ends_nothing_else():
    forge = ending(herder=5)
    forge.event(1)
    forge.seal()
    forge.event(2, WELL)
    forge.seal(minutes=30)
    assert verify(forge).events == 2


def test_a_key_that_is_introduced_in_a_group_must_not_have_ended_by_its_seal():
    forge = Forge()
    forge.genesis()
    forge.seal()
    forge.admit()
    forge.authorize(until="2026-06-12T00:05:00.000Z")
    forge.seal(minutes=4)
    assert fall(forge) == (3, "seal-mismatch", 4)


def test_a_later_format_cannot_be_checked():
    forge = begun()
    forge.add(b"caravan/blessing/v1\n")
    forge.seal()
    assert fall(forge) == (3, "unknown-version", 5)


def test_a_ledger_key_in_force_that_did_not_sign_is_missed():
    second = signer(ORIGIN, "second ledger key")
    forge = Forge()
    forge.genesis(ledger_keys=(LEDGER, second))
    forge.seal()
    assert fall(forge) == (6, "unknown-key", None)
    verify(forge, checkpoint=forge.checkpoint(LEDGER, second))


def test_without_a_quorum_nothing_can_be_said():
    forge = honest()
    policy = policy_text(f"witness dune {WITNESS.vkey.to_text()}", "quorum dune")
    assert fall(forge, policy=policy) == (7, "quorum", None)
    note = forge.checkpoint()
    line = sign_cosignature(WITNESS, forge.now_ms // 1000, parse_note(note).text)
    report = verify(forge, policy=policy, checkpoint=note + line.to_line().encode())
    assert report.witnessing.time == "2026-06-12T00:04:00.000Z"


def test_flags_are_recomputed_from_the_entries():
    forge = begun()
    forge.event(1, eventTime="2026-06-01T06:00:00+08:00")
    forge.event(2, eventTime="2026-06-12T06:00:00+08:00")
    forge.seal()
    flags = verify(forge).flags
    assert [(flag.code, flag.index) for flag in flags] == [("late", 5)]


def test_a_statement_that_a_key_numbered_and_the_log_lacks_leaves_a_gap():
    forge = begun()
    first = forge.event(1, **{"caravan:seq": 0})
    text = parse_statement(forge.entries[first]).text_hash
    forge.event(2, **{"caravan:seq": 1, "caravan:prev": encode_base64(text)})
    forge.event(3, **{"caravan:seq": 3, "caravan:prev": encode_base64(text)})
    forge.seal()
    gaps = [flag for flag in verify(forge).flags if flag.code == "sequence-gap"]
    assert [(flag.index, flag.detail) for flag in gaps] == [(7, "2")]


def test_a_party_that_was_never_admitted_cannot_be_given_a_key():
    forge = Forge()
    forge.genesis()
    forge.authorize(party=PARTY)
    forge.seal()
    assert fall(forge) == (3, "authority", 1)
