"""Builds .venv with the host command and the tools, and the folder of MicroPython stubs."""

import importlib.util
import shutil
import subprocess
import sys
import tomllib

from tools.setup import BUILD, PROJECT, SetupError, private_apt

VENV = PROJECT / ".venv"
TYPINGS = BUILD / "typings"


def install() -> None:
    """Create .venv and fill it from pyproject.toml.  Raises SetupError in one sentence."""
    if not (VENV / "bin" / "pip").exists():
        _create()
    _pip("install", "--editable", ".[develop]")
    shutil.rmtree(TYPINGS, ignore_errors=True)
    with open(PROJECT / "pyproject.toml", "rb") as file:
        stubs = tomllib.load(file)["project"]["optional-dependencies"]["stubs"]
    _pip("install", "--target", str(TYPINGS), *stubs)


def _create() -> None:
    shutil.rmtree(VENV, ignore_errors=True)
    if importlib.util.find_spec("ensurepip"):
        _checked([sys.executable, "-m", "venv", str(VENV)])
    else:
        _create_with_debian_wheel()


def _create_with_debian_wheel() -> None:
    """Debian keeps pip out of a plain python3; its wheel package brings it without root."""
    _checked([sys.executable, "-m", "venv", "--without-pip", str(VENV)])
    root = private_apt.fetch(["python3-pip-whl"], BUILD / "pip")
    wheel = next((root / "usr/share/python-wheels").glob("pip-*.whl"))
    python = str(VENV / "bin" / "python")
    _checked([python, f"{wheel}/pip", "install", "--quiet", "--no-index", str(wheel)])


def _pip(*arguments: str) -> None:
    _checked([str(VENV / "bin" / "python"), "-m", "pip", *arguments, "--quiet"])


def _checked(command: list[str]) -> None:
    if subprocess.run(command, cwd=PROJECT, check=False).returncode:
        raise SetupError(f"`{' '.join(command)}` failed; its own words stand above")
