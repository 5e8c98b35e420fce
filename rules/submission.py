"""Read `[revision.submission]` and build the submission plan of one application from it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.citations import cited
from denshi_hosho.rules.guards import Guard, always, read_guard
from denshi_hosho.rules.plan import ArtefactNeed, Channel, Recipient, Saying, Source, SubmissionPlan
from denshi_hosho.rules.reader import Table, mistake
from denshi_hosho.rules.texts import Guarded, read_sayings
from denshi_hosho.rules.vocabulary import Artefact, Need, RecipientKnown, Way

_SAYINGS = ("subject", "body", "cc", "deadline", "follow_up", "companion", "note")
SUBMISSION_KEYS = frozenset({"channel", "artefact", *_SAYINGS})
_CHANNEL_KEYS = frozenset({"when", "way", "from", "until", "recipient", "ja", "en", "literal", "source"})
_RECIPIENT_KEYS = frozenset({"known", "ja", "en", "address", "addresses", "confirm"})
_ARTEFACT_KEYS = frozenset({"when", "what", "need", "ja", "en", "literal", "source"})


@dataclass(frozen=True, slots=True)
class GuardedChannel:
    """A channel, for whom it is open, and the addresses of divisions where the rule states them."""

    guard: Guard
    channel: Channel
    addresses: Mapping[str, str]

    def open_to(self, application: Application) -> Channel | None:
        """Return the channel as it is open to `application`, None where it is not."""
        answer = self.guard(application)
        if answer is False:
            return None
        channel = self.channel
        if answer is not True:
            channel = replace(channel, depends_on=answer)
        if self.addresses:
            address = self.addresses.get(application.division or "")
            channel = replace(channel, recipient=replace(channel.recipient, address=address))
        return channel


@dataclass(frozen=True, slots=True)
class Submission:
    """What a revision says of handing in the key."""

    channels: tuple[GuardedChannel, ...]
    artefacts: tuple[tuple[Guard, ArtefactNeed], ...]
    sayings: Mapping[str, tuple[Guarded, ...]]

    def plan(self, application: Application) -> SubmissionPlan:
        """Return the plan for `application`; what the rule does not say is left out."""
        channels = (guarded.open_to(application) for guarded in self.channels)
        return SubmissionPlan(
            channels=tuple(channel for channel in channels if channel is not None),
            artefacts=tuple(need for guard, need in self.artefacts if guard(application) is not False),
            subject=self._first("subject", application),
            body=self._all("body", application),
            cc=self._all("cc", application),
            deadline=self._first("deadline", application),
            follow_up=self._first("follow_up", application),
            companions=self._all("companion", application),
            notes=self._all("note", application),
        )

    def _all(self, key: str, application: Application) -> tuple[Saying, ...]:
        return tuple(item.saying for item in self.sayings[key] if item.guard(application) is not False)

    def _first(self, key: str, application: Application) -> Saying | None:
        return next(iter(self._all(key, application)), None)


def read_submission(table: Table, sources: Mapping[str, Source]) -> Submission:
    """Return what `[revision.submission]` says; raise RuleFileError for its mistakes."""
    channels = [_channel(Table(raw, place, _CHANNEL_KEYS), sources) for raw, place in table.tables("channel")]
    artefacts = [_artefact(Table(raw, place, _ARTEFACT_KEYS), sources) for raw, place in table.tables("artefact")]
    if not channels:
        raise mistake(
            "NO_CHANNEL",
            table.place,
            '提出方法がありません。[[revision.submission.channel]] を書いてください（不明なら way = "NOT_STATED"）。',
            'no channel is stated; add [[revision.submission.channel]] (way = "NOT_STATED" when the page is silent).',
        )
    _check_artefacts(artefacts, table)
    return Submission(
        channels=tuple(channels),
        artefacts=tuple(artefacts),
        sayings={key: read_sayings(table, key, sources) for key in _SAYINGS},
    )


def _channel(table: Table, sources: Mapping[str, Source]) -> GuardedChannel:
    recipient = Table(table.need("recipient"), table.at("recipient"), _RECIPIENT_KEYS)
    channel = Channel(
        way=table.word("way", Way),
        recipient=_recipient(recipient),
        valid_from=table.day_or_none("from"),
        valid_until=table.day_or_none("until"),
        depends_on=(),
        ja=table.text("ja"),
        en=table.text("en"),
        literal=table.text_or_none("literal"),
        sources=cited(table, sources),
    )
    if channel.valid_from and channel.valid_until and channel.valid_until < channel.valid_from:
        raise mistake(
            "CHANNEL_VALIDITY",
            table.at("until"),
            "from より前です。どちらかの日付を直してください。",
            "is before `from`; mend one of the two days.",
        )
    return GuardedChannel(read_guard(table), channel, _addresses(recipient))


def _recipient(table: Table) -> Recipient:
    known = table.word("known", RecipientKnown)
    if (known is RecipientKnown.LITERAL) != table.has("address"):
        raise mistake(
            "RECIPIENT_ADDRESS",
            table.place,
            'address は known = "LITERAL" のときだけ、必ず書きます。推測した宛先は書かないでください。',
            '`address` belongs to known = "LITERAL", and only to it; never write a guessed address.',
        )
    if table.has("addresses") and known is not RecipientKnown.BY_DIVISION:
        raise mistake(
            "RECIPIENT_ADDRESS",
            table.place,
            'addresses は known = "BY_DIVISION" のときだけ書けます。',
            '`addresses` belongs to known = "BY_DIVISION" only.',
        )
    return Recipient(
        known=known,
        ja=table.text("ja"),
        en=table.text("en"),
        address=table.text_or_none("address"),
        confirm=table.flag("confirm", default=False),
    )


def _addresses(table: Table) -> dict[str, str]:
    if not table.has("addresses"):
        return {}
    raw = table.raw["addresses"]
    if not isinstance(raw, Mapping):
        raise table.wrong("addresses", "担当課 = 宛先 の表", "a table of division = address")
    addresses = Table(raw, table.at("addresses"), frozenset(raw))
    return {division: addresses.text(division) for division in raw}


def _artefact(table: Table, sources: Mapping[str, Source]) -> tuple[Guard, ArtefactNeed]:
    need = ArtefactNeed(
        artefact=table.word("what", Artefact),
        need=table.word("need", Need),
        ja=table.text("ja"),
        en=table.text("en"),
        sources=cited(table, sources),
    )
    return read_guard(table), need


def _check_artefacts(artefacts: list[tuple[Guard, ArtefactNeed]], table: Table) -> None:
    plain = [(need.artefact, need.need) for guard, need in artefacts if guard is always]
    for artefact, need in plain:
        if need is Need.REQUIRED and (artefact, Need.FORBIDDEN) in plain:
            raise mistake(
                "ARTEFACT_CONTRADICTION",
                table.at("artefact"),
                f"{artefact} が必要かつ不可になっています。どちらかを削除してください。",
                f"{artefact} is both REQUIRED and FORBIDDEN; remove one.",
            )
