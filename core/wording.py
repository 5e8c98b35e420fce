"""The fixed words of a certificate (保証証書), the same on the screen and on paper."""

from denshi_hosho.core.vocabulary import Change, GuaranteeKind

# Terms and contract as the sentence names them. The leaflet shows those of the advance payment; what a surety
# calls its terms for the other kinds is not known, and 保証約款 is true of each.
_NAMES = {
    GuaranteeKind.ADVANCE_PAYMENT: ("前払金保証約款", "前払金保証契約"),
    GuaranteeKind.INTERIM_ADVANCE_PAYMENT: ("保証約款", "中間前払金保証契約"),
    GuaranteeKind.PERFORMANCE: ("保証約款", "契約保証の契約"),
}

# Which changes bring a new certificate, and which do not: as the leaflet's certificate screen notes it.
NOTES = (
    "保証金額等に変更があった場合は、（変更）と表示し、変更後の内容を記載します。",
    "保証期間は工期の変更に伴い自動的に変更されますので、工期のみの変更では、変更の保証証書を発行しません。",
    "請負金額のみの変更では、変更の保証証書を発行しません。",
)


def has_form(kind: GuaranteeKind) -> bool:
    """Return whether a certificate of this kind can be drawn (a 契約保証予約 has no certificate form)."""
    return kind in _NAMES


def title(kind: GuaranteeKind, change: Change) -> str:
    """Return the certificate's title, marked （変更） or （訂正） where it is one."""
    mark = "" if change is Change.ORIGINAL else f"（{change.ja}）"
    return f"保証証書（{kind.ja}）{mark}"


def terms_name(kind: GuaranteeKind) -> str | None:
    """Return the name of the guarantee terms (約款), or None for a kind without a certificate form."""
    return _NAMES[kind][0] if kind in _NAMES else None


def sentence(kind: GuaranteeKind) -> str | None:
    """Return the sentence by which the surety binds itself, or None for a kind without a certificate form."""
    if kind not in _NAMES:
        return None
    terms, contract = _NAMES[kind]
    return f"当会社は、{terms}に基づき上記のとおり{contract}を締結し、その責に任じます。"
