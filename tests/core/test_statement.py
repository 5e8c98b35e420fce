"""The canonical statement: every word of a certificate, in one fixed form."""

import hashlib
import json
from dataclasses import fields, replace
from datetime import date
from typing import Any

from denshi_hosho.core.certificate import Certificate, HandlingBranch, Surety
from denshi_hosho.core.statement import canonical, digest, statement
from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium

CERTIFICATE = Certificate(
    number="1070000473", version=1, change=Change.ORIGINAL, kind=GuaranteeKind.ADVANCE_PAYMENT, medium=Medium.ELECTRONIC,
    issued_on=date(2022, 1, 20), principal_name="株式会社西日本保証建設 本町支店", obligee_name="近畿地方整備局長",
    guaranteed_amount=145_670_000, guarantee_ends_on=date(2023, 3, 15), completion_on=date(2023, 3, 15),
    works_name="国道〇号線 道路改良工事 その1", contract_price=2_172_720_000, covered_price=None, depositary_bank=None,
    surety=Surety(name="西日本", address="大阪市", representative="社長", terms_url=None),
    branch=HandlingBranch(name="東京支店", address="東京都", tel="03", fax=None), salt="0f" * 16,
)  # fmt: skip


def test_a_statement_in_its_canonical_form() -> None:
    assert canonical(statement(CERTIFICATE)).decode() == (
        '{"branch":{"address":"東京都","fax":null,"name":"東京支店","tel":"03"},"change":"ORIGINAL",'
        '"completionOn":"2023-03-15","contractPrice":2172720000,"coveredPrice":null,"depositaryBank":null,'
        '"guaranteeEndsOn":"2023-03-15","guaranteedAmount":145670000,"issuedOn":"2022-01-20","kind":"ADVANCE_PAYMENT",'
        '"medium":"ELECTRONIC","number":"1070000473","obligeeName":"近畿地方整備局長",'
        '"principalName":"株式会社西日本保証建設 本町支店","salt":"0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f0f",'
        '"surety":{"address":"大阪市","name":"西日本","representative":"社長","termsUrl":null},"version":1,'
        '"worksName":"国道〇号線 道路改良工事 その1"}'
    )
    assert digest(CERTIFICATE) == hashlib.sha256(canonical(statement(CERTIFICATE))).hexdigest()


def test_every_field_of_a_certificate_is_stated_and_changes_the_digest() -> None:
    assert len(statement(CERTIFICATE)) == len(fields(Certificate))
    changed: dict[str, object] = {
        "change": Change.CORRECTION, "kind": GuaranteeKind.PERFORMANCE, "medium": Medium.PAPER,
        "surety": Surety(name="東日本", address="大阪市", representative="社長", terms_url=None),
        "branch": HandlingBranch(name="東京支店", address="東京都", tel="03", fax="04"),
    }  # fmt: skip
    digests = {digest(CERTIFICATE)}
    for field in fields(Certificate):
        value = getattr(CERTIFICATE, field.name)
        other = changed.get(field.name) or (
            date(2000, 1, 1) if isinstance(value, date) else f"{value}x" if isinstance(value, str) else (value or 0) + 1
        )
        only: dict[str, Any] = {field.name: other}
        digests.add(digest(replace(CERTIFICATE, **only)))
    assert len(digests) == len(fields(Certificate)) + 1


def test_a_statement_is_plain_json() -> None:
    assert json.loads(canonical(statement(CERTIFICATE))) == statement(CERTIFICATE)
