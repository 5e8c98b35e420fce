"""The database's tables. Migrations make them (migrations/); a test proves that both agree on both databases."""

from datetime import UTC, datetime

import sqlalchemy as sa
from sqlalchemy.engine.interfaces import Dialect

from denshi_hosho.core.vocabulary import (
    ApplicationState,
    ApplicationStep,
    Change,
    ChangeState,
    ClaimState,
    DraftState,
    FeeState,
    FeeStatementKind,
    FundsItem,
    FundsState,
    GuaranteeKind,
    GuaranteeState,
    GuaranteeStep,
    KeyEventKind,
    Medium,
    Role,
    Stage,
    SubmissionState,
    SuretyClass,
    Verdict,
    WithdrawalMethod,
    WithdrawalState,
    Word,
)

metadata = sa.MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "pk": "pk_%(table_name)s",
    }
)


class Instant(sa.types.TypeDecorator[datetime]):
    """An aware UTC instant, on SQLite too (which knows no time zones)."""

    impl = sa.DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return `value` in UTC; a naive one is a bug."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise TypeError("an instant needs a time zone")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Return the stored instant, aware."""
        return value.replace(tzinfo=UTC) if value is not None and value.tzinfo is None else value


Id = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Yen = sa.BigInteger()


def word(kind: type[Word]) -> sa.Enum:
    """Return the column type that holds one of `kind`'s codes as text, checked by the database."""
    return sa.Enum(kind, native_enum=False, length=32, create_constraint=True, name=kind.__name__.lower())


def key() -> sa.Column[int]:
    """Return a primary key that the database counts."""
    return sa.Column("id", Id, sa.Identity(), primary_key=True)


def ref(
    table: str, *, null: bool = False, unique: bool = False, index: bool = True, name: str | None = None
) -> sa.Column[int]:
    """Return a column that refers to `table`'s id; it is called `name`, or as the table."""
    return sa.Column(f"{name or table}_id", Id, sa.ForeignKey(f"{table}.id"), nullable=null, unique=unique or None,
                     index=(index and not unique) or None)  # fmt: skip


def text(name: str, *, null: bool = False) -> sa.Column[str]:
    """Return a text column."""
    return sa.Column(name, sa.Text(), nullable=null)


def instant(name: str, *, null: bool = False) -> sa.Column[datetime]:
    """Return a column of instants."""
    return sa.Column(name, Instant(), nullable=null)


surety = sa.Table(
    "surety", metadata, key(),
    sa.Column("name", sa.Text(), nullable=False, unique=True),
    sa.Column("surety_class", word(SuretyClass), nullable=False),
    text("address"), text("representative"), text("terms_url", null=True), instant("created_at"),
    # Whether a new version of a certificate comes with a new access key; else the old one goes on opening it.
    sa.Column("new_key_on_change", sa.Boolean(), nullable=False, server_default=sa.false()),
    text("evidence", null=True),  # which papers it wants to see for what is withdrawn, as JSON; null: not told
)  # fmt: skip

branch = sa.Table(
    "branch", metadata, key(), ref("surety"), text("name"), text("address"), text("tel"), text("fax", null=True),
    sa.UniqueConstraint("surety_id", "name"),
)  # fmt: skip

# `next` is the number that the next guarantee gets, `last` the last one of the range. Ranges never overlap, so numbers
# never collide; a surety may have several for a kind, since each of them is used up some day.
number_range = sa.Table(
    "number_range", metadata, key(), ref("surety"), sa.Column("kind", word(GuaranteeKind), nullable=False),
    sa.Column("first", sa.BigInteger(), nullable=False),
    sa.Column("next", sa.BigInteger(), nullable=False), sa.Column("last", sa.BigInteger(), nullable=False),
    sa.CheckConstraint("first >= 0 AND last <= 9999999999 AND next BETWEEN first AND last + 1", name="digits"),
)  # fmt: skip

principal = sa.Table(
    "principal", metadata, key(), sa.Column("name", sa.Text(), nullable=False, unique=True),
    sa.Column("consolidated_payment", sa.Boolean(), nullable=False), instant("created_at"),
    ref("principal", null=True, name="company"),  # whose branch office (支店) it is
    sa.Column("joint_venture", sa.Boolean(), nullable=False, server_default=sa.false()),
)  # fmt: skip

