"""A pytest plugin: it collects every `cases.toml` that stands beside a `rules.toml`. No test code is needed.

It is loaded in every pytest run of an environment, so it imports the rules only once such a file is found.
"""

from pathlib import Path

import pytest


def pytest_collect_file(file_path: Path, parent: pytest.Collector) -> pytest.Collector | None:
    """Return a collector for a `cases.toml` beside an obligee's `rules.toml`."""
    rules = file_path.with_name("rules.toml")
    if file_path.name != "cases.toml" or not rules.is_file() or b"[obligee]" not in rules.read_bytes():
        return None
    from denshi_hosho.rules.conformance import CasesFile  # noqa: PLC0415 see the module's docstring

    return CasesFile.from_parent(parent, path=file_path)
