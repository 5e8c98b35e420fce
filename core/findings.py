"""What an audit finds wrong: a stable code, the place, and what is wrong with it in both languages (docs/audit.md)."""

from dataclasses import dataclass

_TEXTS = {
    "ENTRY_ALTERED": ("監査ログの記録が書き換えられています", "The entry was altered"),
    "NODE_ALTERED": ("ハッシュ木の節が書き換えられています", "The node of the tree was altered"),
    "NODE_MISSING": ("ハッシュ木の節がありません", "The node of the tree is missing"),
    "ROW_ALTERED": ("監査ログと内容が一致しません", "The row is not what the log says"),
    "ROW_MISSING": ("監査ログにある行がありません", "The row of which the log speaks is missing"),
    "ROW_UNLOGGED": ("監査ログにない行です", "The log knows nothing of the row"),
    "ROW_LOGGED_TWICE": ("監査ログに二重に記録されています", "The log speaks of the row twice"),
    "CERTIFICATE_ALTERED": (
        "保証証書が締結時の内容と一致しません",
        "The certificate is not the one that was concluded",
    ),
    "BEGINNING_ALTERED": ("監査ログの開始前の行が書き換えられています", "Rows from before the log were altered"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that is wrong. `where` names the entry, node, row or file."""

    code: str
    where: str
    ja: str
    en: str

    @classmethod
    def at(cls, code: str, index: int, what: str = "") -> "Finding":
        """Return what is wrong with the entry at `index`."""
        return cls.of(code, f"audit_entry {index}", what)

    @classmethod
    def node(cls, code: str, level: int, position: int) -> "Finding":
        """Return what is wrong with a node."""
        return cls.of(code, f"audit_node {level}/{position}")

    @classmethod
    def of(cls, code: str, where: str, what: str = "") -> "Finding":
        """Return a finding of one of the texts; `what` names the part."""
        ja, en = _TEXTS[code]
        return cls(code, where, f"{ja}({what})。" if what else f"{ja}。", f"{en} ({what})." if what else f"{en}.")

    @classmethod
    def gap(cls, expected: int, found: int) -> "Finding":
        """Return that entries are missing."""
        return cls("ENTRY_MISSING", f"audit_entry {expected}", f"{expected} 番の次は {found} 番です。記録が欠けています。",
                   f"Where entry {expected} is expected, {found} follows: entries are missing.")  # fmt: skip

    @classmethod
    def nodes(cls, number: int) -> "Finding":
        """Return that there are nodes that the entries do not make."""
        return cls("NODE_UNKNOWN", "audit_node", f"記録にない節が {number} 個あります。",
                   f"{number} nodes belong to no entry.")  # fmt: skip

    @classmethod
    def head(cls, size: int | None, entries: int) -> "Finding":
        """Return that the head is not that of the entries."""
        return cls("HEAD_ALTERED", "audit_head", f"監査ログの先頭(件数 {size})が記録({entries} 件)と一致しません。",
                   f"The head (size {size}) is not that of the {entries} entries.")  # fmt: skip

    @classmethod
    def shorter(cls, size: int, entries: int) -> "Finding":
        """Return that entries were cut off which a checkpoint knew."""
        return cls("CHECKPOINT_AHEAD", f"checkpoint {size}",
                   f"チェックポイントは {size} 件ですが、監査ログは {entries} 件しかありません。",
                   f"The checkpoint knew {size} entries, the log has only {entries}.")  # fmt: skip

    @classmethod
    def contradicted(cls, size: int) -> "Finding":
        """Return that the log is another one than that of a checkpoint."""
        return cls("CHECKPOINT_CONTRADICTED", f"checkpoint {size}",
                   f"件数 {size} のときのルートハッシュがチェックポイントと異なります。監査ログが書き換えられています。",
                   f"At {size} entries the root is not the checkpoint's: the log was rewritten.")  # fmt: skip
