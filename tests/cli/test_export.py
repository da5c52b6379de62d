"""``caravan export --evidence``: one file that is verified elsewhere, by itself."""

import hashlib
import json
import shutil
import stat
import subprocess
import zipfile

import pytest

from ledger.audit.archive import write_archive
from ledger.tile import bundle_path
from tests.cli.command import caravan, serving
from tests.cli.conftest import append, event, signed
from tests.cli.test_mirror import written
from tests.support.forge import LEDGER, flipped, honest, policy_text
from tests.support.make_vectors._witnesses import DUNE, SALT, cosigned, policy_of

REPORT = b"what was found\n"
LETTER = b"the laboratory's own letter"
URI = "ni:///sha-256;"


def named(data):
    return hashlib.sha256(data).hexdigest()


def ni(data):
    import base64

    digest = base64.urlsafe_b64encode(hashlib.sha256(data).digest())
    return URI + digest.decode().rstrip("=")


def exported(source, out, *options):
    ended = caravan("export", source, "--evidence", out, *options)
    assert ended.status == 0, ended.err
    return ended


def unpacked(bundle, folder):
    with zipfile.ZipFile(bundle) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


@pytest.fixture
def bundle(folder, tmp_path):
    exported(folder, tmp_path / "bundle.zip")
    return tmp_path / "bundle.zip"


def test_a_bundle_is_verified_elsewhere_as_it_came(folder, bundle, home):
    size = json.loads(caravan("verify", folder, "--json").out)["tree_size"]
    shutil.rmtree(folder)
    shutil.rmtree(home)

    ended = caravan("verify", bundle, "--json")

    assert ended.status == 0, ended.err
    assert ended.json["tree_size"] == size
    assert ended.json["from"] == f"evidence bundle {bundle}"


def test_programs_of_others_unpack_it_and_check_every_hash(bundle, tmp_path, home):
    folder = unpacked(bundle, tmp_path / "out")
    shutil.rmtree(home)

    listed = (folder / "MANIFEST.sha256").read_text().splitlines()
    files = {
        path.relative_to(folder).as_posix()
        for path in folder.rglob("*")
        if path.is_file()
    }
    assert {line[66:] for line in listed} | {"MANIFEST.sha256"} == files
    for line in listed:
        assert line[:64] == named((folder / line[66:]).read_bytes())
    if shutil.which("sha256sum"):
        command = ["sha256sum", "--check", "--strict", "MANIFEST.sha256"]
        subprocess.run(command, cwd=folder, check=True, capture_output=True)
    assert caravan("verify", folder / "log").status == 0


def test_from_url_mirror_folder_and_bundle_it_has_the_same_bytes(folder, tmp_path):
    made = [tmp_path / f"{number}.zip" for number in range(6)]
    caravan("mirror", folder, tmp_path / "copy")
    append(folder, *signed(folder, event(3)))
    exported(folder, made[0])
    caravan("mirror", folder, tmp_path / "copy")
    (tmp_path / "copy/tile/entries/000.p/8").write_bytes(b"of an earlier checkpoint")
    exported(tmp_path / "copy", made[1])
    with serving(folder) as url:
        exported(url, made[2])
    exported(folder / "ledger.db", made[3])
    exported(made[0], made[4])
    exported(unpacked(made[0], tmp_path / "out") / "log", made[5])

    contents = {path.read_bytes() for path in made}
    assert len(contents) == 1
    with zipfile.ZipFile(made[0]) as archive:
        names = archive.namelist()
        assert names == sorted(names)
        assert {info.date_time for info in archive.infolist()} == {
            (1980, 1, 1, 0, 0, 0)
        }
        assert {info.compress_type for info in archive.infolist()} == {0}
        assert {info.external_attr >> 16 for info in archive.infolist()} == {
            stat.S_IFREG | 0o644
        }
        assert [name for name in names if name.startswith("log/tile/entries")] == [
            "log/tile/entries/000.p/10"
        ]


def test_what_statements_name_by_hash_is_in_it_or_is_said_to_be_missing(
    folder, tmp_path
):
    lost, letter = b"never seen", {"caravan:letter": f"see {ni(LETTER)}, page 2"}
    append(
        folder,
        *signed(
            folder,
            event(5, **letter),
            event(6, **letter),
            event(7, **{"caravan:file": {"sha256": named(lost)}}),
        ),
    )
    given = tmp_path / "given"
    (given / "sub").mkdir(parents=True)
    (given / "sub" / "letter of 3 May.pdf").write_bytes(LETTER)
    (given / "not named.txt").write_bytes(b"by nobody")
    (tmp_path / "findings.txt").write_bytes(REPORT)
    out = tmp_path / "bundle.zip"

    ended = exported(
        folder, out, "--attachments", given, "--report", tmp_path / "findings.txt"
    )

    assert "attachments: 1 of 2\n" in ended.out
    assert f"missing: {named(lost)}, named by #10\n" in ended.out
    folder = unpacked(out, tmp_path / "out")
    contents = json.loads((folder / "bundle.json").read_bytes())
    assert contents["report"] == ["findings.txt"]
    assert (folder / "report/findings.txt").read_bytes() == REPORT
    assert sorted(path.name for path in (folder / "attachments").iterdir()) == [
        named(LETTER)
    ]
    assert {each["sha256"]: each["entries"] for each in contents["attachments"]} == {
        named(LETTER): [8, 9],
        named(lost): [10],
    }
    readme = (folder / "README.md").read_text("utf-8")
    assert readme.count(f"- `{named(lost)}` (#10)") == 2
    assert "{" not in readme
    assert caravan("verify", out).status == 0


