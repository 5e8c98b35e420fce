"""Read what `[revision.submission]` prescribes of a message: subject, body, copies, deadline, companions, artefacts."""

from collections.abc import Collection, Mapping
from typing import Any

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules.channels import check_address, read_contacts, read_days
from denshi_hosho.rules.citations import cited
from denshi_hosho.rules.plan import (
    ArtefactNeed,
    BatchingRule,
    BodyField,
    Companion,
    CopyTo,
    Deadline,
    FollowUp,
    KindWord,
    Saying,
    Source,
    SubjectLine,
)
from denshi_hosho.rules.reader import Table, mistake
from denshi_hosho.rules.templates import KIND, Template, given_value, read_template
from denshi_hosho.rules.texts import SAYING_KEYS, read_saying
from denshi_hosho.rules.vocabulary import Artefact, Batching, CompanionWay, CopyFor, DeadlineEvent, Need, Way

SUBJECT_KEYS = SAYING_KEYS | {"template", "kinds", "joined_by", "examples"}
EXAMPLE_KEYS = frozenset({"given", "subject"})
BODY_KEYS = SAYING_KEYS | {"label", "value", "joined_by"}
COPY_KEYS = SAYING_KEYS | {"whom", "address"}
DEADLINE_KEYS = SAYING_KEYS | {"event"}
FOLLOW_UP_KEYS = SAYING_KEYS | {"phone", "phones"}
COMPANION_KEYS = SAYING_KEYS | {"document", "way", "need"}
BATCHING_KEYS = SAYING_KEYS | {"rule"}
_OWN_FORM_KEYS = ("name", "url", "as_pdf")
ARTEFACT_KEYS = SAYING_KEYS | {"what", "need", "from", "until", "password", *_OWN_FORM_KEYS}


def _said(table: Table, sources: Mapping[str, Source]) -> dict[str, Any]:
    saying = read_saying(table, sources)
    return {"ja": saying.ja, "en": saying.en, "literal": saying.literal, "sources": saying.sources}


def read_subject(table: Table, sources: Mapping[str, Source], kinds: Collection[GuaranteeKind]) -> SubjectLine:
    """Return the subject line; its examples must come out of its template word for word."""
    subject = SubjectLine(
        **_said(table, sources),
        template=table.text_or_none("template"),
        kinds=_kind_words(table),
        joined_by=table.text_or_none("joined_by"),
    )
    if subject.template is None:
        for key in ("kinds", "joined_by", "examples"):
            if table.has(key):
                table.need("template")
        return subject
    template = read_template(subject.template, table.at("template"))
    if subject.kinds:
        _check_kinds(table, template, subject.kinds, kinds)
    for raw, place in table.tables("examples"):
        _check_example(Table(raw, place, EXAMPLE_KEYS), template, subject)
    return subject


def _kind_words(table: Table) -> tuple[KindWord, ...]:
    if not table.has("kinds"):
        return ()
    words = Table(table.raw["kinds"], table.at("kinds"), frozenset(kind.value for kind in GuaranteeKind))
    return tuple(KindWord(kind=GuaranteeKind(code), word=words.text(code)) for code in words.raw)


def _check_kinds(
    table: Table, template: Template, words: tuple[KindWord, ...], kinds: Collection[GuaranteeKind]
) -> None:
    if KIND not in template.names:
        raise mistake(
            "KIND_WORD",
            table.at("kinds"),
            "template に {kind} がありません。{kind} を入れるか、kinds を削除してください。",
            "the template has no {kind}; put it in or remove `kinds`.",
        )
    when = table.raw.get("when")
    guarded = Table(when, "", frozenset(when)).items(KIND) if isinstance(when, Mapping) and KIND in when else None
    missing = [kind for kind in kinds if (guarded is None or kind in guarded) and kind not in {w.kind for w in words}]
    if missing:
        names = ", ".join(missing)
        raise mistake(
            "KIND_WORD",
            table.at("kinds"),
            f"{names} の言葉がありません。追加してください（対象外なら when で種類を限ってください）。",
            f"has no word for {names}; add it (or limit the subject to its kinds with `when`).",
        )


def _check_example(table: Table, template: Template, subject: SubjectLine) -> None:
    given = Table(table.need("given"), table.at("given"), template.names)
    known = {name: given_value(given, name) for name in given.raw}
    expected = table.text("subject")
    found = template.filled(known, subject.kinds, subject.joined_by or "、")
    if isinstance(found, tuple):
        ja, en = " ".join(item.ja for item in found), " ".join(item.en for item in found)
        raise mistake("EXAMPLE_GIVEN", table.at("given"), f"件名を作れません。{ja}", f"makes no subject. {en}")
    if found != expected:
        raise mistake(
            "EXAMPLE_DIFFERS",
            table.at("subject"),
            f"template からは「{found}」ができます。例か template を直してください。",
            f"the template gives “{found}”; mend the example or the template.",
        )


