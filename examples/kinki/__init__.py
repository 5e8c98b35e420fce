"""An example rule for 近畿地方整備局長, NOT the bureau's published rule; loaded by `modules=[…]` only."""

from importlib.resources import files
from importlib.resources.abc import Traversable

from denshi_hosho.rules import hookimpl


@hookimpl
def rule_files() -> tuple[Traversable, ...]:
    """Return the example's rule file."""
    return (files(__name__) / "rules.toml",)
