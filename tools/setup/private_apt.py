"""Fetches Debian packages without root, in a folder of its own.

apt is given its own source list, state and cache, so nothing of the machine's set-up changes.
The mirror is the one the machine itself is configured for.
"""

import shutil
import subprocess
from pathlib import Path

from tools.setup import SetupError

SUITE = "trixie"  # the first Debian release with a MicroPython (1.25) that fits
ARCHITECTURE = "i386"  # 4-byte words and 31-bit small ints, as on the ESP32


def fetch(packages: list[str], folder: Path) -> Path:
    """Download `packages` with what they depend on; returns the root they are unpacked into.

    Raises SetupError where there is no apt, no mirror or no such package.
    """
    if not shutil.which("apt-get") or not shutil.which("dpkg"):
        raise SetupError("this machine has no apt, which the download needs")
    last_error = "apt names no mirror"
    for mirror in _mirrors():
        shutil.rmtree(folder, ignore_errors=True)
        options = _private_options(folder, mirror)
        update = _run(["apt-get", *options, "update"])
        install = ["-y", "--no-install-recommends", "--download-only", "install", *packages]
        result = update if update.returncode else _run(["apt-get", *options, *install])
        if result.returncode == 0:
            return _unpack(folder)
        last_error = _last_line(result.stderr) or _last_line(result.stdout)
    raise SetupError(f"apt could not fetch {' '.join(packages)} ({last_error})")


def _mirrors() -> list[str]:
    listing = _run(["apt-get", "indextargets", "--format", "$(REPO_URI)"])
    uris = sorted(set(listing.stdout.split()))
    return [uri for uri in uris if "security" not in uri]


def _private_options(folder: Path, mirror: str) -> list[str]:
    (folder / "lists" / "partial").mkdir(parents=True)
    (folder / "cache" / "archives" / "partial").mkdir(parents=True)
    sources = folder / "sources.list"
    sources.write_text(f"deb [arch={ARCHITECTURE}] {mirror} {SUITE} main\n")
    settings = [
        f"Dir::Etc::sourcelist={sources}",
        "Dir::Etc::sourceparts=-",
        f"Dir::State::Lists={folder / 'lists'}",
        f"Dir::Cache={folder / 'cache'}",
        "Dir::State::status=/dev/null",
        f"APT::Architecture={ARCHITECTURE}",
        f"APT::Architectures={ARCHITECTURE}",
        "APT::Sandbox::User=",
        "Debug::NoLocking=true",
    ]
    return [word for setting in settings for word in ("-o", setting)]


def _unpack(folder: Path) -> Path:
    root = folder / "root"
    root.mkdir()
    for package in sorted((folder / "cache" / "archives").glob("*.deb")):
        subprocess.run(["dpkg", "-x", package, root], check=True)
    shutil.rmtree(folder / "cache")
    shutil.rmtree(folder / "lists")
    return root


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1] if lines else ""
