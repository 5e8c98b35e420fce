"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)


def key() -> sa.Column[int]:
    """Return a primary key that the database counts."""
    return sa.Column("id", ID, sa.Identity(always=False), nullable=False)


def word(name: str, *codes: str) -> sa.Enum:
    """Return the type of a column that holds one of `codes`, checked by the database."""
    return sa.Enum(*codes, name=name, native_enum=False, create_constraint=True, length=32)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "principal",
        key(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("consolidated_payment", sa.Boolean(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_principal")),
        sa.UniqueConstraint("name", name=op.f("uq_principal_name")),
    )
    op.create_table(
        "rule_text",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_rule_text")),
    )
    op.create_table(
        "surety",
        key(),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column(
            "surety_class",
            word("suretyclass", "GUARANTEE_COMPANY", "INSURER", "BANK"),
            nullable=False,
        ),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("representative", sa.Text(), nullable=False),
        sa.Column("terms_url", sa.Text(), nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_surety")),
        sa.UniqueConstraint("name", name=op.f("uq_surety_name")),
    )
    op.create_table(
        "account",
        key(),
        sa.Column("login_id", sa.String(length=64), nullable=False),
        sa.Column("password_hash", sa.Text(), nullable=False),
        sa.Column(
            "role",
            word("role", "PRINCIPAL", "SURETY"),
            nullable=False,
        ),
        sa.Column("principal_id", ID, nullable=True),
        sa.Column("surety_id", ID, nullable=True),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "(role = 'PRINCIPAL') = (principal_id IS NOT NULL) AND (role = 'SURETY') = (surety_id IS NOT NULL)",
            name=op.f("ck_account_party"),
        ),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_account_principal_id")),
        sa.ForeignKeyConstraint(["surety_id"], ["surety.id"], name=op.f("fk_account_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("login_id", name=op.f("uq_account_login_id")),
    )
    op.create_index(op.f("ix_account_principal_id"), "account", ["principal_id"], unique=False)
    op.create_index(op.f("ix_account_surety_id"), "account", ["surety_id"], unique=False)

    op.create_table(
        "branch",
        key(),
        sa.Column("surety_id", ID, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=False),
        sa.Column("tel", sa.Text(), nullable=False),
        sa.Column("fax", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(["surety_id"], ["surety.id"], name=op.f("fk_branch_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_branch")),
        sa.UniqueConstraint("surety_id", "name", name=op.f("uq_branch_surety_id_name")),
    )
    op.create_index(op.f("ix_branch_surety_id"), "branch", ["surety_id"], unique=False)

    op.create_table(
        "number_range",
        key(),
        sa.Column("surety_id", ID, nullable=False),
        sa.Column(
            "kind",
            word("guaranteekind", "ADVANCE_PAYMENT", "INTERIM_ADVANCE_PAYMENT", "PERFORMANCE", "BID"),
            nullable=False,
        ),
        sa.Column("first", sa.BigInteger(), nullable=False),
        sa.Column("next", sa.BigInteger(), nullable=False),
        sa.Column("last", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "first >= 0 AND last <= 9999999999 AND next BETWEEN first AND last + 1",
            name=op.f("ck_number_range_digits"),
        ),
        sa.ForeignKeyConstraint(["surety_id"], ["surety.id"], name=op.f("fk_number_range_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_number_range")),
    )
    op.create_index(op.f("ix_number_range_surety_id"), "number_range", ["surety_id"], unique=False)

    op.create_table(
        "application",
        key(),
        sa.Column("principal_id", ID, nullable=False),
        sa.Column("surety_id", ID, nullable=False),
        sa.Column("branch_id", ID, nullable=True),
        sa.Column(
            "kind",
            word("guaranteekind", "ADVANCE_PAYMENT", "INTERIM_ADVANCE_PAYMENT", "PERFORMANCE", "BID"),
            nullable=False,
        ),
        sa.Column("obligee", sa.Text(), nullable=False),
        sa.Column("obligee_name", sa.Text(), nullable=False),
        sa.Column(
            "delivery",
            word("medium", "ELECTRONIC", "PAPER"),
            nullable=False,
        ),
        sa.Column("works_name", sa.Text(), nullable=False),
        sa.Column("contract_price", sa.BigInteger(), nullable=False),
        sa.Column("covered_price", sa.BigInteger(), nullable=True),
        sa.Column("guaranteed_amount", sa.BigInteger(), nullable=False),
        sa.Column("completion_on", sa.Date(), nullable=False),
        sa.Column("guarantee_ends_on", sa.Date(), nullable=False),
        sa.Column("depositary_bank", sa.Text(), nullable=True),
        sa.Column("urgent", sa.Boolean(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column(
            "state",
            word("applicationstate", "SUBMITTED", "RETURNED", "DECLINED", "APPROVED", "CONCLUDED"),
            nullable=False,
        ),
        sa.Column(
            "fee_state",
            word("feestate", "DUE", "RECEIVED", "CONSOLIDATED"),
            nullable=False,
        ),
        sa.Column("fee_amount", sa.BigInteger(), nullable=True),
        sa.Column("fee_received_on", sa.Date(), nullable=True),
        sa.Column("submitted_at", INSTANT, nullable=False),
        sa.CheckConstraint(
            "contract_price > 0 AND guaranteed_amount > 0 AND guaranteed_amount <= contract_price",
            name=op.f("ck_application_amounts"),
        ),
        sa.ForeignKeyConstraint(["branch_id"], ["branch.id"], name=op.f("fk_application_branch_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_application_principal_id")),
        sa.ForeignKeyConstraint(["surety_id"], ["surety.id"], name=op.f("fk_application_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application")),
    )
    op.create_index(op.f("ix_application_principal_id"), "application", ["principal_id"], unique=False)
    op.create_index(op.f("ix_application_queue"), "application", ["surety_id", "state", "id"], unique=False)
    op.create_index(op.f("ix_application_surety_id"), "application", ["surety_id"], unique=False)

    op.create_table(
        "idempotency",
        key(),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("key", sa.String(length=64), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("result_id", ID, nullable=True),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_idempotency_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_idempotency")),
        sa.UniqueConstraint("account_id", "key", name=op.f("uq_idempotency_account_id_key")),
    )
    op.create_table(
        "session",
        key(),
        sa.Column("account_id", ID, nullable=False),
        sa.Column("refresh_hash", sa.String(length=64), nullable=False),
        sa.Column("family", sa.String(length=32), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("expires_at", INSTANT, nullable=False),
        sa.Column("ended_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_session_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("refresh_hash", name=op.f("uq_session_refresh_hash")),
    )
    op.create_index(op.f("ix_session_account_id"), "session", ["account_id"], unique=False)
    op.create_index(op.f("ix_session_family"), "session", ["family"], unique=False)

    op.create_table(
        "application_step",
        key(),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=False),
        sa.Column(
            "step",
            word(
                "applicationstep",
                "SUBMITTED",
                "RETURNED",
                "RESUBMITTED",
                "DECLINED",
                "APPROVED",
                "FEE_RECORDED",
                "CONCLUDED",
            ),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_application_step_account_id")),
        sa.ForeignKeyConstraint(
            ["application_id"], ["application.id"], name=op.f("fk_application_step_application_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_application_step")),
    )
    op.create_index(op.f("ix_application_step_application_id"), "application_step", ["application_id"], unique=False)

    op.create_table(
        "decision",
        key(),
        sa.Column("application_id", ID, nullable=False),
        sa.Column(
            "stage",
            word("stage", "APPLICATION", "CONCLUSION"),
            nullable=False,
        ),
        sa.Column("outcome", sa.String(length=32), nullable=False),
        sa.Column("revision", sa.Date(), nullable=True),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("plugin", sa.Text(), nullable=False),
        sa.Column("plugin_version", sa.Text(), nullable=False),
        sa.Column("facts", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("decided_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_decision_application_id")),
        sa.ForeignKeyConstraint(["digest"], ["rule_text.digest"], name=op.f("fk_decision_digest")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_decision")),
    )
    op.create_index(op.f("ix_decision_application_id"), "decision", ["application_id"], unique=False)

    op.create_table(
        "guarantee",
        key(),
        sa.Column("number", sa.String(length=10), nullable=False),
        sa.Column("application_id", ID, nullable=False),
        sa.Column("principal_id", ID, nullable=False),
        sa.Column("surety_id", ID, nullable=False),
        sa.Column(
            "kind",
            word("guaranteekind", "ADVANCE_PAYMENT", "INTERIM_ADVANCE_PAYMENT", "PERFORMANCE", "BID"),
            nullable=False,
        ),
        sa.Column("obligee", sa.Text(), nullable=False),
        sa.Column(
            "medium",
            word("medium", "ELECTRONIC", "PAPER"),
            nullable=False,
        ),
        sa.Column("live_version", sa.Integer(), nullable=False),
        sa.Column("concluded_at", INSTANT, nullable=False),
        sa.Column("first_opened_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["application_id"], ["application.id"], name=op.f("fk_guarantee_application_id")),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_guarantee_principal_id")),
        sa.ForeignKeyConstraint(["surety_id"], ["surety.id"], name=op.f("fk_guarantee_surety_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_guarantee")),
        sa.UniqueConstraint("application_id", name=op.f("uq_guarantee_application_id")),
        sa.UniqueConstraint("number", name=op.f("uq_guarantee_number")),
    )
    op.create_index(op.f("ix_guarantee_of_principal"), "guarantee", ["principal_id", "id"], unique=False)
    op.create_index(op.f("ix_guarantee_of_surety"), "guarantee", ["surety_id", "id"], unique=False)

    op.create_table(
        "access_key",
        key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_with", sa.String(length=16), nullable=False),
        sa.Column("mac", sa.LargeBinary(length=32), nullable=False),
        sa.Column("mac_with", sa.String(length=16), nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("retired_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_access_key_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_access_key")),
    )
    op.create_index(op.f("ix_access_key_guarantee_id"), "access_key", ["guarantee_id"], unique=False)
    op.create_index(
        op.f("uq_access_key_live"),
        "access_key",
        ["guarantee_id"],
        unique=True,
        sqlite_where=sa.text("retired_at IS NULL"),
        postgresql_where=sa.text("retired_at IS NULL"),
    )

    op.create_table(
        "certificate",
        key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "change",
            word("change", "ORIGINAL", "AMENDMENT", "CORRECTION"),
            nullable=False,
        ),
        sa.Column("issued_on", sa.Date(), nullable=False),
        sa.Column("principal_name", sa.Text(), nullable=False),
        sa.Column("obligee_name", sa.Text(), nullable=False),
        sa.Column("guaranteed_amount", sa.BigInteger(), nullable=False),
        sa.Column("guarantee_ends_on", sa.Date(), nullable=False),
        sa.Column("completion_on", sa.Date(), nullable=False),
        sa.Column("works_name", sa.Text(), nullable=False),
        sa.Column("contract_price", sa.BigInteger(), nullable=False),
        sa.Column("covered_price", sa.BigInteger(), nullable=True),
        sa.Column("depositary_bank", sa.Text(), nullable=True),
        sa.Column("surety_name", sa.Text(), nullable=False),
        sa.Column("surety_address", sa.Text(), nullable=False),
        sa.Column("surety_representative", sa.Text(), nullable=False),
        sa.Column("surety_terms_url", sa.Text(), nullable=True),
        sa.Column("branch_name", sa.Text(), nullable=False),
        sa.Column("branch_address", sa.Text(), nullable=False),
        sa.Column("branch_tel", sa.Text(), nullable=False),
        sa.Column("branch_fax", sa.Text(), nullable=True),
        sa.Column("obligee_folded", sa.Text(), nullable=False),
        sa.Column("works_folded", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_certificate_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate")),
        sa.UniqueConstraint("guarantee_id", "version", name=op.f("uq_certificate_guarantee_id_version")),
    )
    op.create_table(
        "key_event",
        key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        sa.Column(
            "event",
            word("keyeventkind", "REVEALED", "ROTATED", "OPENED"),
            nullable=False,
        ),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_key_event_account_id")),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_key_event_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_key_event")),
    )
    op.create_index(op.f("ix_key_event_guarantee_id"), "key_event", ["guarantee_id"], unique=False)

    op.create_table(
        "mail",
        key(),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.Column("recipient", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("body", sa.Text(), nullable=False),
        sa.Column("message_id", sa.String(length=255), nullable=False),
        sa.Column("due_at", INSTANT, nullable=False),
        sa.Column("created_at", INSTANT, nullable=False),
        sa.Column("attempts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.Column("lease_by", sa.Text(), nullable=True),
        sa.Column("lease_until", INSTANT, nullable=True),
        sa.Column("sent_at", INSTANT, nullable=True),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_mail_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mail")),
        sa.UniqueConstraint("message_id", name=op.f("uq_mail_message_id")),
    )
    op.create_index(op.f("ix_mail_guarantee_id"), "mail", ["guarantee_id"], unique=False)
    op.create_index(
        op.f("ix_mail_waiting"),
        "mail",
        ["due_at"],
        unique=False,
        sqlite_where=sa.text("sent_at IS NULL"),
        postgresql_where=sa.text("sent_at IS NULL"),
    )


def downgrade() -> None:
    """Take it back."""

    op.drop_table("mail")

    op.drop_table("key_event")
    op.drop_table("certificate")

    op.drop_table("access_key")

    op.drop_table("guarantee")

    op.drop_table("decision")

    op.drop_table("application_step")

    op.drop_table("session")
    op.drop_table("idempotency")

    op.drop_table("application")
    op.drop_table("number_range")

    op.drop_table("branch")

    op.drop_table("account")
    op.drop_table("surety")
    op.drop_table("rule_text")
    op.drop_table("principal")
