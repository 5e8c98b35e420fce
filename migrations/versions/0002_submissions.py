"""Handing keys in: submissions, their guarantees and steps; a mail may belong to one."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
INSTANT = sa.DateTime(timezone=True)
STATES = ("PREPARED", "SENT", "ARRIVED", "OPENED", "ACCEPTED", "REJECTED")


def key() -> sa.Column[int]:
    """Return a primary key that the database counts."""
    return sa.Column("id", ID, sa.Identity(always=False), nullable=False)


def state() -> sa.Column[str]:
    """Return the column that holds a submission's state, checked by the database."""
    kind = sa.Enum(*STATES, name="submissionstate", native_enum=False, create_constraint=True, length=32)
    return sa.Column("state", kind, nullable=False)


def upgrade() -> None:
    """Make the change."""
    op.create_table(
        "submission",
        key(),
        sa.Column("principal_id", ID, nullable=False),
        sa.Column("batch", ID, nullable=True),
        sa.Column("way", sa.String(length=32), nullable=True),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("told", sa.Text(), nullable=False),
        state(),
        sa.Column("sent_on", sa.Date(), nullable=True),
        sa.Column("prepared_at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["principal_id"], ["principal.id"], name=op.f("fk_submission_principal_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission")),
    )
    op.create_index(op.f("ix_submission_principal_id"), "submission", ["principal_id"])
    op.create_index(op.f("ix_submission_batch"), "submission", ["batch"])
    op.create_table(
        "submission_item",
        key(),
        sa.Column("submission_id", ID, nullable=False),
        sa.Column("guarantee_id", ID, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_submission_item_submission_id")),
        sa.ForeignKeyConstraint(["guarantee_id"], ["guarantee.id"], name=op.f("fk_submission_item_guarantee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_item")),
        sa.UniqueConstraint(
            "submission_id", "guarantee_id", name=op.f("uq_submission_item_submission_id_guarantee_id")
        ),
    )
    op.create_index(op.f("ix_submission_item_guarantee_id"), "submission_item", ["guarantee_id"])
    op.create_table(
        "submission_step",
        key(),
        sa.Column("submission_id", ID, nullable=False),
        sa.Column("account_id", ID, nullable=True),
        state(),
        sa.Column("note", sa.Text(), nullable=True),
        sa.Column("at", INSTANT, nullable=False),
        sa.ForeignKeyConstraint(["submission_id"], ["submission.id"], name=op.f("fk_submission_step_submission_id")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_submission_step_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_submission_step")),
    )
    op.create_index(op.f("ix_submission_step_submission_id"), "submission_step", ["submission_id"])
    with op.batch_alter_table("mail") as mail:
        mail.add_column(sa.Column("submission_id", ID, nullable=True))
        mail.create_foreign_key(op.f("fk_mail_submission_id"), "submission", ["submission_id"], ["id"])
        mail.create_index(op.f("ix_mail_submission_id"), ["submission_id"])


def downgrade() -> None:
    """Take it back; submissions and the mails that belong to one are lost."""
    op.execute("DELETE FROM mail WHERE submission_id IS NOT NULL")
    with op.batch_alter_table("mail") as mail:
        mail.drop_index(op.f("ix_mail_submission_id"))
        mail.drop_constraint(op.f("fk_mail_submission_id"), type_="foreignkey")
        mail.drop_column("submission_id")
    for table in ("submission_step", "submission_item", "submission"):
        op.drop_table(table)