def test_templates_in_use_are_in_it(folder, tmp_path):
    own = tmp_path / "own"
    own.mkdir()
    text = (
        zipped_templates()["walnut.toml"]
        .replace(b'product = "walnut"', b'product = "almond"', 1)
        .replace(b"verified = false", b"verified = false", 1)
    )
    (own / "mine.toml").write_bytes(text)
    exported(folder, tmp_path / "b.zip", "--templates", own)

    with zipfile.ZipFile(tmp_path / "b.zip") as archive:
        names = [n for n in archive.namelist() if n.startswith("templates/")]
        assert archive.read("templates/almond.toml") == text
        assert (
            archive.read("templates/walnut.toml") == zipped_templates()["walnut.toml"]
        )
    assert len(names) == len(zipped_templates()) + 1


def zipped_templates():
    import ledger.template

    folder = ledger.template.Path(ledger.template.__file__).parent / "templates"
    return {path.name: path.read_bytes() for path in folder.glob("*.toml")}


@pytest.fixture
def lying(tmp_path):
    forge = honest()
    forge.entries[6] = flipped(forge.entries[6])
    (tmp_path / "policy").write_text(policy_text())
    return written(forge, tmp_path / "lying")


def test_what_does_not_verify_is_not_exported(lying, tmp_path):
    out = tmp_path / "bundle.zip"
    ended = caravan("export", lying, "--evidence", out, "--policy", tmp_path / "policy")

    assert ended.status == 3
    assert "--unverified" in ended.err
    assert not out.exists()
    assert not list(tmp_path.glob(".bundle*"))


def test_what_does_not_verify_is_exported_if_asked_and_says_so(lying, tmp_path):
    out, policy = tmp_path / "bundle.zip", ["--policy", tmp_path / "policy"]
    ended = caravan("export", lying, "--evidence", out, *policy, "--unverified")

    assert ended.status == 3
    assert ended.out.startswith("NOT verified: ")
    again = caravan("verify", out, *policy, "--json")
    assert (again.status, again.json["index"]) == (3, 6)
    folder = unpacked(out, tmp_path / "out")
    assert "did NOT verify: `signature, #6`" in (folder / "README.md").read_text()
    refusal = json.loads((folder / "bundle.json").read_bytes())["refusal"]
    assert refusal == {"code": "signature", "index": 6}


def test_entries_that_do_not_lead_to_the_checkpoint_are_exported_if_asked(tmp_path):
    forge = honest()
    source, out = written(forge, tmp_path / "copy"), tmp_path / "bundle.zip"
    forge.entries[-1] += b"\n"
    (tmp_path / "policy").write_text(policy_text())
    (source / bundle_path(0, len(forge.entries))).write_bytes(
        b"".join(len(entry).to_bytes(2) + entry for entry in forge.entries)
    )
    shown = ["--policy", tmp_path / "policy"]

    assert caravan("export", source, "--evidence", out, *shown).status == 3
    assert not out.exists()
    ended = caravan("export", source, "--evidence", out, *shown, "--unverified")
    assert ended.status == 3
    assert caravan("verify", out, *shown).status == 3


@pytest.mark.parametrize("place", [0, 1, 12, 40, 0.3, 0.9, -1])
def test_a_flipped_byte_is_found_wherever_it_is(bundle, place, tmp_path):
    data = bytearray(bundle.read_bytes())
    at = int(place * len(data)) if isinstance(place, float) else place
    data[at] ^= 0x01
    (tmp_path / "other.zip").write_bytes(data)

    ended = caravan("verify", tmp_path / "other.zip")

    assert ended.status == 3, ended.out + ended.err
    assert ended.err.splitlines()[0].startswith("caravan: error: not verified: ")


