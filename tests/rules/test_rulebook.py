import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import ModuleType

import pytest

from denshi_hosho.core.vocabulary import GuaranteeKind, WorkType
from denshi_hosho.rules import (
    Application,
    Decision,
    ObligeeNotServed,
    Outcome,
    Reason,
    Rulebook,
    RulebookProblems,
    RuleFileError,
    UnknownObligee,
    UnknownRuleText,
    hookimpl,
)
from tests.rules.rule_texts import MINIMAL, replaced

TOWN = Application(
    obligee="test/town",
    kind=GuaranteeKind.ADVANCE_PAYMENT,
    work_type=WorkType.CONSTRUCTION,
    contract_on=date(2024, 4, 1),
)
Add = Callable[..., None]


@pytest.fixture
def add(monkeypatch: pytest.MonkeyPatch) -> Add:
    """Make a module importable by name, with these attributes."""

    def put(name: str, **attributes: object) -> None:
        module = ModuleType(name)
        vars(module).update(attributes)
        monkeypatch.setitem(sys.modules, name, module)

    return put


def serving(folder: Path, text: str = MINIMAL, name: str = "rules.toml") -> Callable[[], object]:
    file = folder / name
    file.write_text(text, encoding="utf-8")

    @hookimpl
    def rule_files() -> object:
        return (file,)

    return rule_files


def test_the_installed_obligees_come_through_their_entry_points() -> None:
    rulebook = Rulebook.load(strict=True)
    assert [(obligee.id, obligee.name) for obligee in rulebook.obligees()] == [
        ("322016", "松江市"),
        ("465011", "中種子町"),
    ]
    assert rulebook.obligee("322016").name_en == "Matsue City"
    assert rulebook.served("322016").plugin_version == "denshi-hosho 0.1.0"


def test_every_folder_is_an_obligee_and_every_obligee_a_folder() -> None:
    room = Path(__file__).parents[2] / "rules"
    folders = {file.parent.name for file in room.glob("*/rules.toml")}
    assert folders == {Rulebook.load().served(obligee.id).plugin for obligee in Rulebook.load().obligees()}


def test_a_plugin_can_be_switched_off_by_name() -> None:
    rulebook = Rulebook.load(disabled=("matsue",))
    assert [obligee.id for obligee in rulebook.obligees()] == ["465011"]


def test_an_unknown_obligee_is_an_error_that_proposes_the_nearest() -> None:
    rulebook = Rulebook.load()
    with pytest.raises(UnknownObligee) as refused:
        rulebook.obligee("３２２０１５")
    assert refused.value.code == "OBLIGEE_UNKNOWN"
    assert refused.value.near == ("322016（松江市）",)
    assert "Did you mean 322016（松江市）?" in refused.value.en
    with pytest.raises(UnknownObligee) as by_name:
        rulebook.rules_on("中種子", date(2024, 2, 1))
    assert by_name.value.near == ("465011（中種子町）",)
    with pytest.raises(UnknownObligee) as far:
        rulebook.obligee("zzz")
    assert far.value.ja == "発注者「zzz」の規則は登録されていません。"


def test_the_text_of_a_decision_is_found_by_its_digest() -> None:
    rulebook = Rulebook.from_texts({"town": MINIMAL})
    assert rulebook.text(rulebook.decide(TOWN).digest) == MINIMAL
    with pytest.raises(UnknownRuleText) as refused:
        rulebook.text("00")
    assert refused.value.code == "RULE_TEXT_UNKNOWN"


def test_a_wrong_text_in_memory_raises() -> None:
    with pytest.raises(RuleFileError) as refused:
        Rulebook.from_texts({"town": replaced("format = 1", "format = 9")})
    assert refused.value.en == "town/rules.toml: format: must be 1."


def test_two_claimants_of_one_obligee_are_both_refused_and_both_named() -> None:
    rulebook = Rulebook.from_texts({"one": MINIMAL, "two": MINIMAL, "other": replaced("test/town", "test/city")})
    assert [obligee.id for obligee in rulebook.obligees()] == ["test/city"]
    (problem,) = rulebook.problems
    assert problem.obligees == ("test/town",)
    assert problem.plugin == "one (memory) / two (memory)"
    with pytest.raises(ObligeeNotServed) as refused:
        rulebook.decide(TOWN)
    assert refused.value.code == "OBLIGEE_NOT_SERVED"
    assert "one (memory) / two (memory)" in refused.value.en


