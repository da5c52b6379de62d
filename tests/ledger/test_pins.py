"""What a machine remembers of ledgers, one apart from the other."""

import pytest

from ledger.errors import NoteError, StoreError
from ledger.pins import Pins, default_pins

ONE, OTHER = "herd.example/log-1f2e3d4c", "herd.example/log-1f2e3d4d"


def test_what_is_pinned_is_found_again_and_under_its_origin_only(tmp_path):
    pins = Pins(tmp_path / "caravan")
    pins.pin_policy(ONE, b"first\n")
    pins.pin_policy(ONE, b"second\n")
    pins.keep_checkpoint(OTHER, b"note\n")

    again = Pins(tmp_path / "caravan")

    assert (again.policy(ONE), again.policy(OTHER)) == (b"second\n", None)
    assert (again.checkpoint(ONE), again.checkpoint(OTHER)) == (None, b"note\n")
    assert len(list((tmp_path / "caravan" / "policies").iterdir())) == 1


@pytest.mark.parametrize("origin", ["herd.example/../x y", "a.b//c", ""])
def test_an_origin_never_leads_out_of_the_folder(tmp_path, origin):
    with pytest.raises(NoteError):
        Pins(tmp_path).pin_policy(origin, b"")


def test_dots_in_an_origin_stay_in_the_folder(tmp_path):
    pins = Pins(tmp_path / "caravan")

    pins.pin_policy("../..", b"x")

    assert [path.name for path in tmp_path.rglob("*.txt")] == ["..+...txt"]
    assert list((tmp_path / "caravan" / "policies").iterdir())


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    (tmp_path / "caravan").write_text("a file")

    with pytest.raises(StoreError):
        Pins(tmp_path / "caravan").pin_policy(ONE, b"x")


def test_without_a_setting_pins_are_in_the_home_of_the_user(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))

    assert default_pins({}).folder == tmp_path / ".config" / "caravan"
    assert default_pins({"XDG_CONFIG_HOME": "here"}).folder.parts[-2] == ".config"


def test_no_evidence_takes_the_place_of_another(tmp_path):
    pins = Pins(tmp_path)

    kept = [pins.keep_split_view(ONE, text) for text in (b"one", b"other", b"one")]

    assert kept[0] == kept[2] != kept[1]
    assert [path.read_bytes() for path in kept[:2]] == [b"one", b"other"]
