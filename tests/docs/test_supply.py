"""What is installed is what was locked: every package by version and hash, from no address, and nothing resolved."""

import re

import pytest

from tests.docs.code_base import ROOT

_PINNED = re.compile(r"([a-z0-9][a-z0-9._-]*)==([\w.!+-]+)( ; [^\\]+)? \\")
_HASH = re.compile(r"    --hash=sha256:[0-9a-f]{64}( \\)?")


def _pinned(name: str) -> dict[str, str]:
    """Packages and versions of a lock file, each with a hash."""
    found: dict[str, str] = {}
    hashes: dict[str, int] = {}
    package = ""
    for line in (ROOT / name).read_text().splitlines():
        if line.startswith("#") or not line.strip():
            continue
        if line.startswith("    "):
            assert _HASH.fullmatch(line), line
            hashes[package] += 1
            continue
        pinned = _PINNED.fullmatch(line)
        assert pinned, line
        package = f"{pinned[1]}{pinned[3] or ''}"
        found[package], hashes[package] = pinned[2], 0
    assert all(hashes.values())
    return found


@pytest.mark.parametrize("name", ["requirements.lock", "requirements-dev.lock"])
def test_every_package_is_pinned_by_version_and_hash(name: str) -> None:
    assert len(_pinned(name)) > 20


def test_what_is_tested_is_what_is_installed() -> None:
    installed, tested = _pinned("requirements.lock"), _pinned("requirements-dev.lock")
    assert {name: tested.get(name) for name in installed} == installed


def test_nothing_is_installed_but_by_its_hash() -> None:
    lines = [line for line in (ROOT / "Makefile").read_text().splitlines() if "pip install" in line]
    assert len(lines) == 3
    for line in lines:
        assert "--no-deps" in line
        assert "--require-hashes" in line or "--no-build-isolation --editable ." in line
