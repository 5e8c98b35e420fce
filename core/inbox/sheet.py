"""A table as a file for spreadsheets: UTF-8 with BOM, CRLF, and no text that a spreadsheet would run or rewrite."""

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

BOM: Final = "\ufeff"
_SHIELD: Final = "'"
# What a spreadsheet takes for a formula, half- or full-width, or would strip; and the shield itself, so that it can be undone.
_RUNS = re.compile("[=+\\-@\t\r\n'＝＋－＠]")
# What it would take for a number, a day or a time and rewrite: leading zeros, more digits than it has, `1-2`.
_REWRITES = re.compile(r"[0-9][0-9 ,./:\-+eE]*")
_PLAIN = re.compile(r"[1-9][0-9]{0,10}|0")


def shielded(text: str) -> str:
    """Return `text` so that a spreadsheet shows it and does nothing else with it: an apostrophe comes first where needed."""
    rewrites = _REWRITES.fullmatch(text) and not _PLAIN.fullmatch(text)
    return _SHIELD + text if _RUNS.match(text) or rewrites else text


def unshielded(cell: str) -> str:
    """Return the text of which `shielded` made `cell`."""
    return cell.removeprefix(_SHIELD)


def csv_file(head: Sequence[str], rows: Iterable[Sequence[str | int | date | None]]) -> bytes:
    """Return the file: texts shielded, amounts as plain integers, days as `2024-06-03`, None as an empty cell."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(head)
    for row in rows:
        writer.writerow([shielded(cell) if isinstance(cell, str) else cell for cell in row])
    return (BOM + out.getvalue()).encode()
