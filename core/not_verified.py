"""Each way in which a copy of a certificate can fail to prove itself, as an error of its own."""

from denshi_hosho.core.errors import HoshoError


class NotVerified(HoshoError):
    """A copy of a certificate does not prove itself: take it for worthless, whatever it says."""

    code = "NOT_VERIFIED"


class CopyUnreadable(NotVerified):
    """The copy is neither a PDF nor a signed statement that this platform could have made."""

    code = "COPY_UNREADABLE"


class CopyTooLarge(NotVerified):
    """The copy is larger than any that this platform makes."""

    code = "COPY_TOO_LARGE"

    def __init__(self, limit: int) -> None:
        super().__init__(f"ファイルが大きすぎます({limit:,}バイトまで)。この保証証書ではありません。",
                         f"The file is larger than {limit:,} bytes: it is no certificate of ours.")  # fmt: skip


class CopyNotSigned(NotVerified):
    """The PDF bears no signature."""

    code = "COPY_NOT_SIGNED"

    def __init__(self) -> None:
        super().__init__("このPDFには電子署名がありません。署名付きのファイルを受け取り直してください。",
                         "This PDF bears no signature. Ask for the signed file.")  # fmt: skip


class CopyAltered(NotVerified):
    """The copy was changed after it was signed, or the signature is none."""

    code = "COPY_ALTERED"

    def __init__(self) -> None:
        super().__init__("署名の後に内容が変更されています。このファイルを信用しないでください。",
                         "The copy was changed after it was signed. Do not trust it.")  # fmt: skip


class CopyOfAnotherKind(NotVerified):
    """The signature is of another algorithm or type: it was made for something else than a certificate."""

    code = "COPY_OF_ANOTHER_KIND"

    def __init__(self) -> None:
        super().__init__("署名の種類または方式が保証証書のものではありません。",
                         "The signature's type or algorithm is not that of a certificate.")  # fmt: skip


class SignerUnknown(NotVerified):
    """The copy is signed with a key that is none of the issuer's."""

    code = "SIGNER_UNKNOWN"

    def __init__(self) -> None:
        super().__init__("発行者のものではない鍵で署名されています。このファイルを信用しないでください。",
                         "It is signed with a key that is not the issuer's. Do not trust it.")  # fmt: skip


class CopiesDiffer(NotVerified):
    """A PDF and a signed statement were given that are not of each other."""

    code = "COPIES_DIFFER"

    def __init__(self) -> None:
        super().__init__("PDFと署名付きデータ(JWS)が同じ保証証書のものではありません。",
                         "The PDF and the signed statement (JWS) are not of one certificate.")  # fmt: skip


class StatusUnknown(NotVerified):
    """Whether the certificate is still current could not be found out."""

    code = "STATUS_UNKNOWN"

    def __init__(self) -> None:
        super().__init__("保証証書が現在有効かどうかを確認できません。時間をおいて再度お試しください。",
                         "Whether the certificate is still current could not be found out. Try again later.")  # fmt: skip
