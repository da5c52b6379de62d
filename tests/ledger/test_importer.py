import hashlib
import textwrap
import uuid
from collections import Counter, defaultdict
from pathlib import Path

import pytest

import ledger
from ledger.admission import check_event_admission
from ledger.encoding import canonical, parse_canonical
from ledger.errors import KeyFileError, MalformedError
from ledger.event import parse_event
from ledger.flags import flags_of_event, flags_of_subject, is_stay_boundary
from ledger.importer.mapping import parse_mapping
from ledger.importer.statements import Register, event_id
from ledger.importer.table import parse_table
from ledger.importer.template import Row, parse_template
from ledger.note import NoteSigner
from ledger.signatures import SigningKey
from ledger.statement import parse_statement, verify_statement_signatures

HERDS = Path(ledger.__file__).parent / "importer/data/dairy-herds"
HOST = "herd.example"
ORIGIN = f"{HOST}/log-1f2e3d4c"
NOW_MS = 1_781_222_400_000  # 2026-06-12T00:00:00Z


def signer_of(name):
    seed = hashlib.sha256(name.encode()).digest()
    return NoteSigner(f"{HOST}/{name}", SigningKey.from_seed(seed))


def made(mapping, **files):
    """Return what each row gives, from a mapping's text and the tables' texts."""
    register = Register(
        parse_mapping(textwrap.dedent(mapping).encode()),
        lambda name: textwrap.dedent(files[name]).lstrip().encode(),
    )
    return list(register.statements(origin=ORIGIN, signer_of=signer_of))


def body_of(note):
    return parse_canonical(parse_statement(note).body)


MILK = """
    register = "a herd book"
    [tables.animals]
    file = "animals"
    key = "tag"
    [tables.milk]
    file = "milk"
    [[events]]
    name = "recording"
    table = "milk"
    record = "milk/{tag}/{day}"
    signer = "{animals[tag].herd|lower}"
    when = { day = { present = true }, kind = { not = "planned" } }
    [events.event]
    type = "ObjectEvent"
    action = "OBSERVE"
    bizStep = "inspecting"
    eventTime = "{day}T00:00:00+01:00"
    eventTimeZoneOffset = "+01:00"
    epcList = ["https://{host}/id/animal/{animals[tag].herd|lower}/{tag|lower}"]
    readPoint = { id = "https://{host}/id/place/{animals[tag].herd|lower}" }
    "caravan:parity" = { number = "{parity}" }
    [[events.event.sensorElementList]]
    [[events.event.sensorElementList.sensorReport]]
    type = "Mass"
    value = { number = "{kg}" }
    uom = "KGM"
    [[events.event.sensorElementList.sensorReport]]
    when = { cells = { present = true } }
    type = "Count"
    value = { number = "{cells}", times = 1000 }
    """
ANIMALS = """
    tag,herd
    T1,FR7
    T2,FR8
    """
HEAD = "tag,day,kind,kg,cells,parity\n"


def milk(*rows):
    return made(MILK, animals=ANIMALS, milk=HEAD + "\n".join(rows) + "\n")


# ------------------------------------------------------------------- the real herds


@pytest.fixture(scope="module")
def herds():
    register = Register(
        parse_mapping((HERDS / "mapping.toml").read_bytes()),
        lambda name: (HERDS / name).read_bytes(),
    )
    return list(register.statements(origin=ORIGIN, signer_of=signer_of))


def test_every_record_of_the_herds_becomes_its_events(herds):
    counts = Counter(about.name for about, _ in herds)

    # 281 stays, of which 219 begin with the birth and 6 have not ended.
    assert counts == {
        "birth": 220,
        "arrival": 281 - 219,
        "departure": 281 - 6,
        "recording": 4797,
    }