def read_body(table: Table, sources: Mapping[str, Source]) -> BodyField:
    """Return a field of the mail's text: `label` and `value` together, or only words."""
    field = BodyField(
        **_said(table, sources),
        label=table.text_or_none("label"),
        value=table.text_or_none("value"),
        joined_by=_joined_by(table),
    )
    names = read_template(field.value, table.at("value")).names if field.value is not None else frozenset()
    if field.label is not None or field.value is not None or field.joined_by is not None:
        table.need("label")
        table.need("value")
    if field.joined_by is not None and KIND not in names:
        raise mistake(
            "JOINED_BY",
            table.at("joined_by"),
            "value に {kind} がありません。{kind} を入れるか、joined_by を削除してください。",
            "the value has no {kind}; put it in or remove `joined_by`.",
        )
    return field


def _joined_by(table: Table) -> str | None:
    """Return what stands between kinds, on one line; a space alone does."""
    if not table.has("joined_by"):
        return None
    value = table.raw["joined_by"]
    if not isinstance(value, str) or value.splitlines() != [value]:
        raise table.wrong("joined_by", "空でない1行の文字列（空白だけでも可）", "a text on one line, be it a space")
    return value


def read_copy(table: Table, sources: Mapping[str, Source]) -> CopyTo:
    """Return who gets a copy."""
    address = table.text_or_none("address")
    if address is not None:
        check_address(Way.EMAIL, address, table.at("address"))
    whom = table.word("whom", CopyFor) if table.has("whom") else None
    return CopyTo(**_said(table, sources), whom=whom, address=address)


def read_deadline(table: Table, sources: Mapping[str, Source]) -> Deadline:
    """Return by when the key is handed in."""
    event = table.word("event", DeadlineEvent) if table.has("event") else None
    return Deadline(**_said(table, sources), event=event)


def read_follow_up(table: Table, sources: Mapping[str, Source]) -> FollowUp:
    """Return what to do after sending."""
    phones = read_contacts(table, "phones", "phone")
    return FollowUp(**_said(table, sources), phone=table.text_or_none("phone"), phones=phones)


def read_companion(table: Table, sources: Mapping[str, Source]) -> Companion:
    """Return a document that goes with the key or beside it."""
    way = table.word("way", CompanionWay) if table.has("way") else None
    need = table.word("need", Need) if table.has("need") else Need.REQUIRED
    if need is Need.FORBIDDEN:
        raise mistake(
            "COMPANION_NEED",
            table.at("need"),
            "REQUIRED か OPTIONAL だけを書けます。提出できない書類は [[revision.submission.note]] に書いてください。",
            "takes REQUIRED or OPTIONAL; say in [[revision.submission.note]] what must not go along.",
        )
    return Companion(**_said(table, sources), document=table.text_or_none("document"), way=way, need=need)


def read_batching(table: Table, sources: Mapping[str, Source]) -> BatchingRule:
    """Return whether one mail may carry several guarantees."""
    return BatchingRule(**_said(table, sources), rule=table.word("rule", Batching))


def read_note(table: Table, sources: Mapping[str, Source]) -> Saying:
    """Return anything else the reader should know."""
    return read_saying(table, sources)


def read_artefact(table: Table, sources: Mapping[str, Source]) -> ArtefactNeed:
    """Return whether one artefact must, may or must not be handed in."""
    artefact = table.word("what", Artefact)
    for key in _OWN_FORM_KEYS:
        if table.has(key) and artefact is not Artefact.OWN_FORM:
            raise mistake(
                "OWN_FORM_ONLY",
                table.at(key),
                'what = "OWN_FORM"（発注者の様式）のときだけ書けます。削除してください。',
                'belongs to what = "OWN_FORM" only; remove it.',
            )
    valid_from, valid_until = read_days(table, "ARTEFACT_VALIDITY")
    return ArtefactNeed(
        artefact=artefact,
        need=table.word("need", Need),
        ja=table.text("ja"),
        en=table.text("en"),
        sources=cited(table, sources),
        name=table.text_or_none("name"),
        url=table.text_or_none("url"),
        as_pdf=table.flag("as_pdf", default=False),
        password=table.flag("password", default=False),
        valid_from=valid_from,
        valid_until=valid_until,
    )
