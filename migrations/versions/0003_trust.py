"""Trust: the audit log, signed certificates, throttling, sessions that end at once, accounts of an external provider."""

import sqlalchemy as sa
from alembic import op

from denshi_hosho.core.beginning import begin
from denshi_hosho.core.clock import system_clock

revision = "0003"
down_revision = "0002"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
STATES = ("ACTIVE", "CANCELLED", "RELEASED")
NEW = ("audit_head", "audit_node", "audit_entry", "throttle", "certificate_file", "ended_session")


def upgrade() -> None:
    """Make the change."""
    _sessions_and_throttle()
    _files()
    _audit()
    with op.batch_alter_table("account") as account:
        account.add_column(sa.Column("provider_subject", sa.Text(), nullable=True))
        account.create_unique_constraint(op.f("uq_account_provider_subject"), ["provider_subject"])
    op.add_column("certificate", sa.Column("salt", sa.String(32), nullable=False, server_default=""))
    with op.batch_alter_table("guarantee") as guarantee:
        kind = sa.Enum(*STATES, name="guaranteestate", native_enum=False, create_constraint=True, length=32)
        guarantee.add_column(sa.Column("state", kind, nullable=False, server_default="ACTIVE"))
    begin(op.get_bind(), system_clock())


def _sessions_and_throttle() -> None:
    op.create_table(
        "ended_session",
        sa.Column("family", sa.String(32), nullable=False),
        sa.Column("ended_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("family", name=op.f("pk_ended_session")),
    )
    op.create_index(op.f("ix_ended_session_ended_at"), "ended_session", ["ended_at"])
    op.create_table(
        "throttle",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("free_at", INSTANT, nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_throttle")),
    )
    op.create_index(op.f("ix_throttle_free_at"), "throttle", ["free_at"])


def _files() -> None:
    op.create_table(
        "certificate_file",
        sa.Column("id", ID, sa.Identity(always=False), nullable=False),
        sa.Column("certificate_id", ID, nullable=False),
        sa.Column("pdf", sa.LargeBinary(), nullable=False),
        sa.Column("pdf_sha256", sa.String(64), nullable=False),
        sa.Column("jws", sa.Text(), nullable=False),
        sa.Column("signed_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(
            ["certificate_id"], ["certificate.id"], name=op.f("fk_certificate_file_certificate_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_certificate_file")),
        sa.UniqueConstraint("certificate_id", name=op.f("uq_certificate_file_certificate_id")),
    )
    op.create_index(op.f("ix_certificate_file_pdf_sha256"), "certificate_file", ["pdf_sha256"])


def _audit() -> None:
    owners = ("account", "principal", "surety", "application", "guarantee")
    op.create_table(
        "audit_entry",
        sa.Column("index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("event", sa.String(32), nullable=False),
        sa.Column("entry", sa.Text(), nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        *(sa.Column(f"{owner}_id", ID, nullable=True) for owner in owners),
        sa.Column("at", INSTANT, nullable=False),
        *(
            sa.ForeignKeyConstraint([f"{owner}_id"], [f"{owner}.id"], name=op.f(f"fk_audit_entry_{owner}_id"))
            for owner in owners
        ),
        sa.PrimaryKeyConstraint("index", name=op.f("pk_audit_entry")),
    )
    op.create_index("ix_audit_entry_of_surety", "audit_entry", ["surety_id", "index"])
    op.create_index("ix_audit_entry_of_principal", "audit_entry", ["principal_id", "index"])
    op.create_index(op.f("ix_audit_entry_guarantee_id"), "audit_entry", ["guarantee_id"])
    op.create_table(
        "audit_node",
        sa.Column("level", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name=op.f("pk_audit_node")),
    )
    head = op.create_table(
        "audit_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("peaks", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_audit_head_one")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit_head")),
    )
    op.bulk_insert(head, [{"id": 1, "size": 0, "peaks": b""}])


def downgrade() -> None:
    """Take it back; the audit log, signed files and links to an external provider are lost."""
    with op.batch_alter_table("certificate") as certificate:
        certificate.drop_column("salt")
    with op.batch_alter_table("guarantee") as guarantee:
        guarantee.drop_constraint(op.f("ck_guarantee_guaranteestate"), type_="check")
        guarantee.drop_column("state")
    with op.batch_alter_table("account") as account:
        account.drop_constraint(op.f("uq_account_provider_subject"), type_="unique")
        account.drop_column("provider_subject")
    for table in NEW:
        op.drop_table(table)
