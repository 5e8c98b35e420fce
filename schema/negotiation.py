"""Choose the media type of a GraphQL response from an Accept header, by RFC 9110 section 12.5.1."""

from typing import Final

GRAPHQL_RESPONSE: Final = "application/graphql-response+json"
JSON: Final = "application/json"

# How exactly a media range names a type, from "not at all" upwards.
_RANGES: Final = {"*/*": 1, "application/*": 2}
_EXACT: Final = 3


def negotiate(accept: str | None) -> str | None:
    """Return the media type to answer with, or None when the client takes neither of the two.

    Without a header, and for wildcards, it is application/json, as the audited profile of
    GraphQL over HTTP asks (docs/http.md); between two types named with equal weight, the GraphQL one.
    """
    if accept is None or not accept.strip():
        return JSON
    ranges = [_media_range(part) for part in accept.lower().split(",")]
    offers = [(*_weight(media_type, ranges), media_type) for media_type in (JSON, GRAPHQL_RESPONSE)]
    weight, exactness, best = max(
        offers, key=lambda offer: (offer[0], offer[1], (offer[2] == GRAPHQL_RESPONSE) == (offer[1] == _EXACT))
    )
    return best if weight > 0 and exactness > 0 else None


def _media_range(part: str) -> tuple[str, float]:
    """Return a range and its weight 0–1; a charset other than UTF-8, or a broken weight, counts as 0."""
    name, *parameters = (piece.strip() for piece in part.split(";"))
    weight = 1.0
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        match key.strip():
            case "charset" if value.strip(' "') not in {"utf-8", "utf8"}:
                return name, 0.0
            case "q":
                weight = _quality(value.strip())
    return name, weight


def _quality(text: str) -> float:
    try:
        weight = float(text)
    except ValueError:
        return 0.0
    return weight if 0 <= weight <= 1 else 0.0


def _weight(media_type: str, ranges: list[tuple[str, float]]) -> tuple[float, int]:
    """Return the weight of the most exact range that matches, and how exact that is (0: none matches)."""
    matches = [
        (_EXACT if name == media_type else _RANGES.get(name, 0), weight)
        for name, weight in ranges
        if name == media_type or name in _RANGES
    ]
    exactness, weight = max(matches, default=(0, 0.0))
    return weight, exactness