def test_every_statement_of_the_herds_is_valid_admitted_and_by_its_herd(herds):
    ids = set()
    for about, note in herds:
        statement = parse_statement(note)
        event = parse_event(parse_canonical(statement.body), host=HOST)
        check_event_admission(event, host=HOST, now_ms=NOW_MS, entry_size=len(note))
        herd = event.read_point.rpartition("/")[2]
        assert statement.issuer.name == f"{HOST}/{herd}"
        assert event.source.register.startswith("DairyHerdData")
        assert event.seq is None
        ids.add(event.event_id)
        if about.line == 2:
            verify_statement_signatures(statement, [signer_of(herd).vkey])
    assert len(ids) == len(herds)


def test_the_faults_of_the_herds_come_out_as_flags_and_nothing_else(herds):
    found = Counter()
    stays = defaultdict(list)
    for index, (_, note) in enumerate(herds):
        event = parse_event(body_of(note), host=HOST)
        own = flags_of_event(index, event, log_time_ms=NOW_MS, is_importer=True)
        found.update(flag.code for flag in own)
        if is_stay_boundary(event):
            stays[event.subjects].append((index, event))
    for listed in stays.values():
        found.update(flag.code for flag in flags_of_subject(listed))

    assert found == {"overlap": 3, "zero-value": 2}


def test_a_milk_recording_has_the_values_of_its_row(herds):
    notes = {str(about): note for about, note in herds}

    body = body_of(notes["sample_rec_3herds.csv line 2 (recording)"])

    reports = body["sensorElementList"][0]["sensorReport"]
    assert [
        (report["component"], str(report["value"]), report["uom"]) for report in reports
    ] == [
        ("caravan:milk", "43.5", "KGM"),
        ("caravan:fat", "3.63", "P1"),
        ("caravan:protein", "2.95", "P1"),
        ("caravan:somatic_cells", "24000000", "K63"),
    ]
    assert body["caravan:parity"] == 5
    assert body["caravan:precision"] == "day"
    assert body["epcList"] == [f"https://{HOST}/id/animal/fr000019/fr002185"]


def test_a_birth_keeps_dam_sire_and_breed(herds):
    assert body_of(herds[0][1])["ilmd"] == {
        "caravan:breed": "66",
        "caravan:dam": "FR013806",
        "caravan:sire": "FR018751",
        "caravan:species": "cattle",
    }


# --------------------------------------------------------------------- again and again


def test_equal_rows_give_equal_notes():
    row = "T1,2026-01-02,seen,45.10,24,3"

    assert milk(row) == milk(row)


def test_a_record_that_was_changed_keeps_its_event_id():
    [(_, before)] = milk("T1,2026-01-02,seen,45.1,24,3")
    [(_, after)] = milk("T1,2026-01-02,seen,45.2,24,3")

    assert body_of(before)["eventID"] == body_of(after)["eventID"]
    assert before != after


def test_an_event_id_is_a_uuid_of_version_7_at_the_time_of_the_event():
    urn = event_id("a herd book", "stay/7", "arrival", instant_us=1_136_934_000_123_456)

    value = uuid.UUID(urn)
    assert value.version == 7
    assert value.variant == uuid.RFC_4122
    assert value.int >> 80 == 1_136_934_000_123


def test_each_part_of_an_event_id_tells_events_apart():
    parts = [("a", "b", "c"), ("ab", "", "c"), ("a", "bc", ""), ("", "ab", "c")]

    assert len({event_id(*part, instant_us=0) for part in parts}) == len(parts)


def test_a_time_before_1970_has_an_event_id_too():
    assert uuid.UUID(event_id("a", "b", "c", instant_us=-1)).int >> 80 == 0


# ----------------------------------------------------------------------- rows and parts


def test_a_number_is_written_as_the_register_has_it_without_needless_zeros():
    [(_, note)] = milk("T1,2026-01-02,seen,45.10,24,3")

    assert b'"value":45.1}' in parse_statement(note).body


def test_a_number_in_a_smaller_unit_is_exact():
    [(_, note)] = milk("T1,2026-01-02,seen,1,0.123,3")

    assert b'"value":123}' in parse_statement(note).body


def test_a_part_without_a_value_is_left_out():
    [(_, note)] = milk("T1,2026-01-02,seen,45.1,,3")

    [element] = body_of(note)["sensorElementList"]
    assert [report["type"] for report in element["sensorReport"]] == ["Mass"]