# For which principals a principal's accounts may act, or which they may only see: itself, the branch offices of a company,
# the joint ventures (JV) of a member. Every principal has a row for itself.
delegation = sa.Table(
    "delegation", metadata, key(), ref("principal", index=False), ref("principal", name="for_principal"),
    sa.Column("acts", sa.Boolean(), nullable=False), sa.UniqueConstraint("principal_id", "for_principal_id"),
)  # fmt: skip

# A public body with accounts of its own; `code` is its id in the rulebook, as applications and guarantees name it.
obligee = sa.Table(
    "obligee", metadata, key(), sa.Column("code", sa.String(64), nullable=False, unique=True), text("name"),
    instant("created_at"),
)  # fmt: skip

account = sa.Table(
    "account", metadata, key(), sa.Column("login_id", sa.String(64), nullable=False, unique=True),
    text("password_hash"), sa.Column("role", word(Role), nullable=False),
    ref("principal", null=True), ref("surety", null=True), text("email"), instant("created_at"),
    sa.Column("provider_subject", sa.Text(), unique=True),  # issuer and subject at an external OpenID Connect provider
    instant("disabled_at", null=True), ref("obligee", null=True),
    sa.CheckConstraint("(role = 'PRINCIPAL') = (principal_id IS NOT NULL) AND (role = 'SURETY') = (surety_id IS NOT NULL) "
                       "AND (role = 'OBLIGEE') = (obligee_id IS NOT NULL)", name="party"),
)  # fmt: skip

session = sa.Table(
    "session", metadata, key(), ref("account"), sa.Column("refresh_hash", sa.String(64), nullable=False, unique=True),
    sa.Column("family", sa.String(32), nullable=False, index=True),
    instant("created_at"), instant("expires_at"), instant("ended_at", null=True),
)  # fmt: skip

# Sessions that ended before their access tokens did: those tokens are refused until they expire by themselves.
ended_session = sa.Table(
    "ended_session", metadata, sa.Column("family", sa.String(32), primary_key=True),
    sa.Column("ended_at", Instant(), nullable=False, index=True),
)  # fmt: skip

application = sa.Table(
    "application", metadata, key(), ref("principal"), ref("surety"), ref("branch", null=True, index=False),
    sa.Column("kind", word(GuaranteeKind), nullable=False), text("obligee"), text("obligee_name"),
    sa.Column("delivery", word(Medium), nullable=False), text("works_name"),
    sa.Column("contract_price", Yen, nullable=False), sa.Column("covered_price", Yen),
    sa.Column("guaranteed_amount", Yen, nullable=False), sa.Column("completion_on", sa.Date(), nullable=False),
    sa.Column("guarantee_ends_on", sa.Date(), nullable=False), text("depositary_bank", null=True),
    sa.Column("urgent", sa.Boolean(), nullable=False),
    text("facts"),  # what the rules were told, as canonical JSON
    sa.Column("state", word(ApplicationState), nullable=False), sa.Column("fee_state", word(FeeState), nullable=False),
    sa.Column("fee_amount", Yen), sa.Column("fee_received_on", sa.Date()), instant("submitted_at"),
    # Number of the advance payment guarantee of the same works that an interim one follows.
    sa.Column("follows", sa.String(10)),
    sa.CheckConstraint("contract_price > 0 AND guaranteed_amount > 0 AND guaranteed_amount <= contract_price",
                       name="amounts"),
    sa.Index("ix_application_queue", "surety_id", "state", "id"),
)  # fmt: skip

application_step = sa.Table(
    "application_step", metadata, key(), ref("application"), ref("account", index=False),
    sa.Column("step", word(ApplicationStep), nullable=False), text("note", null=True), instant("at"),
)  # fmt: skip

rule_text = sa.Table("rule_text", metadata, sa.Column("digest", sa.String(64), primary_key=True), text("text"))

decision = sa.Table(
    "decision", metadata, key(), ref("application"), sa.Column("stage", word(Stage), nullable=False),
    sa.Column("outcome", sa.String(32), nullable=False), sa.Column("revision", sa.Date()),
    sa.Column("digest", sa.String(64), sa.ForeignKey("rule_text.digest"), nullable=False),
    text("plugin"), text("plugin_version"), text("facts"), text("body"), instant("decided_at"),
)  # fmt: skip