def raises(error: BaseException) -> Callable[[], object]:
    @hookimpl
    def rule_files() -> object:
        raise error

    return rule_files


def returns(junk: object) -> Callable[[], object]:
    @hookimpl
    def rule_files() -> object:
        return junk

    return rule_files


@hookimpl
def rule_filez() -> object:
    return ()


@hookimpl
def review(application: Application, revison: object) -> Iterable[Reason]:
    raise NotImplementedError


BROKEN: dict[str, tuple[dict[str, object], str]] = {
    "raises": ({"rule_files": raises(ValueError("no\nluck"))}, "does not load: ValueError: no luck"),
    "exits": ({"rule_files": raises(SystemExit(3))}, "does not load: SystemExit: 3"),
    "returns None": (
        {"rule_files": returns(None)},
        "does not load: LookupError: the plugin implements no rule_files(); mark it with @hookimpl",
    ),
    "returns a name": (
        {"rule_files": returns("rules.toml")},
        "does not load: TypeError: rule_files() must return files, not 'rules.toml'",
    ),
    "returns names": (
        {"rule_files": returns(["rules.toml"])},
        "does not load: TypeError: rule_files() must return paths or resources, not 'rules.toml'",
    ),
    "returns a number": (
        {"rule_files": returns(7)},
        "does not load: TypeError: rule_files() must return files, not 7",
    ),
    "no hook": (
        {},
        "does not load: LookupError: the plugin implements no rule_files(); mark it with @hookimpl",
    ),
    "misspelt hook": (
        {"rule_files": returns(()), "rule_filez": rule_filez},
        "does not load: PluginValidationError: unknown hook 'rule_filez' in plugin",
    ),
    "misspelt argument": (
        {"rule_files": returns(()), "review": review},
        "does not load: PluginValidationError: Plugin 'broken' for hook 'review'",
    ),
}


@pytest.mark.parametrize(("attributes", "line"), BROKEN.values(), ids=BROKEN)
def test_a_broken_plugin_harms_only_itself(add: Add, attributes: dict[str, object], line: str) -> None:
    add("broken", **attributes)
    rulebook = Rulebook.load(modules=("broken",))
    assert [obligee.id for obligee in rulebook.obligees()] == ["322016", "465011"]
    (problem,) = rulebook.problems
    assert problem.plugin == "broken"
    assert problem.en.startswith(line)
    assert "\n" not in problem.en
    with pytest.raises(RulebookProblems) as refused:
        Rulebook.load(modules=("broken",), strict=True)
    assert refused.value.problems == (problem,)


def test_a_module_that_cannot_be_imported_harms_only_itself() -> None:
    (problem,) = Rulebook.load(modules=("denshi_hosho.no_such_module",)).problems
    assert problem.en == "does not load: ModuleNotFoundError: No module named 'denshi_hosho.no_such_module'"


def test_a_wrong_file_and_an_absent_file_are_named(add: Add, tmp_path: Path) -> None:
    add("wrong", rule_files=serving(tmp_path, replaced("format = 1", "format = 9"), "wrong.toml"))
    add("absent", rule_files=returns((tmp_path / "absent.toml",)))
    wrong, absent = Rulebook.load(modules=("wrong", "absent")).problems
    assert wrong.en == f"{tmp_path}/wrong.toml: format: must be 1."
    assert absent.en.startswith("does not load: FileNotFoundError:")


def test_a_keyboard_interrupt_is_not_swallowed(add: Add) -> None:
    add("interrupted", rule_files=raises(KeyboardInterrupt()))
    with pytest.raises(KeyboardInterrupt):
        Rulebook.load(modules=("interrupted",))


def with_review(add: Add, folder: Path, review: Callable[..., object]) -> Decision:
    add("reviewed", rule_files=serving(folder), review=hookimpl(review))
    rulebook = Rulebook.load(modules=("reviewed",), strict=True)
    decision = rulebook.decide(TOWN)
    rulebook.decide(TOWN)
    failed = [problem for problem in rulebook.problems if problem.plugin == "reviewed"]
    assert bool(failed) == ("PLUGIN_FAILED" in [reason.code for reason in decision.reasons])
    assert len(failed) <= 1
    return decision


