"""The whole life of a guarantee: drafts, fees, changes, use of funds, claims, obligees with accounts, notices."""

from collections.abc import Sequence

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
PARTY = "(role = 'PRINCIPAL') = (principal_id IS NOT NULL) AND (role = 'SURETY') = (surety_id IS NOT NULL)"
OBLIGEE = " AND (role = 'OBLIGEE') = (obligee_id IS NOT NULL)"
MOVED = (
    "moved_completion_on", "moved_ends_on", "moved_contract_price", "moved_covered_price", "advance_amount",
    "advance_received_on",
)  # fmt: skip
# The words that each of these columns holds from now on, and until now.
WORDS = (
    ("application", "state", "applicationstate",
     ("SUBMITTED", "RETURNED", "DECLINED", "APPROVED", "WITHDRAWN", "CONCLUDED"),
     ("SUBMITTED", "RETURNED", "DECLINED", "APPROVED", "CONCLUDED")),
    ("application_step", "step", "applicationstep",
     ("SUBMITTED", "RETURNED", "RESUBMITTED", "DECLINED", "APPROVED", "WITHDRAWN", "FEE_CALCULATED", "FEE_RECORDED", "CONCLUDED"),
     ("SUBMITTED", "RETURNED", "RESUBMITTED", "DECLINED", "APPROVED", "FEE_RECORDED", "CONCLUDED")),
    ("decision", "stage", "stage", ("APPLICATION", "CONCLUSION", "CHANGE"), ("APPLICATION", "CONCLUSION")),
    ("guarantee", "state", "guaranteestate",
     ("ACTIVE", "CLAIMED", "PERFORMED", "CANCELLED", "RELEASED"), ("ACTIVE", "CANCELLED", "RELEASED")),
)  # fmt: skip


def upgrade() -> None:
    """Make the change."""
    for table, column, name, words, _until_now in WORDS:
        _words(table, column, name, words)
    for make in TABLES.values():
        make()
    _parties()
    _guarantees()
    each = (
        "INSERT INTO delegation (principal_id, for_principal_id, acts) SELECT id, id, true FROM principal ORDER BY id"
    )
    op.execute(sa.text(each))
    log = "INSERT INTO herald (id, next_index) SELECT 1, size FROM audit_head"
    op.execute(sa.text(log))


def _words(table: str, column: str, name: str, words: Sequence[str]) -> None:
    """Let `column` hold `words` and no others."""
    allowed = ", ".join(f"'{each}'" for each in words)
    with op.batch_alter_table(table) as change:
        change.drop_constraint(op.f(f"ck_{table}_{name}"), type_="check")
        change.create_check_constraint(op.f(f"ck_{table}_{name}"), sa.text(f"{column} IN ({allowed})"))


def _word(name: str, *words: str) -> sa.Enum:
    return sa.Enum(*words, name=name, native_enum=False, create_constraint=True, length=32)


def _key() -> sa.Column[int]:
    return sa.Column("id", ID, sa.Identity(always=False), nullable=False)


