"""The JSON Schema of `[revision.submission]`, from the keys that its readers declare."""

from denshi_hosho.rules import channels, prescriptions
from denshi_hosho.rules.json_shapes import (
    DAY,
    FLAG,
    TEXT,
    URL,
    Shape,
    named,
    one_or_many,
    one_or_more_tables,
    ref,
    table,
    words,
)
from denshi_hosho.rules.submission import SUBMISSION_KEYS
from denshi_hosho.rules.templates import ELECTRONIC_KINDS
from denshi_hosho.rules.texts import SAYING_KEYS
from denshi_hosho.rules.vocabulary import (
    Artefact,
    Batching,
    CompanionWay,
    CopyFor,
    DeadlineEvent,
    KeyForm,
    Need,
    RecipientKnown,
    Way,
)

_SAID = {"ja": TEXT, "en": TEXT, "literal": TEXT, "source": ref("source"), "when": ref("guard")}
_NEEDED = ("ja", "en", "source")
_BY_KIND: Shape = {
    "type": "object",
    "properties": {kind.value: TEXT for kind in ELECTRONIC_KINDS},
    "additionalProperties": False,
    "minProperties": 1,
}
_JOINED_BY: Shape = {"type": "string", "pattern": r"^[^\r\n]+$"}
_CONTACT: Shape = table(channels.CONTACT_KEYS, {"address": TEXT, "phone": TEXT}, minProperties=1)
_BY_DIVISION: Shape = named({"anyOf": [TEXT, _CONTACT]})


def submission_shape() -> Shape:
    """Return the shape of `[revision.submission]`."""
    shapes = {
        "channel": one_or_more_tables(_channel()),
        "artefact": one_or_more_tables(_artefact()),
        "subject": one_or_more_tables(_subject()),
        "body": _saying(prescriptions.BODY_KEYS, label=TEXT, value=TEXT, joined_by=_JOINED_BY),
        "cc": _saying(prescriptions.COPY_KEYS, whom=words(CopyFor), address=TEXT),
        "deadline": _saying(prescriptions.DEADLINE_KEYS, event=words(DeadlineEvent)),
        "follow_up": _saying(prescriptions.FOLLOW_UP_KEYS, phone=TEXT, phones=_BY_DIVISION),
        "companion": _saying(
            prescriptions.COMPANION_KEYS,
            document=TEXT,
            way=words(CompanionWay),
            need=words(Need, but=(Need.FORBIDDEN,)),
        ),
        "batching": _saying(prescriptions.BATCHING_KEYS, rule=words(Batching)),
        "note": _saying(SAYING_KEYS),
    }
    return table(SUBMISSION_KEYS, shapes, ("channel",))


def _saying(keys: frozenset[str], **more: Shape) -> Shape:
    return one_or_more_tables(table(keys, {**_SAID, **more}, _NEEDED))


def _channel() -> Shape:
    shapes = {
        **_SAID,
        "way": words(Way),
        "from": DAY,
        "until": DAY,
        "recipient": _recipient(),
        "key_as": one_or_many(words(KeyForm)),
        "system": TEXT,
    }
    return table(channels.CHANNEL_KEYS, shapes, (*_NEEDED, "way", "recipient"))


def _recipient() -> Shape:
    shapes = {
        "known": words(RecipientKnown),
        "ja": TEXT,
        "en": TEXT,
        "address": TEXT,
        "addresses": _BY_DIVISION,
        "phone": TEXT,
        "confirm": FLAG,
    }
    literal = {"properties": {"known": {"const": RecipientKnown.LITERAL.value}}}
    return table(
        channels.RECIPIENT_KEYS,
        shapes,
        ("known", "ja", "en"),
        **{"if": literal, "then": {"required": ["address"]}, "else": {"properties": {"address": False}}},
    )


def _artefact() -> Shape:
    shapes = {
        **_SAID,
        "what": words(Artefact),
        "need": words(Need),
        "from": DAY,
        "until": DAY,
        "name": TEXT,
        "url": URL,
        "as_pdf": FLAG,
        "password": FLAG,
    }
    return table(prescriptions.ARTEFACT_KEYS, shapes, (*_NEEDED, "what", "need"))


def _subject() -> Shape:
    example = table(
        prescriptions.EXAMPLE_KEYS, {"given": {"type": "object"}, "subject": TEXT}, prescriptions.EXAMPLE_KEYS
    )
    shapes = {
        **_SAID,
        "template": TEXT,
        "kinds": _BY_KIND,
        "joined_by": {"type": "string"},
        "examples": one_or_more_tables(example),
    }
    return table(prescriptions.SUBJECT_KEYS, shapes, _NEEDED)
