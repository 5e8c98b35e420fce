"""The inbox as files (一覧の書き出し): CSV for spreadsheets, JSON for programs, of the rows that a filter finds."""

import base64
import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any, Final

from denshi_hosho.core.clock import JST
from denshi_hosho.core.errors import TokenInvalid
from denshi_hosho.core.inbox import contracts, items
from denshi_hosho.core.inbox.comparison import Comparison
from denshi_hosho.core.inbox.items import InboxFilter
from denshi_hosho.core.inbox.sheet import csv_file
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor, Ticket, acting
from denshi_hosho.core.vocabulary import GuaranteeKind, Role, SubmissionState, Verdict, Word
from denshi_hosho.resolvers.documents import File, made_by, url_of
from denshi_hosho.resolvers.inbox import check_filter
from denshi_hosho.resolvers.platform import Platform

MAX_EXPORTED: Final = 10_000
# Each column: its name in JSON, its head in CSV, and the attribute of the row.
_COLUMNS: Final = (
    ("number", "保証契約番号", "number"), ("kind", "保証の種類", "kind"), ("version", "版", "version"),
    ("change", "証書の区分", "change"), ("issuedOn", "証書発行日", "issued_on"), ("principalName", "保証契約者", "principal_name"),
    ("obligeeName", "被保証者", "obligee_name"), ("worksName", "工事名", "works_name"),
    ("guaranteedAmount", "保証金額", "guaranteed_amount"), ("contractPrice", "請負金額(総額)", "contract_price"),
    ("coveredPrice", "請負金額(対象額)", "covered_price"), ("guaranteeEndsOn", "保証期間", "guarantee_ends_on"),
    ("completionOn", "工期末日", "completion_on"), ("depositaryBank", "預託金融機関", "depositary_bank"),
    ("suretyName", "保証会社", "surety_name"), ("branchName", "取扱店", "branch_name"), ("way", "提出方法", "way"),
    ("handedInOn", "提出日", "handed_in_on"), ("handedInAt", "提出日時", "handed_in_at"),
    ("submissionState", "提出の状態", "submission_state"), ("verdict", "判定", "verdict"), ("verdictCode", "不受理の理由", "code"),
    ("verdictNote", "判定の備考", "verdict_note"), ("verdictAt", "判定日時", "verdict_at"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class InboxExport:
    """The URLs of an export, good for five minutes, how many rows are found, and whether not all of them fit."""

    csv_url: str
    json_url: str
    total: int

    @property
    def cut(self) -> bool:
        """Return whether the files hold the newest 10,000 rows only."""
        return self.total > MAX_EXPORTED


async def export(platform: Platform, actor: Actor, look: InboxFilter) -> InboxExport | None:
    """Return where the files of the actor's inbox wait; None for whoever has no inbox. Raise `Refused`."""
    if actor.obligee_id is None:
        return None
    checked = check_filter(look)
    async with platform.database.read() as connection:
        total = await items.count_items(connection, actor, checked)
    about = packed(checked)
    csv_url, json_url = (
        url_of(platform, name, actor.obligee_id, actor.account_id, about) for name in ("inbox-csv", "inbox-json")
    )
    return InboxExport(csv_url, json_url, total)


def packed(look: InboxFilter) -> str:
    """Return a filter as a ticket carries it."""
    told = {name: value for name, value in asdict(look).items() if value not in {"", (), None}}
    text = json.dumps(told, ensure_ascii=False, separators=(",", ":"), default=date.isoformat)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def unpacked(about: str) -> InboxFilter:
    """Return the filter that a ticket carries. Raise `TokenInvalid`; one that we signed holds none that is malformed."""
    try:
        told: dict[str, Any] = json.loads(base64.urlsafe_b64decode(about + "=" * (-len(about) % 4)))
        words: dict[str, type[Word]] = {"kinds": GuaranteeKind, "states": SubmissionState, "verdicts": Verdict}
        told.update({name: tuple(kind(each) for each in told[name]) for name, kind in words.items() if name in told})
        told.update({name: date.fromisoformat(told[name]) for name in ("from_on", "to_on") if name in told})
        return InboxFilter(**told)
    except (ValueError, TypeError, AttributeError) as error:
        raise TokenInvalid(
            "URLが正しくありません。もう一度書き出してください。", "Ask for the export again."
        ) from error


async def _found(platform: Platform, ticket: Ticket) -> tuple[list[AnyRow], list[Comparison], int]:
    actor, look = acting(ticket.version, Role.OBLIGEE, ticket.guarantee_id), unpacked(ticket.about)
    async with platform.database.read() as connection:
        rows = list(await items.first_items(connection, actor, look, MAX_EXPORTED))
        total = await items.count_items(connection, actor, look)
        return rows, await contracts.comparisons(connection, actor, rows), total


@made_by("inbox-csv")
async def _csv(platform: Platform, ticket: Ticket) -> File:
    rows, compared, total = await _found(platform, ticket)
    head = [*(head for _, head, _ in _COLUMNS), "突合", "突合の結果"]
    cells = [
        [*(_cell(getattr(row, name)) for *_, name in _COLUMNS), each.agreement.ja, _said(each)]
        for row, each in zip(rows, compared, strict=True)
    ]
    return File(f"{_name(total)}.csv", csv_file(head, cells), "text/csv; charset=utf-8")


def _name(total: int) -> str:
    """Return the file's name, which says if it does not hold everything."""
    return f"inbox-newest-{MAX_EXPORTED}-of-{total}" if total > MAX_EXPORTED else "inbox"


def _said(comparison: Comparison) -> str:
    return " ".join(each.ja for each in comparison.findings) or comparison.match.ja


def _cell(value: object) -> str | int | date | None:
    if isinstance(value, datetime):  # Japan's time, as a spreadsheet reads it
        return value.astimezone(JST).replace(tzinfo=None, microsecond=0)
    if value is None or isinstance(value, int | date):
        return value
    return str(getattr(value, "ja", value))


@made_by("inbox-json")
async def _json(platform: Platform, ticket: Ticket) -> File:
    rows, compared, total = await _found(platform, ticket)
    told = {"total": total, "cut": total > len(rows), "items": _items(rows, compared)}
    content = json.dumps(told, ensure_ascii=False, indent=1).encode()
    return File(f"{_name(total)}.json", content, "application/json")


def _items(rows: Sequence[AnyRow], compared: Sequence[Comparison]) -> list[dict[str, object]]:
    return [
        {**{name: _plain(getattr(row, attribute)) for name, _, attribute in _COLUMNS},
         "agreement": each.agreement.value, "contractMatch": each.match.value,
         "findings": [{"code": one.code, "agreement": one.agreement.value, "ja": one.ja, "en": one.en} for one in each.findings]}
        for row, each in zip(rows, compared, strict=True)
    ]  # fmt: skip


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else getattr(value, "value", value)
