import pytest

from ledger.checkpoint import open_checkpoint
from ledger.merkle import leaf_hash, root_hash
from ledger.policy import parse_policy
from ledger.tile import decode_bundle, split_tile
from tests.api.ledgers import LEDGER, ORIGIN, event


def test_the_log_can_be_copied_and_its_root_recomputed(client, log):
    log.append_statements([event(number) for number in range(300)])
    checkpoint = client.get("/log/checkpoint")
    signed = open_checkpoint(
        checkpoint.content, origin=ORIGIN, log_keys=[LEDGER.vkey]
    ).checkpoint
    rest = signed.size - 256

    full = client.get("/log/tile/entries/000")
    partial = client.get(f"/log/tile/entries/001.p/{rest}")
    hashes = client.get(f"/log/tile/0/001.p/{rest}")

    entries = decode_bundle(full.content, 256) + decode_bundle(partial.content, rest)
    leaves = [leaf_hash(entry) for entry in entries]
    assert root_hash(leaves) == signed.root
    assert split_tile(hashes.content, rest) == tuple(leaves[256:])


def test_what_never_changes_may_be_kept_and_the_checkpoint_may_not(reader):
    tile = reader.get("/log/tile/0/000.p/3")
    checkpoint = reader.get("/log/checkpoint")

    assert tile.headers["cache-control"] == "public, max-age=86400, immutable"
    assert tile.headers["content-type"] == "application/octet-stream"
    assert checkpoint.headers["cache-control"] == "no-store"
    assert checkpoint.headers["content-type"] == "text/plain; charset=utf-8"


@pytest.mark.parametrize(
    "path", ["/log/checkpoint", "/log/tile/0/000.p/3", "/policy", "/entries/0"]
)
def test_a_verifier_on_any_page_may_read_the_evidence(reader, path):
    assert reader.get(path).headers["access-control-allow-origin"] == "*"


def test_nobody_elses_page_reads_the_metrics(reader):
    assert "access-control-allow-origin" not in reader.get("/metrics").headers


@pytest.mark.parametrize(
    "path",
    [
        pytest.param("/log/tile/0/000", id="a-full-tile-that-is-not-full"),
        pytest.param("/log/tile/0/000.p/200", id="wider-than-the-signed-size"),
        pytest.param("/log/tile/0/000.p/0", id="empty"),
        pytest.param("/log/tile/0/000.p/256", id="full-but-said-to-be-partial"),
        pytest.param("/log/tile/0/000.p/03", id="width-with-a-leading-zero"),
        pytest.param("/log/tile/0/x000/000.p/3", id="longer-than-needed"),
        pytest.param("/log/tile/00/000.p/3", id="level-with-a-leading-zero"),
        pytest.param("/log/tile/64/000.p/3", id="level-too-high"),
        pytest.param("/log/tile/1/000.p/1", id="level-not-there-yet"),
        pytest.param("/log/tile/0/999", id="tile-not-there-yet"),
        pytest.param("/log/tile/0/0%300.p/3", id="encoded-digit"),
        pytest.param("/log/tile/entries/000.p/99", id="bundle-too-wide"),
        pytest.param("/log/tile/%2e%2e/checkpoint", id="upwards"),
        pytest.param("/log/tile/", id="nothing"),
        pytest.param("/log/nothing", id="no-such-resource"),
    ],
)
def test_a_tile_has_one_name_and_what_is_not_signed_is_not_there(reader, path):
    answer = reader.get(path)

    assert answer.status_code == 404
    assert answer.json()["type"] == "urn:caravan:problem:not-found"


def test_the_policy_names_the_ledger_first(reader):
    policy = parse_policy(reader.get("/policy").content)

    assert policy.logs[0].vkey == LEDGER.vkey


def test_head_is_get_without_the_body(reader):
    got = reader.get("/log/checkpoint")

    head = reader.request("HEAD", "/log/checkpoint")

    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["content-length"] == str(len(got.content))
