"""What the benchmarks' tests need beside the common fixtures."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture
def migrated_sqlite_url(migrated_sqlite: Path, tmp_path: Path) -> str:
    """The URL of an empty SQLite database with the newest schema."""
    return f"sqlite:///{shutil.copy(migrated_sqlite, tmp_path / 'hosho.db')}"
