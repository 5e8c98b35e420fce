"""Handing keys in over HTTP: two guarantees for Matsue, and the steps of a submission, for tests of both."""

import email.policy
from email import message_from_bytes
from email.message import EmailMessage

from denshi_hosho.core.notary import notes_in
from denshi_hosho.core.outbox import LOG
from denshi_hosho.rules import Rulebook
from tests.client import Api, Json, concluded
from tests.rules.rule_texts import MINIMAL
from tests.schema.operations import MUTATIONS

TOLD = {"contactName": "松江 花子", "contactPhone": "0852-00-0001", "address": "keiyaku@matsue.example.jp"}
TOGETHER = """
[[revision.submission.batching]]
rule = "TOGETHER"
ja = "同じ工事の保証はまとめて1通で提出できます。"
en = "Guarantees of the same works may go in one mail."
source = "page"
"""
OWN_FORM = """
[[revision.submission.artefact]]
what = "OWN_FORM"
need = "REQUIRED"
name = "様式第1号"
ja = "様式第1号を添付します。"
en = "Attach form 1."
source = "page"
"""


def town(*more: str) -> Rulebook:
    """The rules of 試験町, whose address the rule itself gives, with `more` of its submission."""
    return Rulebook.from_texts({"town": MINIMAL + "".join(more)})


def key_in_text() -> Rulebook:
    """The rules of 試験町, which wants the key in the mail's text."""
    return Rulebook.from_texts({"town": MINIMAL.replace('way = "EMAIL"\n', 'way = "EMAIL"\nkey_as = ["TEXT"]\n')})


async def in_town(api: Api, key: str = "apply-1", **changes: object) -> Json:
    """Conclude a guarantee for 試験町."""
    return await concluded(api, key, obligee="test/town", **changes)


async def answered(api: Api, mutation: str, who: str = "contractor", **given: object) -> Json:
    """Ask a mutation as the account `who`; return what it answers."""
    return await (await api.as_(who)).do(MUTATIONS[mutation], **given)


async def prepare(api: Api, *guarantees: Json, key: str = "p", **facts: object) -> Json:
    """Prepare to hand in the keys of `guarantees`; return what is answered."""
    ids = [each["id"] for each in guarantees]
    return await answered(api, "prepareSubmission", guaranteeIds=ids, facts=facts, idempotencyKey=key)


async def prepared(api: Api, *guarantees: Json, key: str = "p", **facts: object) -> list[Json]:
    """Prepare to hand in the keys of `guarantees`; return the messages with their submissions."""
    answer = await prepare(api, *guarantees, key=key, **facts)
    assert answer["__typename"] == "PreparedSubmissions", answer
    return list(answer["prepared"])


async def one_prepared(api: Api, *guarantees: Json, key: str = "p", **facts: object) -> Json:
    """Prepare the single message that hands in `guarantees`."""
    (only,) = await prepared(api, *guarantees, key=key, **facts)
    return only


async def submit(api: Api, submission: Json, **given: object) -> Json:
    """Say that a prepared key was handed in by mail; return what is answered."""
    return await answered(api, "submitKey", **{"submissionId": submission["id"], "way": "EMAIL", **given})


async def sent(api: Api, submission: Json, **given: object) -> Json:
    """Say that a prepared key was handed in by mail; return the submission."""
    answer = await submit(api, submission, **given)
    assert answer["__typename"] == "SubmissionPayload", answer
    return dict(answer["submission"])


async def downloaded(api: Api, url: str) -> EmailMessage:
    """Download the ready mail."""
    response = await api.http.get(url)
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "message/rfc822"
    return read(response.content)


def read(content: bytes) -> EmailMessage:
    """Read a mail as mail programs do."""
    return message_from_bytes(content, policy=email.policy.default)


def text_of(mail: EmailMessage) -> str:
    """The text of a mail, without its attachments and the checkpoint at its end, which must be there."""
    body = mail.get_body()
    assert body is not None
    text, _, log = str(body.get_content()).replace("\r\n", "\n").partition(LOG.partition("{")[0])
    assert len(notes_in(log)) == 1
    return text