def test_a_row_gives_no_event_where_a_condition_fails():
    assert milk("T1,2026-01-02,planned,,,", "T1,,seen,,,") == []


def test_a_value_is_never_read_as_a_template():
    row = Row({"name": "{host}"}, HOST, {})

    assert parse_template("{name}").fill(row) == "{host}"


@pytest.mark.parametrize(
    ("row", "says"),
    [
        pytest.param("T1,2026-01-02,seen,45,2", "want 6", id="too-few-values"),
        pytest.param("T1,2026-01-02,seen,45,2,1,1", "want 6", id="too-many-values"),
        pytest.param('T1,2026-01-02,seen,"45,1",2,1', "kg", id="decimal-comma"),
        pytest.param("T1,2026-01-02,seen,4e1,2,1", "kg", id="exponent"),
        pytest.param("T1,2026-01-02,seen,045,2,1", "kg", id="leading-zero"),
        pytest.param("T1,2026-01-02,seen,NaN,2,1", "kg", id="not-a-number"),
        pytest.param("T1,2026-01-02,seen,1.1234567,2,1", "digits", id="too-precise"),
        pytest.param(f"T1,2026-01-02,seen,{'9' * 50},2,1", "kg", id="too-long"),
        pytest.param("T1,2026-01-02,seen,,2,1", "kg: empty", id="empty"),
        pytest.param("T9,2026-01-02,seen,45,2,1", "'T9'", id="in-no-other-table"),
        pytest.param("T1,2026-02-30,seen,45,2,1", "no such day", id="no-such-day"),
        pytest.param("T1,02/01/2026,seen,45,2,1", "YYYY-MM-DD", id="other-date"),
        pytest.param("T2,2026-01-01,again,45,2,1", "line 2", id="the-same-record"),
    ],
)
def test_a_bad_row_is_named_and_the_others_go_on(row, says):
    good = ("T2,2026-01-01,seen,30,5,1", "T1,2026-01-03,seen,30,5,1")

    before, bad, after = milk(good[0], row, good[1])

    assert isinstance(before[1], bytes)
    assert isinstance(after[1], bytes)
    assert str(bad[0]).startswith("milk line 3")
    assert isinstance(bad[1], MalformedError)
    assert says in str(bad[1])


def test_a_herd_without_a_key_is_named_and_the_others_go_on():
    def only_seven(name):
        if name != "fr7":
            raise KeyFileError(f"key file {name}.pem: no such file")
        return signer_of(name)

    files = {
        "animals": ANIMALS,
        "milk": HEAD + "T2,2026-01-02,s,1,1,1\nT1,2026-01-02,s,1,1,1\n",
    }
    register = Register(
        parse_mapping(textwrap.dedent(MILK).encode()),
        lambda name: textwrap.dedent(files[name]).lstrip().encode(),
    )

    first, second = register.statements(origin=ORIGIN, signer_of=only_seven)

    assert first[1].code == "key-file"
    assert isinstance(second[1], bytes)


@pytest.mark.parametrize("herd", ["../registrar", "..", "a/b", "", ".x", "a\x00"])
def test_no_value_leads_to_a_key_in_another_folder(herd):
    animals = f"tag,herd\nT1,{herd}\n"

    [(_, error)] = made(MILK, animals=animals, milk=f"{HEAD}T1,2026-01-02,seen,1,1,1\n")

    assert isinstance(error, MalformedError)
    assert error.code == "malformed"


# ------------------------------------------------------------------ tables, mappings


@pytest.mark.parametrize(
    ("data", "says"),
    [
        pytest.param(b"", "line 1", id="empty"),
        pytest.param(b"a,a\n1,2\n", "line 1", id="a-column-twice"),
        pytest.param(b"a,\n1,2\n", "line 1", id="a-column-without-a-name"),
        pytest.param(b"a\n1\n\xe9\n", "line 3: not UTF-8", id="latin-1"),
        pytest.param(b'a\n1\n"2"3\n', "line 3", id="text-after-a-quote"),
        pytest.param(b'a\n"1\n2', "line 3", id="a-quote-without-its-other"),
    ],
)
def test_a_file_that_is_no_table_is_refused_before_anything_is_signed(data, says):
    with pytest.raises(MalformedError, match=says):
        parse_table(data, name="milk.csv")


