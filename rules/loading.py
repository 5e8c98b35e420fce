"""Load obligee plugins one by one, so that a broken one harms only its own obligees. Not a sandbox."""

import gc
import importlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import entry_points
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Any

import pluggy

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.deciding import Review, ServedRules
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.faults import Problem, RuleFileError
from denshi_hosho.rules.hooks import ENTRY_POINT_GROUP, PROJECT, ObligeeHooks
from denshi_hosho.rules.rulefile import Revision, parse


@contextmanager
def without_collection() -> Iterator[None]:
    """Put off the collector of cyclic garbage inside the block: reading makes many records that all stay."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A plugin that may be loaded: its name, its distribution's version, and how to import it."""

    name: str
    version: str
    load: Callable[[], object]


def candidates(modules: Sequence[str], disabled: Sequence[str]) -> Iterator[Candidate]:
    """Yield the plugins of the entry-point group and of `modules`, except those named in `disabled`."""
    for entry in sorted(entry_points(group=ENTRY_POINT_GROUP), key=lambda entry: (entry.name, entry.value)):
        if entry.name not in disabled:
            dist = entry.dist
            yield Candidate(entry.name, "unknown" if dist is None else f"{dist.name} {dist.version}", entry.load)
    installed = {entry.value for entry in entry_points(group=ENTRY_POINT_GROUP)}
    for module in dict.fromkeys(modules):
        if module not in disabled and module not in installed:
            yield Candidate(module, "module", _importer(module))


def _importer(module: str) -> Callable[[], object]:
    return lambda: importlib.import_module(module)


def load_plugin(candidate: Candidate) -> tuple[list[ServedRules], list[Problem]]:
    """Return what one plugin serves, and what is wrong with it. Only KeyboardInterrupt gets out."""
    try:
        plugins = pluggy.PluginManager(PROJECT)
        plugins.add_hookspecs(ObligeeHooks)
        plugins.register(candidate.load(), candidate.name)
        plugins.check_pending()
        files = list(_files(plugins))
    except (Exception, SystemExit) as error:  # noqa: BLE001 what a plugin raises at start is its own problem
        return [], [_problem(candidate, f"{type(error).__name__}: {error}")]
    review = _own_review(plugins)
    served: list[ServedRules] = []
    problems: list[Problem] = []
    for file in files:
        try:
            rules = parse(file.read_bytes(), _shown(candidate, file))
        except RuleFileError as error:
            problems.append(Problem(candidate.name, error.ja, error.en))
        except OSError as error:
            problems.append(_problem(candidate, f"{type(error).__name__}: {error}"))
        else:
            served.append(
                ServedRules(rules=rules, plugin=candidate.name, plugin_version=candidate.version, review=review)
            )
    return served, problems


def _files(plugins: pluggy.PluginManager) -> Iterator[Traversable | Path]:
    answers: list[Any] = plugins.hook.rule_files()
    if not answers:
        raise LookupError("the plugin implements no rule_files(); mark it with @hookimpl")
    for answer in answers:
        if isinstance(answer, str | bytes) or not isinstance(answer, Iterable):
            raise TypeError(f"rule_files() must return files, not {answer!r}")
        for file in answer:
            if not isinstance(file, Traversable):
                raise TypeError(f"rule_files() must return paths or resources, not {file!r}")
            yield file


def _own_review(plugins: pluggy.PluginManager) -> Review | None:
    """Return the plugin's review without pluggy's call machinery, with the arguments it takes."""
    found = plugins.hook.review.get_hookimpls()
    if not found:
        return None
    names = found[0].argnames
    function: Callable[..., Any] = found[0].function
    if tuple(names) == ("application", "revision"):
        return function

    def with_its_arguments(application: Application, revision: Revision) -> Iterable[Reason]:
        given = {"application": application, "revision": revision}
        answer: Iterable[Reason] = function(*(given[name] for name in names))
        return answer

    return with_its_arguments


def _shown(candidate: Candidate, file: Traversable | Path) -> str:
    return str(file) if isinstance(file, Path) else f"{candidate.name}/{file.name}"


def _problem(candidate: Candidate, why: str) -> Problem:
    line = " ".join(why.split())
    return Problem(candidate.name, f"読み込めません: {line}", f"does not load: {line}")
