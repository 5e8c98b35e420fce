import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.schema.negotiation import GRAPHQL_RESPONSE, JSON, negotiate


@pytest.mark.parametrize(
    ("accept", "chosen"),
    [
        (None, JSON),
        ("", JSON),
        ("*/*", JSON),
        ("application/*", JSON),
        ("application/json", JSON),
        ("application/json; charset=utf-8", JSON),
        ("application/json; charset=shift_jis", None),
        ("APPLICATION/GRAPHQL-RESPONSE+JSON", GRAPHQL_RESPONSE),
        ("application/graphql-response+json, application/json", GRAPHQL_RESPONSE),
        ("application/json, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("application/graphql-response+json;q=0.5, application/json;q=0.9", JSON),
        ("application/json, */*", JSON),
        ("*/*;q=0.8, application/graphql-response+json", GRAPHQL_RESPONSE),
        ("*/*, application/json;q=0", GRAPHQL_RESPONSE),
        ("application/json, multipart/mixed", JSON),
        ("text/html, application/json;q=0.1", JSON),
        ("application/json;q=0", None),
        ("application/json;q=high", None),
        ("text/html", None),
        ("image/*", None),
    ],
)
def test_chooses_the_media_type(accept: str | None, chosen: str | None) -> None:
    assert negotiate(accept) == chosen


@given(st.text())
def test_survives_any_header(accept: str | None) -> None:
    assert negotiate(accept) in {GRAPHQL_RESPONSE, JSON, None}