def test_a_review_adds_reasons_and_can_refuse(add: Add, tmp_path: Path) -> None:
    def review(application: Application) -> Iterable[Reason]:
        return [Reason(code="HOUSE_RULE", ja="不可", en=f"Not {application.kind}", refuses=True)]

    decision = with_review(add, tmp_path, review)
    assert decision.outcome is Outcome.REFUSED
    assert "Not ADVANCE_PAYMENT" in [reason.en for reason in decision.reasons]


def test_a_review_sees_application_and_revision(add: Add, tmp_path: Path) -> None:
    seen: list[object] = []

    def review(application: Application, revision: object) -> Iterable[Reason]:
        seen.extend((application, revision.from_on))  # type: ignore[attr-defined] # a Revision
        return ()

    assert with_review(add, tmp_path, review).outcome is Outcome.ACCEPTED
    assert seen[:2] == [TOWN, date(2024, 4, 1)]


def failing(error: BaseException) -> Callable[..., object]:
    def review(application: Application) -> Iterable[Reason]:
        raise error

    return review


@pytest.mark.parametrize("error", [RuntimeError("broken"), SystemExit(1), RecursionError()])
def test_a_review_that_raises_leaves_everything_open(add: Add, tmp_path: Path, error: BaseException) -> None:
    decision = with_review(add, tmp_path, failing(error))
    assert (decision.outcome, decision.plan, decision.missing) == (Outcome.UNDETERMINED, None, ())
    assert "PLUGIN_FAILED" in [reason.code for reason in decision.reasons]


@pytest.mark.parametrize("junk", [None, "ok", [None], 3])
def test_a_review_that_returns_junk_leaves_everything_open(add: Add, tmp_path: Path, junk: object) -> None:
    def review() -> object:
        return junk

    assert with_review(add, tmp_path, review).outcome is Outcome.UNDETERMINED


def test_a_review_that_goes_well_again_clears_its_problem() -> None:
    broken = True

    def review(_application: Application, _revision: object) -> Iterable[Reason]:
        if broken:
            raise RuntimeError("broken")
        return ()

    rulebook = Rulebook.from_texts({"town": MINIMAL}, reviews={"town": review})
    assert rulebook.decide(TOWN).outcome is Outcome.UNDETERMINED
    assert [problem.obligees for problem in rulebook.problems] == [("test/town",)]
    broken = False
    rulebook.decide(replace(TOWN, contract_on=date(2024, 3, 31)))
    assert len(rulebook.problems) == 1  # before the start no review is asked
    assert rulebook.decide(TOWN).outcome is Outcome.ACCEPTED
    assert rulebook.problems == ()


def test_a_failing_review_touches_no_other_obligee(add: Add, tmp_path: Path) -> None:
    add("reviewed", rule_files=serving(tmp_path), review=hookimpl(failing(RuntimeError())))
    rulebook = Rulebook.load(modules=("reviewed",))
    matsue = Application(
        obligee="322016",
        kind=GuaranteeKind.ADVANCE_PAYMENT,
        work_type=WorkType.CONSTRUCTION,
        contract_on=date(2024, 6, 1),
    )
    assert rulebook.decide(matsue).outcome is Outcome.ACCEPTED
    assert rulebook.problems == ()


def test_the_example_says_that_it_is_one_everywhere() -> None:
    rulebook = Rulebook.load(modules=("denshi_hosho.examples.kinki",), strict=True)
    kinki = rulebook.obligee("example/kinki")
    assert kinki.example
    assert "例示" in kinki.name
    rules = rulebook.rules_on("example/kinki", date(2022, 1, 20))
    assert all("例示" in source.title for fact in rules.facts for source in fact.sources)
    for day in (date(2000, 1, 1), date(2022, 1, 20), None):
        decision = rulebook.decide(
            Application(obligee="example/kinki", kind=GuaranteeKind.PERFORMANCE, contract_on=day)
        )
        assert decision.reasons[0].code == "EXAMPLE_RULE"
    assert "example/kinki" not in [obligee.id for obligee in Rulebook.load().obligees()]


def test_an_installed_plugin_named_again_as_a_module_is_loaded_once() -> None:
    rulebook = Rulebook.load(modules=("denshi_hosho.rules.matsue",), strict=True)
    assert [obligee.id for obligee in rulebook.obligees()] == ["322016", "465011"]