def test_one_that_is_cut_short_is_damaged(bundle):
    data = bundle.read_bytes()
    for length in (40, 500, len(data) // 2, len(data) - 1):
        bundle.write_bytes(data[:length])
        ended = caravan("verify", bundle)
        assert ended.status == 3, (length, ended.err)


def test_what_is_no_bundle_is_nothing_to_judge(tmp_path):
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        archive.writestr("letter.txt", b"hello")

    assert caravan("verify", tmp_path / "other.zip").status == 2


def rebuilt(bundle, folder, change):
    """Make a bundle of changed files, with a list of hashes that fits them."""
    unpacked(bundle, folder)
    change(folder)
    (folder / "MANIFEST.sha256").unlink()
    names = sorted(
        p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()
    )
    (folder / "MANIFEST.sha256").write_text(
        "".join(f"{named((folder / n).read_bytes())}  {n}\n" for n in names)
    )
    out = folder.with_suffix(".zip")
    with out.open("wb") as stream:
        names = sorted([*names, "MANIFEST.sha256"])
        write_archive(stream, [(name, folder / name) for name in names])
    return out


def added(name):
    def change(folder):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_bytes(b"more")

    return change


def replaced(name, old, new):
    def change(folder):
        data = (folder / name).read_bytes()
        assert old in data
        (folder / name).write_bytes(data.replace(old, new))

    return change


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (added("run-me.sh"), "run-me.sh: no file of a bundle"),
        (added("report/other.txt"), "report/other.txt: no file of a bundle"),
        (added("log/tile/entries/000.p/3"), "000.p/3: no file of a bundle"),
        (added("attachments/" + "0" * 64), "no file of a bundle"),
        (
            replaced("bundle.json", b'"tree_size":8', b'"tree_size":9'),
            "not of the checkpoint",
        ),
        (replaced("bundle.json", b'"refusal"', b'"other"'), "bundle.json"),
        (lambda folder: (folder / "README.md").unlink(), "README.md: missing"),
        (lambda f: (f / "templates/apple.toml").unlink(), "apple.toml: missing"),
        (lambda f: (f / "log/tile/0/000.p/8").unlink(), "000.p/8: missing"),
        (
            lambda f: (f / "log/tile/0/000.p/8").write_bytes(bytes(256)),
            "000.p/8: not of the entries",
        ),
        (replaced("log/checkpoint", b"\n8\n", b"\n08\n"), "log/checkpoint: damaged"),
    ],
)
def test_what_is_not_called_for_is_refused_though_its_hash_is_listed(
    bundle, tmp_path, change, said
):
    ended = caravan("verify", rebuilt(bundle, tmp_path / "changed", change))

    assert ended.status == 3, ended.out
    assert said in ended.err.splitlines()[0]


def test_a_bundle_of_a_later_version_cannot_be_checked(bundle, tmp_path):
    change = replaced("bundle.json", b"caravan/evidence/v1", b"caravan/evidence/v2")
    ended = caravan("verify", rebuilt(bundle, tmp_path / "changed", change))

    assert ended.status == 4
    assert "caravan/evidence/v2" in ended.err


def test_an_old_bundle_is_judged_as_of_its_day(folder, bundle):
    append(folder, *signed(folder, event(3)))
    assert caravan("verify", folder).status == 0

    ended = caravan("verify", bundle)

    assert ended.status == 0, ended.err
    assert "a newer checkpoint of this ledger was verified here" in ended.out
    assert caravan("verify", folder).status == 0


def test_cosignatures_of_long_ago_are_judged_as_of_their_day(tmp_path):
    forge, out = honest(), tmp_path / "bundle.zip"
    source = written(forge, tmp_path / "copy")
    long_ago = forge.now_ms // 1000 + 60
    note = cosigned(forge.checkpoint(LEDGER), (DUNE, long_ago), (SALT, long_ago))
    (source / "checkpoint").write_bytes(note)
    (source / "policy").write_text(policy_of("all", "dune", "salt"))
    assert caravan("verify", source).status == 4

    made = exported(source, out)
    ended = caravan("verify", out)

    assert ended.status == 0, ended.err
    assert "seen by 2 of 2 witnesses" in ended.out
    assert "seen by 2 of 2 witnesses" in made.out
    with zipfile.ZipFile(out) as archive:
        assert archive.read("log/checkpoint") == note


def test_nothing_is_written_over(folder, bundle):
    before = bundle.read_bytes()
    ended = caravan("export", folder, "--evidence", bundle)

    assert ended.status == 2
    assert bundle.read_bytes() == before


@pytest.mark.parametrize("name", ["報告.html", "a b.html"])
def test_a_report_has_a_plain_name(folder, tmp_path, name):
    (tmp_path / name).write_bytes(REPORT)
    out = tmp_path / "bundle.zip"
    ended = caravan("export", folder, "--evidence", out, "--report", tmp_path / name)

    assert ended.status == 2
    assert not out.exists()


def test_json_tells_of_the_bundle(folder, tmp_path):
    out = tmp_path / "bundle.zip"
    found = exported(folder, out, "--json").json

    assert found["outcome"] == "verified"
    assert found["sha256"] == named(out.read_bytes())
    assert found["contents"]["format"] == "caravan/evidence/v1"
    assert found["ledger"]["tree_size"] == found["contents"]["tree_size"]


def test_a_log_without_its_key_is_exported_if_asked(tmp_path):
    source = written(honest(), tmp_path / "copy")
    out = tmp_path / "bundle.zip"

    assert caravan("export", source, "--evidence", out).status == 4
    assert caravan("export", source, "--evidence", out, "--unverified").status == 4
    assert caravan("verify", out).status == 4
    (tmp_path / "policy").write_text(policy_text(log=LEDGER))
    assert caravan("verify", out, "--policy", tmp_path / "policy").status == 0
