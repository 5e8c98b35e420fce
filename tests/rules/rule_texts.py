"""Rule files in memory, for tests of the machinery: no real obligee stands in them."""

MINIMAL = """\
format = 1

[obligee]
id = "test/town"
name = "試験町"

[sources.page]
title = "試験町の電子保証"
seen_on = 2026-01-05
publisher = "試験町"

[[revision]]
from = 2024-04-01
counted_by = "contract"
source = "page"

[revision.kinds]
accepted = ["ADVANCE_PAYMENT", "PERFORMANCE"]
source = "page"

[revision.work_types]
accepted = { CONSTRUCTION = "工事" }
source = "page"

[revision.submission]

[[revision.submission.channel]]
way = "EMAIL"
ja = "電子メールで提出します。"
en = "By e-mail."
recipient = { known = "LITERAL", ja = "契約課", en = "Contracts", address = "keiyaku@example.lg.jp" }
source = "page#提出方法"
"""


def with_lines(*lines: str, after: str = 'source = "page"') -> str:
    """Return MINIMAL with `lines` put in after the first line that is `after`."""
    return MINIMAL.replace(f"{after}\n", "\n".join((after, *lines, "")), 1)


def replaced(old: str, new: str) -> str:
    """Return MINIMAL with `old`, which must stand in it, replaced once by `new`."""
    assert old in MINIMAL, old
    return MINIMAL.replace(old, new, 1)
