"""The vendored code is the published code: each file has the hash on record."""

import hashlib
import re
from pathlib import Path

VENDOR = Path(__file__).parents[2] / "scanner_web" / "vendor"
ROW = re.compile(r"^\| (\S+/\S+) \| `([0-9a-f]{64})` \|$", re.MULTILINE)

# A second record beside the README's: a change of a file takes three edits, and shows.
PUBLISHED = {
    "noble-ed25519/index.js": (
        "a4f631d1876b5d9e43a86cd71194ca27b5e1451edf4ba4db9a418f40a475569a"
    ),
    "noble-ed25519/LICENSE": (
        "394c2e6e5552e5dba202bee6390b9d6aa2754d657f5b9869e83b3d265a315501"
    ),
    "noble-hashes/sha2.js": (
        "471746bba6ec4c6238ca41358d1d3b40b6ff31cf3363f0b4d550c649c1a8e83b"
    ),
    "noble-hashes/_md.js": (
        "60cf3010fda89e3e4d3f0e7ff1ce249e9c467f34b4fd41b6fd6101d9f69be763"
    ),
    "noble-hashes/_u64.js": (
        "b09da8c07fe8187c07649494cdb7cd0bcf13df90b506a9473d19e4d5f8c2e102"
    ),
    "noble-hashes/utils.js": (
        "037ad49adb78168b6b699598fd33f85f7877456b1d28b4d032e2a1a16807947c"
    ),
    "noble-hashes/LICENSE": (
        "4f221aee6e072336700c408c68ab3b96a3fc09f6aebe6f48f1bd99e5ef13faec"
    ),
    "jsqr/jsQR.js": (
        "bc40c8a15196236b2314db0856f72ca0b49980cd5413b8c852a7349f5fee0859"
    ),
    "jsqr/LICENSE": (
        "c6596eb7be8581c18be736c846fb9173b69eccf6ef94c5135893ec56bd92ba08"
    ),
}


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_vendored_file_is_the_published_one():
    found = {
        path.relative_to(VENDOR).as_posix(): sha256(path)
        for path in VENDOR.rglob("*")
        if path.is_file()
        and path.name != "README.md"
        and path.suffixes != [".d", ".ts"]
    }

    assert found == PUBLISHED


def test_the_readme_names_the_same_hashes():
    readme = (VENDOR / "README.md").read_text(encoding="utf-8")

    assert dict(ROW.findall(readme)) == PUBLISHED
