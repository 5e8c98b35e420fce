"""What an obligee's own words and a surety's name stand for, so that guards and lists need not be told twice."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import cast

from denshi_hosho.core.vocabulary import SuretyClass, WorkType
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.dimensions import Listing, by_wording
from denshi_hosho.rules.guards import folded


@dataclass(frozen=True, slots=True)
class Meanings:
    """The work types of each wording, and the classes of each surety, by the words of one revision, folded."""

    wordings: Mapping[str, tuple[str, ...]]
    sureties: Mapping[str, tuple[str, ...]]

    def of(self, application: Application) -> Application:
        """Return `application` with its work type and its class of surety, where one word means just one."""
        if application.work_type is None and application.work_wording is not None:
            meant = self.wordings.get(folded(application.work_wording), ())
            if len(meant) == 1:
                application = replace(application, work_type=cast("WorkType", meant[0]))
        if application.surety_class is None and application.surety is not None:
            meant = self.sureties.get(folded(application.surety), ())
            if len(meant) == 1:
                application = replace(application, surety_class=cast("SuretyClass", meant[0]))
        return application


def read_meanings(work_types: Iterable[Listing], sureties: Iterable[Listing]) -> Meanings:
    """Return what the lists of a revision say of its words."""
    return Meanings(
        wordings=_merged(by_wording(listing.wordings) for listing in work_types),
        sureties=_merged(_by_name(listing.names) for listing in sureties),
    )


def _by_name(names: Mapping[str, Iterable[str]]) -> dict[str, tuple[str, ...]]:
    return by_wording({kind: tuple(said) for kind, said in names.items()})


def _merged(found: Iterable[Mapping[str, tuple[str, ...]]]) -> dict[str, tuple[str, ...]]:
    merged: dict[str, tuple[str, ...]] = {}
    for each in found:
        for word, kinds in each.items():
            merged[word] = tuple(dict.fromkeys((*merged.get(word, ()), *kinds)))
    return merged