guarantee = sa.Table(
    "guarantee", metadata, key(), sa.Column("number", sa.String(10), nullable=False, unique=True),
    ref("application", unique=True), ref("principal", index=False), ref("surety", index=False),
    sa.Column("kind", word(GuaranteeKind), nullable=False), text("obligee"),
    sa.Column("medium", word(Medium), nullable=False),
    sa.Column("live_version", sa.Integer(), nullable=False), instant("concluded_at"),
    instant("first_opened_at", null=True),
    sa.Column("state", word(GuaranteeState), nullable=False, server_default=GuaranteeState.ACTIVE.value),
    # What has changed without a certificate being issued (R47, R48); null: as the live certificate says.
    sa.Column("moved_completion_on", sa.Date()), sa.Column("moved_ends_on", sa.Date()),
    sa.Column("moved_contract_price", Yen), sa.Column("moved_covered_price", Yen),
    # What the obligee paid in advance, and when it came in (預託口座への入金); null: not told.
    sa.Column("advance_amount", Yen), sa.Column("advance_received_on", sa.Date()),
    sa.Index("ix_guarantee_of_obligee", "obligee", "id"),
    sa.Index("ix_guarantee_of_principal", "principal_id", "id"), sa.Index("ix_guarantee_of_surety", "surety_id", "id"),
)  # fmt: skip

certificate = sa.Table(
    "certificate", metadata, key(), ref("guarantee", index=False), sa.Column("version", sa.Integer(), nullable=False),
    sa.Column("change", word(Change), nullable=False), sa.Column("issued_on", sa.Date(), nullable=False),
    text("principal_name"), text("obligee_name"), sa.Column("guaranteed_amount", Yen, nullable=False),
    sa.Column("guarantee_ends_on", sa.Date(), nullable=False), sa.Column("completion_on", sa.Date(), nullable=False),
    text("works_name"), sa.Column("contract_price", Yen, nullable=False), sa.Column("covered_price", Yen),
    text("depositary_bank", null=True), text("surety_name"), text("surety_address"), text("surety_representative"),
    text("surety_terms_url", null=True), text("branch_name"), text("branch_address"), text("branch_tel"),
    text("branch_fax", null=True), text("obligee_folded"), text("works_folded"),
    sa.Column("salt", sa.String(32), nullable=False, server_default=""),
    sa.Column("medium", word(Medium)),  # of this version; null: the guarantee's
    sa.UniqueConstraint("guarantee_id", "version"),
)  # fmt: skip

# A certificate as it was signed, kept as it went out: the PDF with its signature, and the same as data (JWS).
certificate_file = sa.Table(
    "certificate_file", metadata, key(), ref("certificate", unique=True),
    sa.Column("pdf", sa.LargeBinary(), nullable=False), sa.Column("pdf_sha256", sa.String(64), nullable=False, index=True),
    text("jws"), instant("signed_at"),
)  # fmt: skip

access_key = sa.Table(
    "access_key", metadata, key(), ref("guarantee"), sa.Column("sealed", sa.LargeBinary(), nullable=False),
    sa.Column("sealed_with", sa.String(16), nullable=False), sa.Column("mac", sa.LargeBinary(32), nullable=False),
    sa.Column("mac_with", sa.String(16), nullable=False), instant("created_at"), instant("retired_at", null=True),
    sa.Index("uq_access_key_live", "guarantee_id", unique=True, sqlite_where=sa.text("retired_at IS NULL"),
             postgresql_where=sa.text("retired_at IS NULL")),
)  # fmt: skip

key_event = sa.Table(
    "key_event", metadata, key(), ref("guarantee"), ref("account", null=True, index=False),
    sa.Column("event", word(KeyEventKind), nullable=False), text("note", null=True), instant("at"),
)  # fmt: skip

# One message that hands in the keys of one or more guarantees. `told` is what its principal told for it; the message is
# made of that anew each time, since it may hold keys. Messages prepared together share the first one's id as `batch`.
submission = sa.Table(
    "submission", metadata, key(), ref("principal"), sa.Column("batch", Id, index=True),
    sa.Column("way", sa.String(32)), text("address", null=True), text("told"),
    sa.Column("state", word(SubmissionState), nullable=False),
    sa.Column("sent_on", sa.Date()), instant("prepared_at"),
)  # fmt: skip

