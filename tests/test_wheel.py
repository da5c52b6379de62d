"""What is installed is all that is needed: nothing lies only in the checkout."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

# Packages whose import name is not their own name.
IMPORT_NAMES = {"pynacl": "nacl"}
# What a dependency brings as its own foundation, and we use by name.
FOUNDATIONS = {
    "httptools": "uvicorn",
    "markupsafe": "jinja2",
    "pydantic": "fastapi",
    "sqlalchemy": "sqlmodel",
    "starlette": "fastapi",
}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    [path] = folder.glob("caravan-*.whl")
    return path


def test_the_wheel_carries_pages_data_and_licences(wheel):
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())

    def shipped(folder, *suffixes):
        return {
            path.relative_to(ROOT).as_posix()
            for path in (ROOT / folder).rglob("*")
            if path.suffix in suffixes and not path.name.endswith(".d.ts")
        }

    assert shipped("scanner_web", ".js", ".css", ".html") <= names
    assert shipped("scanner_web/locale", ".json") <= names
    assert shipped("ledger", ".py", ".csv", ".md", ".toml") <= names
    assert "scanner_web/vendor/noble-ed25519/LICENSE" in names
    assert any(name.endswith("dist-info/licenses/LICENSE") for name in names)
    assert not any(name.startswith("tests/") for name in names)


def test_it_imports_with_nothing_of_the_checkout_in_reach(wheel, tmp_path):
    zipfile.ZipFile(wheel).extractall(tmp_path)
    program = (
        "import sys; sys.path.insert(0, sys.argv[1]);"
        "import ledger, api, pathlib;"
        "folder = pathlib.Path(ledger.__file__).parent.parent;"
        "assert folder == pathlib.Path(sys.argv[1]), folder;"
        "assert (folder / 'scanner_web' / 'vendor').is_dir()"
    )

    subprocess.run(
        [sys.executable, "-P", "-c", program, tmp_path], cwd=tmp_path, check=True
    )


def test_every_library_that_is_imported_is_a_base_dependency():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    names = {re.split(r"[\[<>=~! ]", line)[0] for line in project["dependencies"]}
    allowed = {IMPORT_NAMES.get(name, name) for name in names}
    allowed |= {found for found, base in FOUNDATIONS.items() if base in names}
    allowed |= sys.stdlib_module_names | {"ledger", "api"}

    imported = {
        name.split(".")[0]: path.relative_to(ROOT).as_posix()
        for folder in ("ledger", "api")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        for name in imports_of(node)
    }

    assert {name: at for name, at in imported.items() if name not in allowed} == {}


def imports_of(node):
    match node:
        case ast.Import(names=names):
            return [alias.name for alias in names]
        case ast.ImportFrom(module=str(module), level=0):
            return [module]
        case _:
            return []