def test_a_table_may_begin_with_a_mark_and_be_separated_by_semicolons():
    table = parse_table(
        b'\xef\xbb\xbfherd;note\r\nFR7;"a;\r\nb"\r\n\r\nFR8;c\r\n',
        name="t",
        separator=";",
    )

    assert table.columns == ("herd", "note")
    assert table.rows == (
        (3, {"herd": "FR7", "note": "a;\r\nb"}),
        (5, {"herd": "FR8", "note": "c"}),
    )


def test_a_key_that_is_there_twice_is_refused():
    with pytest.raises(MalformedError, match="line 4"):
        made(MILK, animals="tag,herd\nT1,A\nT2,B\nT1,C\n", milk=HEAD)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('register = "a herd book"', "", "register is missing"),
        ('register = "a herd book"', "register = ", "mapping"),
        ('register = "a herd book"', "register = 7", "register: want a text"),
        ("[tables.milk]", "extra = 1\n    [tables.milk]", "extra: not one of"),
        ('table = "milk"', 'table = "cheese"', "no table cheese"),
        ('"{parity}"', '"{partiy}"', "no column partiy"),
        ("{animals[tag].herd|lower}", "{animals[tga].herd}", "no column tga"),
        ("{animals[tag].herd|lower}", "{milk[tag].day}", "not a table that has a key"),
        ("{animals[tag].herd|lower}", "{animals[tag.herd}", "want {column}"),
        ("{tag|lower}", "{tag|small}", "want lower or upper"),
        ("milk/{tag}", "milk/{tag", "without its other"),
        ("times = 1000", 'times = "1000"', "want a number"),
        ("times = 1000", "times = 1e3", "write it out"),
        ("times = 1000", "scale = 1000", "scale: not one of"),
        ("present = true }, kind", 'present = "yes" }, kind', "present = true"),
        ('not = "planned"', 'isnt = "planned"', "present = true"),
        ("kind = { not", "sort = { not", "no column sort"),
        ('"{day}T00:00:00+01:00"', "2026-01-02", "as a text"),
        ('type = "ObjectEvent"', 'eventID = "urn:x:1"', "leave it out"),
        ('name = "recording"', 'name = "Milk recording"', "letters a-z"),
        ('file = "milk"', 'file = "milk"\n    separator = ", "', "one character"),
    ],
)
def test_a_mapping_that_cannot_be_meant_is_refused_with_the_place(old, new, says):
    assert old in MILK

    with pytest.raises(MalformedError) as caught:
        made(MILK.replace(old, new), animals=ANIMALS, milk=HEAD)

    assert says in str(caught.value)
    assert "mapping" in str(caught.value)


def test_the_mapping_in_the_documentation_does_what_it_says():
    page = (Path(__file__).parents[2] / "docs/cli.md").read_text("utf-8")
    mapping = page.partition("```toml\n")[2].partition("```")[0]
    weights = "herd,animal,day,kg\nFR7,T1,2026-01-02,612.5\nFR7,T2,2026-01-02,\n"

    [(_, note)] = made(mapping, **{"weights.csv": weights})

    assert b'"value":612.5}' in parse_statement(note).body


def test_two_events_of_one_name_are_refused():
    second = MILK[MILK.index("[[events]]") :]

    with pytest.raises(MalformedError, match="one name"):
        made(MILK + second, animals=ANIMALS, milk=HEAD)


def test_constants_of_toml_are_those_of_json():
    mapping = MILK.replace(
        '"caravan:parity" = { number = "{parity}" }',
        '"caravan:parity" = [1, 0.50, true, "x"]',
    )

    [(_, note)] = made(
        mapping, animals=ANIMALS, milk=f"{HEAD}T1,2026-01-02,seen,1,1,1\n"
    )

    assert canonical(body_of(note)["caravan:parity"]) == b'[1,0.5,true,"x"]'
