"""What may stand in a use-of-funds statement (使途内訳明細書): its items, and how they add up. Money is yen."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from denshi_hosho.core.calculators.lines import amount_out_of_range
from denshi_hosho.core.documents import missing_glyphs
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.notes import check_line
from denshi_hosho.core.vocabulary import FundsItem, GuaranteeKind, WithdrawalMethod

MAX_LINES = 100
# How long a text may be: the longest line then fits on one page of the documents.
MAX_NAME = 100
MAX_WORDS = 50
_MOST = {"description": MAX_NAME, "quantity": MAX_WORDS, "planned": MAX_WORDS, "payee": MAX_NAME}
# Site overheads are at most a quarter of the advance; an interim advance is not used for them.
OVERHEADS_SHARE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class FundsLine:
    """A line: for what, how much of it there is, what it costs in all, and which part the advance pays. None: 未定."""

    item: FundsItem
    description: str | None = None
    quantity: str | None = None
    total_cost: int | None = None
    from_advance: int | None = None
    method: WithdrawalMethod | None = None
    planned: str | None = None
    payee: str | None = None


def check_lines(lines: Sequence[FundsLine]) -> None:
    """Raise `Refused` with everything that is wrong with the lines each by itself."""
    check_count(len(lines))
    refusals = [each for place, line in enumerate(lines) for each in _line(line, ("lines", str(place)))]
    if refusals:
        raise Refused(*refusals)


def check_count(count: int) -> None:
    """Raise `Refused` unless there are 1 to 100 lines."""
    if not 1 <= count <= MAX_LINES:
        raise Refused(Refusal("LINES_COUNT", f"明細は1行以上{MAX_LINES}行以内にしてください。",
                              f"There are 1 to {MAX_LINES} lines.", ("lines",)))  # fmt: skip


def _line(line: FundsLine, path: tuple[str, ...]) -> Iterator[Refusal]:
    for name in ("total_cost", "from_advance"):
        yen = getattr(line, name)
        if yen is not None and not 1 <= yen <= MAX_YEN:
            yield amount_out_of_range_at((*path, name))
    if line.total_cost is not None and line.from_advance is not None and line.from_advance > line.total_cost:
        yield Refusal("FUNDS_ABOVE_COST", "前払金使途額が総金額を超えています。",
                      "The part paid from the advance is above the total cost.", (*path, "from_advance"))  # fmt: skip
    for name in _MOST:
        text = getattr(line, name)
        if text is not None:
            yield from text_refusals(text, (*path, name))


def amount_out_of_range_at(path: tuple[str, ...]) -> Refusal:
    """Return the refusal of an amount that is not 1 … 10 trillion yen."""
    plain = amount_out_of_range(path[-1])
    return Refusal(plain.code, plain.ja, plain.en, path)


def text_refusals(text: str, path: tuple[str, ...]) -> Sequence[Refusal]:
    """Return what is wrong with a text that is to be printed; the last name of `path` says which one it is."""
    most = _MOST[path[-1]]
    if not 1 <= len(text) <= most:
        return [Refusal("TEXT_LENGTH", f"1文字以上{most}文字以内で入力してください。",
                        f"This text has 1 to {most} characters.", path)]  # fmt: skip
    try:
        check_line(text, path)
    except Refused as refused:
        return refused.refusals
    if missing := missing_glyphs(text):
        return [Refusal("TEXT_NOT_PRINTABLE", f"書類に印字できない文字があります: {missing}",
                        f"These characters cannot be printed: {missing}", path)]  # fmt: skip
    return []


def check_sums(lines: Sequence[Any], kind: GuaranteeKind, limit: int, *, received: bool = True) -> None:
    """Raise `Refused` unless what the lines take from the advance keeps to it: `limit` is the advance, in yen.

    While its receipt is not told (not `received`), `limit` is the guaranteed amount.
    """
    ja, en = ("前払金額", "advance") if received else ("保証金額", "guaranteed amount")
    total = sum(line.from_advance or 0 for line in lines)
    overheads = [line for line in lines if line.item is FundsItem.SITE_OVERHEADS]
    refusals = []
    if total > limit:
        refusals.append(Refusal("FUNDS_ABOVE_ADVANCE", f"前払金使途額の合計({total:,}円)が{ja}({limit:,}円)を超えています。",
                                f"The lines take {total:,} yen, and the {en} is {limit:,} yen.", ("lines",)))  # fmt: skip
    if overheads and kind is GuaranteeKind.INTERIM_ADVANCE_PAYMENT:
        refusals.append(Refusal("OVERHEADS_NOT_FROM_INTERIM", "中間前払金は現場管理費等には使えません。",
                                "An interim advance is not used for site overheads.", ("lines",)))  # fmt: skip
    elif sum(line.from_advance or 0 for line in overheads) * OVERHEADS_SHARE > limit:
        refusals.append(Refusal("OVERHEADS_ABOVE_SHARE", f"現場管理費等は前払金の25％({limit // OVERHEADS_SHARE:,}円)以内です。",
                                f"Site overheads are at most 25 % of the advance ({limit // OVERHEADS_SHARE:,} yen).",
                                ("lines",)))  # fmt: skip
    if refusals:
        raise Refused(*refusals)


def check_not_below(lines: Sequence[Any], drawn: Mapping[FundsItem, int]) -> None:
    """Raise `Refused` if the lines give an item less than what was already asked for or paid out for it."""
    given: Counter[FundsItem] = Counter()
    for line in lines:
        given[line.item] += line.from_advance or 0
    refusals = [
        Refusal("FUNDS_BELOW_WITHDRAWN", f"「{item.ja}」は払出依頼済みの金額({yen:,}円)を下回れません。",
                f"{item} cannot be below what was asked for already ({yen:,} yen).", ("lines",))
        for item, yen in drawn.items() if given[item] < yen
    ]  # fmt: skip
    if refusals:
        raise Refused(*refusals)
