"""The documents of a guarantee: certificate and key notice as PDF, the notice also as text to copy."""

from denshi_hosho.core.documents.certificate import NoCertificateForm, certificate_pdf
from denshi_hosho.core.documents.notice import key_notice_pdf, key_notice_text
from denshi_hosho.core.documents.sheet import TextTooLong
from denshi_hosho.core.documents.typeface import GlyphMissing, missing_glyphs

__all__ = [
    "GlyphMissing",
    "NoCertificateForm",
    "TextTooLong",
    "certificate_pdf",
    "key_notice_pdf",
    "key_notice_text",
    "missing_glyphs",
]