submission_item = sa.Table(
    "submission_item", metadata, key(), ref("submission", index=False), ref("guarantee"),
    sa.UniqueConstraint("submission_id", "guarantee_id"),
)  # fmt: skip

submission_step = sa.Table(
    "submission_step", metadata, key(), ref("submission"), ref("account", null=True, index=False),
    sa.Column("state", word(SubmissionState), nullable=False), text("note", null=True), instant("at"),
)  # fmt: skip

# A mail that is refused for good is parked: it is not tried again until an operator says so.
# A mail with a `submission_id` has no body: it holds keys, so it is composed when it is sent.
mail = sa.Table(
    "mail", metadata, key(), ref("guarantee", null=True), text("recipient"), text("subject"), text("body"),
    sa.Column("message_id", sa.String(255), nullable=False, unique=True), instant("due_at"), instant("created_at"),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"), text("last_error", null=True),
    text("lease_by", null=True), instant("lease_until", null=True), instant("sent_at", null=True),
    ref("submission", null=True), instant("parked_at", null=True),
    sa.Index("ix_mail_waiting", "due_at", sqlite_where=sa.text("sent_at IS NULL"),
             postgresql_where=sa.text("sent_at IS NULL")),
)  # fmt: skip

idempotency = sa.Table(
    "idempotency", metadata, key(), ref("account", index=False), sa.Column("key", sa.String(64), nullable=False),
    text("operation"), sa.Column("digest", sa.String(64), nullable=False), sa.Column("result_id", Id),
    instant("created_at"), sa.UniqueConstraint("account_id", "key"),
)  # fmt: skip

# What attempts are counted by. `name` is a keyed hash (of a source, a guarantee, a device, a login id, a spent proof of
# work): no address of anybody stands here. `free_at` is when all that was charged is paid off; then the row may go.
throttle = sa.Table(
    "throttle", metadata, sa.Column("name", sa.String(64), primary_key=True),
    sa.Column("free_at", Instant(), nullable=False, index=True),
)  # fmt: skip