def _parties() -> None:
    op.add_column("surety", sa.Column("new_key_on_change", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("surety", sa.Column("evidence", sa.Text(), nullable=True))
    with op.batch_alter_table("principal") as principal:
        principal.add_column(sa.Column("company_id", ID, nullable=True))
        principal.add_column(sa.Column("joint_venture", sa.Boolean(), nullable=False, server_default=sa.false()))
        principal.create_foreign_key(op.f("fk_principal_company_id"), "principal", ["company_id"], ["id"])
    op.create_index(op.f("ix_principal_company_id"), "principal", ["company_id"])
    roles = ("PRINCIPAL", "SURETY", "OBLIGEE")
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("obligee_id", ID, nullable=True))
        account.create_foreign_key(op.f("fk_account_obligee_id"), "obligee", ["obligee_id"], ["id"])
        account.drop_constraint(op.f("ck_account_party"), type_="check")
        account.create_check_constraint(op.f("ck_account_party"), sa.text(PARTY + OBLIGEE))
    op.create_index(op.f("ix_account_obligee_id"), "account", ["obligee_id"])
    _words("account", "role", "role", roles)


def _guarantees() -> None:
    op.add_column("application", sa.Column("follows", sa.String(10), nullable=True))
    for name in MOVED:
        kind = sa.Date() if name.endswith("_on") else sa.BigInteger()
        op.add_column("guarantee", sa.Column(name, kind, nullable=True))
    with op.batch_alter_table("certificate") as certificate:
        certificate.add_column(sa.Column("medium", _word("medium", "ELECTRONIC", "PAPER"), nullable=True))
    op.create_index("ix_guarantee_of_obligee", "guarantee", ["obligee", "id"])
    with op.batch_alter_table("mail") as mail:
        mail.alter_column("guarantee_id", existing_type=ID, nullable=True)


def _herald() -> None:
    op.create_table(
        "herald",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("next_index", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_herald_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_herald")),
    )


def _obligee() -> None:
    op.create_table(
        "obligee",
        _key(),
        sa.Column("code", sa.String(length=64), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_obligee")),
        sa.UniqueConstraint("code", name=op.f("uq_obligee_code")),
    )


def _delegation() -> None:
    op.create_table(
        "delegation",
        _key(),
        sa.Column("principal_id", ID, nullable=False),
        sa.Column("for_principal_id", ID, nullable=False),
        sa.Column("acts", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["for_principal_id"], ["principal.id"], name=op.f("fk_delegation_for_principal_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_delegation_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_delegation")),
        sa.UniqueConstraint(
            "principal_id", "for_principal_id", name=op.f("uq_delegation_principal_id_for_principal_id")
        ),
    )
    op.create_index(op.f("ix_delegation_for_principal_id"), "delegation", ["for_principal_id"], unique=False)


def _tariff() -> None:
    op.create_table(
        "tariff",
        _key(),
        sa.Column("surety_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("example", sa.Boolean(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("loaded_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["surety_id"], ["surety.id"], name=op.f("fk_tariff_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tariff")),
        sa.UniqueConstraint("surety_id", "from_on", name=op.f("uq_tariff_surety_id_from_on")),
    )


def _principal_class() -> None:
    op.create_table(
        "principal_class",
        _key(),
        sa.Column("surety_id", ID, nullable=False),
        sa.Column("principal_id", ID, nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("from_on", sa.Date(), nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column("set_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_principal_class_account_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_principal_class_principal_id")),
        sa.ForeignKeyConstraint(["surety_id"], ["surety.id"], name=op.f("fk_principal_class_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_principal_class")),
        sa.UniqueConstraint(
            "surety_id", "principal_id", "from_on", name=op.f("uq_principal_class_surety_id_principal_id_from_on")
        ),
    )
    op.create_index(op.f("ix_principal_class_principal_id"), "principal_class", ["principal_id"], unique=False)


def _webhook() -> None:
    op.create_table(
        "webhook",
        _key(),
        sa.Column("principal_id", ID, nullable=True),
        sa.Column("surety_id", ID, nullable=True),
        sa.Column("obligee_id", ID, nullable=True),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("events", sa.Text(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_with", sa.String(length=16), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("disabled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_webhook_account_id")),
        sa.ForeignKeyConstraint(["obligee_id"], ["obligee.id"], name=op.f("fk_webhook_obligee_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_webhook_principal_id")),
        sa.ForeignKeyConstraint(["surety_id"], ["surety.id"], name=op.f("fk_webhook_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook")),
    )
    op.create_index(op.f("ix_webhook_obligee_id"), "webhook", ["obligee_id"], unique=False)
    op.create_index(op.f("ix_webhook_principal_id"), "webhook", ["principal_id"], unique=False)
    op.create_index(op.f("ix_webhook_surety_id"), "webhook", ["surety_id"], unique=False)


def _works_contract() -> None:
    op.create_table(
        "works_contract",
        _key(),
        sa.Column("obligee_id", ID, nullable=False),
        sa.Column("contract_number", sa.Text(), nullable=False),
        sa.Column("works_name", sa.Text(), nullable=False),
        sa.Column("principal_name", sa.Text(), nullable=False),
        sa.Column("contract_price", sa.BigInteger(), nullable=False),
        sa.Column("contract_on", sa.Date(), nullable=True),
        sa.Column("completion_on", sa.Date(), nullable=True),
        sa.Column("advance_amount", sa.BigInteger(), nullable=True),
        sa.Column("performance_percent", sa.Integer(), nullable=True),
        sa.Column("works_folded", sa.Text(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("registered_at", INSTANT, nullable=False),
        sa.CheckConstraint("contract_price > 0", name=op.f("ck_works_contract_price")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_works_contract_account_id")),
        sa.ForeignKeyConstraint(["obligee_id"], ["obligee.id"], name=op.f("fk_works_contract_obligee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_works_contract")),
        sa.UniqueConstraint("obligee_id", "contract_number", name=op.f("uq_works_contract_obligee_id_contract_number")),
    )


def _draft() -> None:
    op.create_table(
        "draft",
        _key(),
        sa.Column("principal_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("content", sa.Text(), nullable=False),
        sa.Column("state", _word("draftstate", "OPEN", "SUBMITTED", "DISCARDED"), nullable=False),
        sa.Column("application_id", ID, nullable=True),
        sa.Column("copied_from_id", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("changed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_draft_account_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_draft_application_id")),
        sa.ForeignKeyConstraint(["copied_from_id"], ["application.id"], name=op.f("fk_draft_copied_from_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_draft_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft")),
    )
    op.create_index(op.f("ix_draft_principal_id"), "draft", ["principal_id"], unique=False)


def _webhook_delivery() -> None:
    op.create_table(
        "webhook_delivery",
        _key(),
        sa.Column("webhook_id", ID, nullable=False),
        sa.Column("entry_index", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_status", sa.Integer(), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("lease_by", sa.Text(), nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("delivered_at", INSTANT, nullable=True),
        sa.Column("parked_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["webhook_id"], ["webhook.id"], name=op.f("fk_webhook_delivery_webhook_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_webhook_delivery")),
        sa.UniqueConstraint("webhook_id", "entry_index", name=op.f("uq_webhook_delivery_webhook_id_entry_index")),
    )
    op.create_index(
        "ix_webhook_delivery_waiting",
        "webhook_delivery",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("delivered_at IS NULL AND parked_at IS NULL"),
        postgresql_where=sa.text("delivered_at IS NULL AND parked_at IS NULL"),
    )
    op.create_index(op.f("ix_webhook_delivery_webhook_id"), "webhook_delivery", ["webhook_id"], unique=False)


def _change_request() -> None:
    op.create_table(
        "change_request",
        _key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column(
            "state", _word("changestate", "REQUESTED", "WITHDRAWN", "DECLINED", "RECORDED", "ISSUED"), nullable=False
        ),
        sa.Column("asked", sa.Text(), nullable=False),
        sa.Column("outcome", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_change_request_account_id")),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_change_request_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_change_request")),
    )
    op.create_index(op.f("ix_change_request_guarantee_id"), "change_request", ["guarantee_id"], unique=False)
    op.create_index(
        "uq_change_request_open",
        "change_request",
        ["guarantee_id"],
        unique=True,
        sqlite_where=sa.text("state = 'REQUESTED'"),
        postgresql_where=sa.text("state = 'REQUESTED'"),
    )


def _claim() -> None:
    op.create_table(
        "claim",
        _key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("obligee_id", ID, nullable=True),
        sa.Column("state", _word("claimstate", "MADE", "WITHDRAWN", "REFUSED", "DETERMINED", "PAID"), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("claimed_amount", sa.BigInteger(), nullable=False),
        sa.Column("determined_amount", sa.BigInteger(), nullable=True),
        sa.Column("paid_amount", sa.BigInteger(), nullable=True),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("derivation", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("made_at", INSTANT, nullable=False),
        sa.Column("settled_at", INSTANT, nullable=True),
        sa.CheckConstraint("claimed_amount > 0", name=op.f("ck_claim_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_claim_account_id")),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_claim_guarantee_id")),
        sa.ForeignKeyConstraint(["obligee_id"], ["obligee.id"], name=op.f("fk_claim_obligee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
    )
    op.create_index(op.f("ix_claim_guarantee_id"), "claim", ["guarantee_id"], unique=False)
    op.create_index(
        "uq_claim_open",
        "claim",
        ["guarantee_id"],
        unique=True,
        sqlite_where=sa.text("state IN ('MADE', 'DETERMINED')"),
        postgresql_where=sa.text("state IN ('MADE', 'DETERMINED')"),
    )


def _fee_statement() -> None:
    op.create_table(
        "fee_statement",
        _key(),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("guarantee_id", ID, nullable=True),
        sa.Column("tariff_id", ID, nullable=False),
        sa.Column("kind", _word("feestatementkind", "INITIAL", "ADDITIONAL", "REFUND"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("derivation", sa.Text(), nullable=False),
        sa.Column("stated_on", sa.Date(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("at", INSTANT, nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_fee_statement_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_fee_statement_account_id")),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_fee_statement_application_id")),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_fee_statement_guarantee_id")),
        sa.ForeignKeyConstraint(["tariff_id"], ["tariff.id"], name=op.f("fk_fee_statement_tariff_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fee_statement")),
    )
    op.create_index(op.f("ix_fee_statement_application_id"), "fee_statement", ["application_id"], unique=False)
    op.create_index(op.f("ix_fee_statement_guarantee_id"), "fee_statement", ["guarantee_id"], unique=False)


def _funds_statement() -> None:
    op.create_table(
        "funds_statement",
        _key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("state", _word("fundsstate", "STATED", "RETURNED", "CONSENTED", "REPLACED"), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("stated_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_funds_statement_account_id")),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_funds_statement_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_statement")),
        sa.UniqueConstraint("guarantee_id", "version", name=op.f("uq_funds_statement_guarantee_id_version")),
    )


def _guarantee_step() -> None:
    op.create_table(
        "guarantee_step",
        _key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column(
            "step",
            _word(
                "guaranteestep",
                "FEE_STATED",
                "REFUND_STATED",
                "ADVANCE_RECEIVED",
                "CHANGE_REQUESTED",
                "CHANGE_WITHDRAWN",
                "CHANGE_DECLINED",
                "CHANGE_RECORDED",
                "CERTIFICATE_CHANGED",
                "CERTIFICATE_CORRECTED",
                "CERTIFICATE_ACCEPTED",
                "CERTIFICATE_REJECTED",
                "FUNDS_STATED",
                "FUNDS_CONSENTED",
                "FUNDS_RETURNED",
                "WITHDRAWAL_REQUESTED",
                "WITHDRAWAL_CANCELLED",
                "WITHDRAWAL_RETURNED",
                "WITHDRAWAL_APPROVED",
                "WITHDRAWAL_PAID",
                "GUARANTEE_EXPIRED",
                "GUARANTEE_RELEASED",
                "GUARANTEE_CANCELLED",
                "CLAIM_MADE",
                "CLAIM_WITHDRAWN",
                "CLAIM_DETERMINED",
                "CLAIM_REFUSED",
                "CLAIM_PAID",
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_guarantee_step_account_id")),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_guarantee_step_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantee_step")),
    )
    op.create_index(op.f("ix_guarantee_step_guarantee_id"), "guarantee_step", ["guarantee_id"], unique=False)


def _verdict() -> None:
    op.create_table(
        "verdict",
        _key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("submission_id", ID, nullable=False),
        sa.Column("obligee_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("verdict", _word("verdict", "ACCEPTED", "REJECTED"), nullable=False),
        sa.Column("code", sa.Text(), nullable=True),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_verdict_account_id")),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_verdict_guarantee_id")),
        sa.ForeignKeyConstraint(["obligee_id"], ["obligee.id"], name=op.f("fk_verdict_obligee_id")),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_verdict_submission_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verdict")),
        sa.UniqueConstraint(
            "guarantee_id", "version", "submission_id", name=op.f("uq_verdict_guarantee_id_version_submission_id")
        ),
    )
    op.create_index(op.f("ix_verdict_obligee_id"), "verdict", ["obligee_id"], unique=False)


def _funds_line() -> None:
    op.create_table(
        "funds_line",
        _key(),
        sa.Column("funds_statement_id", ID, nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column(
            "item",
            _word(
                "fundsitem",
                "MATERIALS",
                "LABOUR",
                "MACHINE_RENTAL",
                "MACHINE_PURCHASE",
                "POWER",
                "FREIGHT",
                "REPAIR",
                "TEMPORARY_WORKS",
                "ACCIDENT_INSURANCE",
                "GUARANTEE_FEE",
                "SITE_OVERHEADS",
            ),
            nullable=False,
        ),
        sa.Column("description", sa.Text(), nullable=True),
        sa.Column("quantity", sa.Text(), nullable=True),
        sa.Column("total_cost", sa.BigInteger(), nullable=True),
        sa.Column("from_advance", sa.BigInteger(), nullable=True),
        sa.Column("method", _word("withdrawalmethod", "TRANSFER", "OTHER"), nullable=True),
        sa.Column("planned", sa.Text(), nullable=True),
        sa.Column("payee", sa.Text(), nullable=True),
        sa.CheckConstraint(
            "(total_cost IS NULL OR total_cost > 0) AND (from_advance IS NULL OR from_advance > 0)",
            name=op.f("ck_funds_line_amounts"),
        ),
        sa.ForeignKeyConstraint(
            ["funds_statement_id"], ["funds_statement.id"], name=op.f("fk_funds_line_funds_statement_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_funds_line")),
        sa.UniqueConstraint("funds_statement_id", "line", name=op.f("uq_funds_line_funds_statement_id_line")),
    )


def _withdrawal() -> None:
    op.create_table(
        "withdrawal",
        _key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("funds_statement_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column(
            "state", _word("withdrawalstate", "REQUESTED", "CANCELLED", "RETURNED", "APPROVED", "PAID"), nullable=False
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("requested_at", INSTANT, nullable=False),
        sa.Column("paid_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.CheckConstraint("amount > 0", name=op.f("ck_withdrawal_amount")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_withdrawal_account_id")),
        sa.ForeignKeyConstraint(
            ["funds_statement_id"], ["funds_statement.id"], name=op.f("fk_withdrawal_funds_statement_id")
        ),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_withdrawal_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal")),
    )
    op.create_index(op.f("ix_withdrawal_guarantee_id"), "withdrawal", ["guarantee_id"], unique=False)


def _withdrawal_line() -> None:
    op.create_table(
        "withdrawal_line",
        _key(),
        sa.Column("withdrawal_id", ID, nullable=False),
        sa.Column("funds_line_id", ID, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("payee", sa.Text(), nullable=True),
        sa.Column("method", _word("withdrawalmethod", "TRANSFER", "OTHER"), nullable=True),
        sa.Column("evidence", sa.Text(), nullable=False),
        sa.CheckConstraint("amount > 0", name=op.f("ck_withdrawal_line_amount")),
        sa.ForeignKeyConstraint(["funds_line_id"], ["funds_line.id"], name=op.f("fk_withdrawal_line_funds_line_id")),
        sa.ForeignKeyConstraint(["withdrawal_id"], ["withdrawal.id"], name=op.f("fk_withdrawal_line_withdrawal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_withdrawal_line")),
        sa.UniqueConstraint(
            "withdrawal_id", "funds_line_id", name=op.f("uq_withdrawal_line_withdrawal_id_funds_line_id")
        ),
    )
    op.create_index(op.f("ix_withdrawal_line_funds_line_id"), "withdrawal_line", ["funds_line_id"], unique=False)


TABLES = {
    "herald": _herald,
    "obligee": _obligee,
    "delegation": _delegation,
    "tariff": _tariff,
    "principal_class": _principal_class,
    "webhook": _webhook,
    "works_contract": _works_contract,
    "draft": _draft,
    "webhook_delivery": _webhook_delivery,
    "change_request": _change_request,
    "claim": _claim,
    "fee_statement": _fee_statement,
    "funds_statement": _funds_statement,
    "guarantee_step": _guarantee_step,
    "verdict": _verdict,
    "funds_line": _funds_line,
    "withdrawal": _withdrawal,
    "withdrawal_line": _withdrawal_line,
}


def downgrade() -> None:
    """Take it back. What it brought is lost; an account of an obligee, or a word that was unknown before, stands in the way."""
    with op.batch_alter_table("mail") as mail:
        mail.alter_column("guarantee_id", existing_type=ID, nullable=False)
    op.drop_index("ix_guarantee_of_obligee", "guarantee")
    with op.batch_alter_table("certificate") as certificate:
        certificate.drop_constraint(op.f("ck_certificate_medium"), type_="check")
        certificate.drop_column("medium")
    with op.batch_alter_table("guarantee") as guarantee:
        for name in MOVED:
            guarantee.drop_column(name)
    with op.batch_alter_table("application") as application:
        application.drop_column("follows")
    _words("account", "role", "role", ("PRINCIPAL", "SURETY"))
    op.drop_index(op.f("ix_account_obligee_id"), "account")
    with op.batch_alter_table("account") as account:
        account.drop_constraint(op.f("ck_account_party"), type_="check")
        account.create_check_constraint(op.f("ck_account_party"), sa.text(PARTY))
        account.drop_constraint(op.f("fk_account_obligee_id"), type_="foreignkey")
        account.drop_column("obligee_id")
    op.drop_index(op.f("ix_principal_company_id"), "principal")
    with op.batch_alter_table("principal") as principal:
        principal.drop_constraint(op.f("fk_principal_company_id"), type_="foreignkey")
        principal.drop_column("company_id")
        principal.drop_column("joint_venture")
    with op.batch_alter_table("surety") as surety:
        surety.drop_column("evidence")
        surety.drop_column("new_key_on_change")
    for table in reversed(TABLES):
        op.drop_table(table)
    for table, column, name, _words_now, words in WORDS:
        _words(table, column, name, words)
