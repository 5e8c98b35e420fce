import re
from pathlib import Path

from denshi_hosho.rules import Rulebook
from denshi_hosho.rules.cases import _CASE_KEYS
from denshi_hosho.rules.channels import CHANNEL_KEYS, RECIPIENT_KEYS
from denshi_hosho.rules.check import check
from denshi_hosho.rules.citations import SOURCE_KEYS
from denshi_hosho.rules.dimensions import DIMENSIONS, LIST_KEYS
from denshi_hosho.rules.guards import DAY_BOUNDS, GUARD_KEYS, YEN_BOUNDS
from denshi_hosho.rules.obligees import OBLIGEE_KEYS
from denshi_hosho.rules.prescriptions import ARTEFACT_KEYS
from denshi_hosho.rules.rulefile import FILE_KEYS, REVISION_KEYS
from denshi_hosho.rules.starts import START_KEYS
from denshi_hosho.rules.submission import SAYINGS, SUBMISSION_KEYS
from denshi_hosho.rules.vocabulary import Artefact, Basis, Need, Outcome, Precision, RecipientKnown, Way

HOUSE = Path(__file__).parents[2]
REFERENCE = "\n".join((HOUSE / "docs" / page).read_text(encoding="utf-8") for page in ("rules.md", "submission.md"))
PROSE = re.sub(r"```.*?```", "", REFERENCE, flags=re.DOTALL)
WALK = (HOUSE / "docs/adding-an-obligee.md").read_text(encoding="utf-8")
SOURCE = "\n".join(file.read_text(encoding="utf-8") for file in (HOUSE / "rules").glob("*.py"))


def documented(words: set[str]) -> set[str]:
    """Return those of `words` that the reference does not hold as code."""
    spans = " ".join(re.findall(r"`[^`]+`", PROSE))
    return {word for word in words if not re.search(rf"(?<![A-Za-z_]){re.escape(word)}(?![A-Za-z_])", spans)}


def listed_codes() -> set[str]:
    endings = set(re.findall(r"dimension\.code\}(_[A-Z_]+)\"", SOURCE))
    assert endings == {"_TAKEN", "_NOT_TAKEN", "_UNCLEAR", "_MISSING", "_NOT_STATED", "_OPEN", "_CONTRADICTS"}
    codes = {dimension.code + ending for dimension in DIMENSIONS for ending in endings - {"_CONTRADICTS"}}
    return codes | {"WORK_TYPE_CONTRADICTS", "SURETY_CONTRADICTS"}


def file_codes() -> set[str]:
    """Return the codes of the reasons that a rule file alone can give."""
    files = [HOUSE / "rules" / f"{name}.py" for name in ("clauses", "starts", "deciding", "texts", "rulefile")]
    source = "\n".join(file.read_text(encoding="utf-8") for file in files)
    quoted = re.findall(r'"([A-Z]+(?:_[A-Z]+)+)"', source)
    mistakes = re.findall(r'(?:mistake|Fault)\(\s*"([A-Z0-9_]+)"', source)
    return {*quoted} - {*mistakes} | listed_codes()


def test_every_reason_and_fact_code_is_documented() -> None:
    plain = set(re.findall(r'code="([A-Z_]+)"', SOURCE)) | {"START_OPEN", "PLUGIN_FAILED"}
    codes = plain | file_codes() | listed_codes()
    codes |= {"PAPER_OPEN", "PAPER_CLOSED"} | {key.upper() for key in SAYINGS}
    assert len(codes) > 45
    assert documented(codes) == set()


def test_every_mistake_is_documented() -> None:
    codes = set(re.findall(r'(?:mistake|Fault|warned)\(\s*"([A-Z0-9_]+)"', SOURCE))
    assert len(codes) > 25
    assert documented(codes) == set()


def test_every_key_is_documented() -> None:
    keys = FILE_KEYS | REVISION_KEYS | START_KEYS | LIST_KEYS | SUBMISSION_KEYS | GUARD_KEYS
    keys |= _CASE_KEYS | SOURCE_KEYS | OBLIGEE_KEYS | CHANNEL_KEYS | RECIPIENT_KEYS | ARTEFACT_KEYS
    assert documented(set(keys) | set(DAY_BOUNDS) | set(YEN_BOUNDS)) == set()


def test_every_word_is_documented() -> None:
    for words in (Outcome, Basis, Precision, Way, RecipientKnown, Artefact, Need):
        assert documented({word.value for word in words}) == set()


def test_the_walk_through_is_a_plugin_that_passes(tmp_path: Path) -> None:
    for name in ("rules.toml", "cases.toml"):
        (block,) = re.findall(rf"```toml\n# {name}\n(.*?)```", WALK, flags=re.DOTALL)
        (tmp_path / name).write_text(block, encoding="utf-8")
    assert check(tmp_path) == []
    rulebook = Rulebook.from_texts({"walk": (tmp_path / "rules.toml").read_text(encoding="utf-8")})
    assert rulebook.obligee("example/city").example
