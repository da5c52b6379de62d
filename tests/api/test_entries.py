import pytest

from ledger.encoding import parse_canonical
from ledger.receipt import parse_receipt, verify_receipt
from tests.api.ledgers import LEDGER, ORIGIN, damage, event, event_body, milking


def test_an_entry_is_given_with_its_exact_text_and_what_it_says(client):
    note = event(7)
    index = client.post(note).json()["index"]

    told = client.get(f"/entries/{index}").json()

    assert told["entry"].encode() == note
    assert told["body"] == event_body(7)
    assert (told["index"], told["kind"]) == (index, "event")
    assert told["log_time"] == "2026-06-12T00:00:00.000Z"
    assert told["flags"] == []


def test_numbers_of_a_body_keep_their_spelling(client):
    index = client.post(milking(kilograms="3.47")).json()["index"]

    answer = client.get(f"/entries/{index}")

    assert b'"quantity":3.47,' in answer.content


def test_a_flag_is_recomputed_when_the_entry_is_read(client):
    index = client.post(milking(kilograms="0")).json()["index"]

    told = client.get(f"/entries/{index}").json()

    assert [(flag["code"], flag["index"]) for flag in told["flags"]] == [
        ("zero-value", index)
    ]


def test_a_seal_says_what_it_closes(client, log):
    told = client.get(f"/entries/{log.size - 1}").json()

    assert told["kind"] == "seal"
    assert set(told["body"]) == {"chain_head", "index_root", "previous", "time"}
    assert told["log_time"] == told["body"]["time"]


def test_the_genesis_is_a_directory_statement(reader):
    told = reader.get("/entries/0").json()

    assert told["kind"] == "directory"
    assert told["body"] == parse_canonical(told["entry"].split("\n")[4].encode())


def test_a_receipt_verifies_as_a_file_and_inside_json(client):
    note = event()
    index = client.post(note).json()["index"]

    told = client.get(f"/entries/{index}/receipt").json()
    file = client.get(f"/entries/{index}/receipt", accept="text/plain")

    assert told["state"] == "signed"
    assert file.text == told["receipt"]
    receipt = parse_receipt(file.content)
    verify_receipt(receipt, note, origin=ORIGIN, log_keys=[LEDGER.vkey])


@pytest.mark.parametrize(
    "index", ["999", "-1", "01", "1.0", "x", "1e3", "9" * 40, "%31x"]
)
@pytest.mark.parametrize("below", ["", "/receipt"])
def test_an_index_has_one_spelling_and_what_is_not_signed_is_not_there(
    reader, index, below
):
    answer = reader.get(f"/entries/{index}{below}")

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:caravan:problem:not-found"


def test_a_damaged_entry_is_the_servers_fault(client, tmp_path):
    index = client.post(event()).json()["index"]
    damage(tmp_path, index, event().replace(b"statement/v1", b"statemint/v1"))

    answer = client.get(f"/entries/{index}")

    assert answer.status_code == 503
    assert answer.json()["type"] == "urn:caravan:problem:store"
