"""The published schema.graphql is the schema."""

from pathlib import Path

from denshi_hosho.schema.root import build_schema

FILE = Path(__file__).parents[2] / "schema.graphql"


def test_the_published_schema_is_the_schema() -> None:
    said = FILE.read_text(encoding="utf-8")
    assert said.strip() == build_schema().as_str().strip(), "run: hosho schema print > schema.graphql"
