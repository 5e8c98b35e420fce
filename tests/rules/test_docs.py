import re
from pathlib import Path

from denshi_hosho.rules import Rulebook
from denshi_hosho.rules.cases import _CASE_KEYS
from denshi_hosho.rules.check import check
from denshi_hosho.rules.citations import _SOURCE_KEYS
from denshi_hosho.rules.dimensions import DIMENSIONS, LIST_KEYS
from denshi_hosho.rules.guards import _DAYS, _YEN, GUARD_KEYS
from denshi_hosho.rules.obligees import _OBLIGEE_KEYS
from denshi_hosho.rules.rulefile import FILE_KEYS, REVISION_KEYS
from denshi_hosho.rules.starts import START_KEYS
from denshi_hosho.rules.submission import _ARTEFACT_KEYS, _CHANNEL_KEYS, _RECIPIENT_KEYS, _SAYINGS, SUBMISSION_KEYS
from denshi_hosho.rules.vocabulary import Artefact, Basis, Need, Outcome, Precision, RecipientKnown, Way

HOUSE = Path(__file__).parents[2]
REFERENCE = (HOUSE / "docs/rules.md").read_text(encoding="utf-8")
WALK = (HOUSE / "docs/adding-an-obligee.md").read_text(encoding="utf-8")
SOURCE = "\n".join(file.read_text(encoding="utf-8") for file in (HOUSE / "rules").glob("*.py"))


def documented(words: set[str]) -> set[str]:
    """Return those of `words` that the reference does not hold as code."""
    spans = " ".join(re.findall(r"`[^`]+`", REFERENCE))
    return {word for word in words if not re.search(rf"(?<![A-Za-z_]){re.escape(word)}(?![A-Za-z_])", spans)}


def test_every_reason_and_fact_code_is_documented() -> None:
    plain = set(re.findall(r'code="([A-Z_]+)"', SOURCE)) | {"START_OPEN", "PLUGIN_FAILED"}
    endings = set(re.findall(r"dimension\.code\}(_[A-Z_]+)\"", SOURCE))
    assert endings == {"_TAKEN", "_NOT_TAKEN", "_UNCLEAR", "_MISSING", "_NOT_STATED", "_OPEN"}
    codes = plain | {dimension.code + ending for dimension in DIMENSIONS for ending in endings}
    codes |= {"PAPER_OPEN", "PAPER_CLOSED"} | {key.upper() for key in _SAYINGS}
    assert len(codes) > 45
    assert documented(codes) == set()


def test_every_mistake_is_documented() -> None:
    codes = set(re.findall(r'(?:mistake|Fault)\(\s*"([A-Z0-9_]+)"', SOURCE))
    assert len(codes) > 25
    assert documented(codes) == set()


def test_every_key_is_documented() -> None:
    keys = FILE_KEYS | REVISION_KEYS | START_KEYS | LIST_KEYS | SUBMISSION_KEYS | GUARD_KEYS
    keys |= _CASE_KEYS | _SOURCE_KEYS | _OBLIGEE_KEYS | _CHANNEL_KEYS | _RECIPIENT_KEYS | _ARTEFACT_KEYS
    assert documented(set(keys) | set(_DAYS) | set(_YEN)) == set()


def test_every_word_is_documented() -> None:
    for words in (Outcome, Basis, Precision, Way, RecipientKnown, Artefact, Need):
        assert documented({word.value for word in words}) == set()


def test_the_walk_through_is_a_plugin_that_passes(tmp_path: Path) -> None:
    for name in ("rules.toml", "cases.toml"):
        (block,) = re.findall(rf"```toml\n# {name}\n(.*?)```", WALK, flags=re.DOTALL)
        (tmp_path / name).write_text(block, encoding="utf-8")
    assert check(tmp_path) == []
    rulebook = Rulebook.from_texts({"walk": (tmp_path / "rules.toml").read_text(encoding="utf-8")})
    assert rulebook.obligee("example/town").example
