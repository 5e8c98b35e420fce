"""大津市 (Otsu City): transcribed from its own page."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from denshi_hosho.rules import hookimpl


@hookimpl
def rule_files() -> tuple[Traversable, ...]:
    """Return the obligee's rule file."""
    return (files(__name__) / "rules.toml",)