# The audit log: an append-only Merkle tree. `entry` is the leaf's very text; the ids beside it are to find it by.
audit_entry = sa.Table(
    "audit_entry", metadata, sa.Column("index", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("event", sa.String(32), nullable=False), text("entry"), sa.Column("hash", sa.LargeBinary(32), nullable=False),
    ref("account", null=True, index=False), ref("principal", null=True, index=False), ref("surety", null=True, index=False),
    ref("application", null=True, index=False), ref("guarantee", null=True), instant("at"),
    sa.Index("ix_audit_entry_of_surety", "surety_id", "index"),
    sa.Index("ix_audit_entry_of_principal", "principal_id", "index"),
)  # fmt: skip

# The inner nodes of the tree that are complete: the hash of 2^level entries from position * 2^level on.
audit_node = sa.Table(
    "audit_node", metadata, sa.Column("level", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("position", sa.BigInteger(), primary_key=True, autoincrement=False),
    sa.Column("hash", sa.LargeBinary(32), nullable=False),
)  # fmt: skip

# One row: how many entries there are, and the hashes (32 bytes each) of the largest complete subtrees that they make up:
# all that appending needs. Whoever appends holds the row until its transaction ends.
audit_head = sa.Table(
    "audit_head", metadata, sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("size", sa.BigInteger(), nullable=False), sa.Column("peaks", sa.LargeBinary(), nullable=False),
    sa.CheckConstraint("id = 1", name="one"),
)  # fmt: skip

# A step in the life of a guarantee (保証契約の経過) after it was concluded. Without an account it was the platform itself.
guarantee_step = sa.Table(
    "guarantee_step", metadata, key(), ref("guarantee"), ref("account", null=True, index=False),
    sa.Column("step", word(GuaranteeStep), nullable=False), text("note", null=True), instant("at"),
)  # fmt: skip

# A draft of an application (下書き): `content` is the input of `applyForGuarantee` as far as it is filled in, as JSON.
draft = sa.Table(
    "draft", metadata, key(), ref("principal"), ref("account", index=False), text("title"), text("content"),
    sa.Column("state", word(DraftState), nullable=False), ref("application", null=True, index=False),
    ref("application", null=True, index=False, name="copied_from"), instant("created_at"), instant("changed_at"),
)  # fmt: skip

# A surety's tariff (料率) from a day on; `content` is the file as it was loaded (TOML). Rows never change.
tariff = sa.Table(
    "tariff", metadata, key(), ref("surety", index=False), text("name"), sa.Column("from_on", sa.Date(), nullable=False),
    sa.Column("example", sa.Boolean(), nullable=False), text("content"), instant("loaded_at"),
    sa.UniqueConstraint("surety_id", "from_on"),
)  # fmt: skip

# In which class (等級) of its tariff a surety has put a principal, from a day on.
principal_class = sa.Table(
    "principal_class", metadata, key(), ref("surety", index=False), ref("principal"), text("class"),
    sa.Column("from_on", sa.Date(), nullable=False), ref("account", null=True, index=False), instant("set_at"),
    sa.UniqueConstraint("surety_id", "principal_id", "from_on"),
)  # fmt: skip

# A fee statement (保証料計算書) as it was made; `derivation` is its lines as canonical JSON. A refund is positive, too.
fee_statement = sa.Table(
    "fee_statement", metadata, key(), ref("application"), ref("guarantee", null=True), ref("tariff", index=False),
    sa.Column("kind", word(FeeStatementKind), nullable=False), sa.Column("amount", Yen, nullable=False),
    text("derivation"), sa.Column("stated_on", sa.Date(), nullable=False), ref("account", index=False), instant("at"),
    sa.CheckConstraint("amount >= 0", name="amount"),
)  # fmt: skip

# A request for a change (変更の申込): `asked` is what is to be changed, `outcome` what follows from it, both as JSON.
change_request = sa.Table(
    "change_request", metadata, key(), ref("guarantee"), ref("account", index=False),
    sa.Column("state", word(ChangeState), nullable=False), text("asked"), text("outcome"),
    text("note", null=True), sa.Column("version", sa.Integer()), instant("requested_at"), instant("settled_at", null=True),
    sa.Index("uq_change_request_open", "guarantee_id", unique=True, sqlite_where=sa.text("state = 'REQUESTED'"),
             postgresql_where=sa.text("state = 'REQUESTED'")),
)  # fmt: skip

# What an obligee said of one version of a certificate, in answer to one handing in of its key.
verdict = sa.Table(
    "verdict", metadata, key(), ref("guarantee", index=False), sa.Column("version", sa.Integer(), nullable=False),
    ref("submission", index=False), ref("obligee"), ref("account", index=False),
    sa.Column("verdict", word(Verdict), nullable=False), text("code", null=True), text("note", null=True), instant("at"),
    sa.UniqueConstraint("guarantee_id", "version", "submission_id"),
)  # fmt: skip

# A works contract (請負契約) as the obligee knows it, to compare certificates with. Null: not told.
works_contract = sa.Table(
    "works_contract", metadata, key(), ref("obligee", index=False), text("contract_number"), text("works_name"),
    text("principal_name"), sa.Column("contract_price", Yen, nullable=False), sa.Column("contract_on", sa.Date()),
    sa.Column("completion_on", sa.Date()), sa.Column("advance_amount", Yen),
    sa.Column("performance_percent", sa.Integer()), text("works_folded"), ref("account", index=False),
    instant("registered_at"), sa.UniqueConstraint("obligee_id", "contract_number"),
    sa.CheckConstraint("contract_price > 0", name="price"),
)  # fmt: skip

# A version of a use-of-funds statement (使途内訳明細書) of a guarantee.
funds_statement = sa.Table(
    "funds_statement", metadata, key(), ref("guarantee", index=False), sa.Column("version", sa.Integer(), nullable=False),
    ref("account", index=False), sa.Column("state", word(FundsState), nullable=False), text("note", null=True),
    instant("stated_at"), sa.UniqueConstraint("guarantee_id", "version"),
)  # fmt: skip

# A line of it. Null: not fixed yet (未定).
funds_line = sa.Table(
    "funds_line", metadata, key(), ref("funds_statement", index=False), sa.Column("line", sa.Integer(), nullable=False),
    sa.Column("item", word(FundsItem), nullable=False), text("description", null=True), text("quantity", null=True),
    sa.Column("total_cost", Yen), sa.Column("from_advance", Yen), sa.Column("method", word(WithdrawalMethod)),
    text("planned", null=True), text("payee", null=True), sa.UniqueConstraint("funds_statement_id", "line"),
    sa.CheckConstraint("(total_cost IS NULL OR total_cost > 0) AND (from_advance IS NULL OR from_advance > 0)",
                       name="amounts"),
)  # fmt: skip

# A withdrawal request (払出依頼書) against the consented statement.
withdrawal = sa.Table(
    "withdrawal", metadata, key(), ref("guarantee"), ref("funds_statement", index=False), ref("account", index=False),
    sa.Column("state", word(WithdrawalState), nullable=False), sa.Column("amount", Yen, nullable=False),
    text("note", null=True), instant("requested_at"), sa.Column("paid_on", sa.Date()),
    text("reason", null=True),  # why it was returned or cancelled
    sa.CheckConstraint("amount > 0", name="amount"),
)  # fmt: skip

# What is withdrawn for one line of the statement; `evidence` names the papers that are there, as JSON.
withdrawal_line = sa.Table(
    "withdrawal_line", metadata, key(), ref("withdrawal", index=False), ref("funds_line"),
    sa.Column("amount", Yen, nullable=False), text("payee", null=True), sa.Column("method", word(WithdrawalMethod)), text("evidence"),
    sa.UniqueConstraint("withdrawal_id", "funds_line_id"), sa.CheckConstraint("amount > 0", name="amount"),
)  # fmt: skip

# A claim (保証金の請求) after a default: what was claimed, and what the surety determined and paid.
claim = sa.Table(
    "claim", metadata, key(), ref("guarantee"), ref("account", index=False), ref("obligee", null=True, index=False),
    sa.Column("state", word(ClaimState), nullable=False), text("facts"), sa.Column("claimed_amount", Yen, nullable=False),
    sa.Column("determined_amount", Yen), sa.Column("paid_amount", Yen), sa.Column("paid_on", sa.Date()),
    text("derivation", null=True), text("note", null=True), instant("made_at"), instant("settled_at", null=True),
    sa.CheckConstraint("claimed_amount > 0", name="amount"),
    sa.Index("uq_claim_open", "guarantee_id", unique=True, sqlite_where=sa.text("state IN ('MADE', 'DETERMINED')"),
             postgresql_where=sa.text("state IN ('MADE', 'DETERMINED')")),
)  # fmt: skip

# One row: up to which entry of the audit log notices and webhooks were made.
herald = sa.Table(
    "herald", metadata, sa.Column("id", sa.Integer(), primary_key=True, autoincrement=False),
    sa.Column("next_index", sa.BigInteger(), nullable=False), sa.CheckConstraint("id = 1", name="one"),
)  # fmt: skip

# Where a party wants to be told of events by HTTP; `sealed` is the secret with which bodies are signed.
webhook = sa.Table(
    "webhook", metadata, key(), ref("principal", null=True), ref("surety", null=True), ref("obligee", null=True),
    text("url"), text("events"), sa.Column("sealed", sa.LargeBinary(), nullable=False),
    sa.Column("sealed_with", sa.String(16), nullable=False), ref("account", index=False), instant("created_at"),
    instant("disabled_at", null=True),
)  # fmt: skip

webhook_delivery = sa.Table(
    "webhook_delivery", metadata, key(), ref("webhook"), sa.Column("entry_index", sa.BigInteger(), nullable=False),
    text("body"), instant("due_at"), instant("created_at"),
    sa.Column("attempts", sa.Integer(), nullable=False, server_default="0"), sa.Column("last_status", sa.Integer()),
    text("last_error", null=True), text("lease_by", null=True), instant("lease_until", null=True),
    instant("delivered_at", null=True), instant("parked_at", null=True),
    sa.UniqueConstraint("webhook_id", "entry_index"),
    sa.Index("ix_webhook_delivery_waiting", "due_at", sqlite_where=sa.text("delivered_at IS NULL AND parked_at IS NULL"),
             postgresql_where=sa.text("delivered_at IS NULL AND parked_at IS NULL")),
)  # fmt: skip
