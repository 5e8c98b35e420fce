"""Look through revisions beside each other: starts that never decide, and what a later one forgets to say."""

from collections.abc import Iterator
from itertools import pairwise

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.dimensions import DIMENSIONS
from denshi_hosho.rules.faults import Fault
from denshi_hosho.rules.lint_clauses import if_not_too_tangled, warned
from denshi_hosho.rules.rulefile import Revision, RuleFile
from denshi_hosho.rules.starts import Start
from denshi_hosho.rules.worlds import worlds


def between_revisions(rules: RuleFile) -> Iterator[Fault]:
    """Yield what is wrong between each revision and the next."""
    for earlier, later in pairwise(rules.revisions):
        for start in earlier.starts:
            yield from _never_begins(start, earlier, later)
        yield from _forgotten(earlier, later)


@if_not_too_tangled
def _never_begins(start: Start, earlier: Revision, later: Revision) -> Iterator[Fault]:
    """Yield a fault for a start that comes no earlier than the later revision's, which decides once it has begun."""
    guards = [each.guard for each in (*earlier.starts, *later.starts)]
    mine = [world for world in worlds(guards, {}) if _of(earlier, world) is start]
    overtaken = [
        _of(later, world).from_on <= start.from_on and _of(later, world).counted_by == start.counted_by
        for world in mine
    ]
    if not any(overtaken):
        return
    how = ("どの申込にも", "never decides") if all(overtaken) else ("一部の申込に", "does not decide for some")
    yield Fault(
        "NEVER_BEGINS",
        start.place,
        f"{later.place} が先に始まるため、この開始日（{start.from_on}）は{how[0]}適用されません。"
        "日付を直すか、この開始日を削除してください。",
        f"{how[1]}: {later.place} begins no later than this start ({start.from_on}); mend the day or remove the start.",
    )


def _of(revision: Revision, world: Application) -> Start:
    return next(start for start in revision.starts if start.guard(world) is True)


def _forgotten(earlier: Revision, later: Revision) -> Iterator[Fault]:
    """Yield what the earlier revision states and the later one leaves out: a revision is complete in itself."""
    silent = [key for key in _stated(earlier) if key not in {*_stated(later), *later.silent_on}]
    for key in silent:
        yield warned(
            "REVISION_GAP",
            later.place,
            f"前の版にあった「{key}」がありません。版は前の版を引き継ぎません。"
            "書き写すか、記載がなくなったなら silent_on に加えてください。",
            f'says nothing of "{key}", which the revision before it states; revisions inherit nothing: '
            "write it again, or add it to silent_on when the page has dropped it.",
        )


def _stated(revision: Revision) -> list[str]:
    lists = [dimension.key for dimension in DIMENSIONS if revision.listings[dimension.key]]
    sayings = [key for key, clauses in revision.submission.sayings.items() if clauses and key != "note"]
    paper = ["paper"] if revision.paper else []
    payment = ["payment"] if revision.payment else []
    artefacts = ["artefact"] if revision.submission.artefacts else []
    return [*lists, *paper, *payment, *artefacts, *sayings]
