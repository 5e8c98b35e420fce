import asyncio
import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit, beginning, issuing, keys, merkle, submissions
from denshi_hosho.core.audit import Entry, grown
from denshi_hosho.core.auditing import audited, verify
from denshi_hosho.core.guarantees import one_certificate
from denshi_hosho.core.merkle import leaf_hash
from denshi_hosho.core.notary import Notary
from denshi_hosho.core.opening import open_certificate
from denshi_hosho.core.statement import digest
from denshi_hosho.core.submissions import Prepared
from denshi_hosho.core.tables import (
    access_key,
    application,
    application_step,
    audit_entry,
    audit_head,
    audit_node,
    certificate,
    guarantee,
    key_event,
    mail,
    submission_item,
    submission_step,
)
from denshi_hosho.core.vocabulary import ApplicationStep, AuditEvent, KeyEventKind, SubmissionState
from tests.core.world import NOTARY, NOW, World, claim

pytestmark = pytest.mark.anyio
LATER = NOW + timedelta(hours=1)
KEYS = NOTARY.verifier_keys


async def lived(world: World) -> int:
    """A guarantee whose key was shown, rotated, handed in and used, beside another one; the first one's id."""
    guarantee_id = await world.concluded()
    await world.concluded(world.other)
    await rotated(world, guarantee_id)
    batch = [Prepared(way="EMAIL", address=None, guarantee_ids=[guarantee_id], told="{}")]
    first = await world.database.write(lambda c: submissions.keep_batch(c, world.contractor, batch, LATER))
    await world.database.write(lambda c: submissions.move(c, world.contractor, first, SubmissionState.SENT, LATER))
    await opened(world, guarantee_id)
    return guarantee_id


async def rotated(world: World, guarantee_id: int) -> None:
    await world.database.write(lambda c: keys.rotate(c, world.vault, world.contractor, guarantee_id, "誤送信", LATER))


async def opened(world: World, guarantee_id: int) -> None:
    notice = (await world.database.write(lambda c: keys.reveal(c, world.vault, guarantee_id))).notice
    who = claim(notice.number, notice.access_key)
    await open_certificate(world.database, world.vault, world.throttle, who, LATER, frozenset())


async def sent(world: World, submission_id: int) -> None:
    await world.database.write(
        lambda c: submissions.move(c, world.contractor, submission_id, SubmissionState.SENT, LATER)
    )


async def entries(world: World) -> list[Any]:
    return await world.all(sa.select(audit_entry).order_by(audit_entry.c.index))


async def test_every_step_leaves_its_entry_in_order(world: World) -> None:
    guarantee_id = await lived(world)
    rows = await entries(world)
    assert [row.index for row in rows] == list(range(13))
    assert [row.event for row in rows] == [
        "APPLICATION_SUBMITTED", "APPLICATION_APPROVED", "FEE_RECORDED", "GUARANTEE_CONCLUDED",
        "APPLICATION_SUBMITTED", "APPLICATION_APPROVED", "FEE_RECORDED", "GUARANTEE_CONCLUDED",
        "KEY_ROTATED", "SUBMISSION_PREPARED", "SUBMISSION_SENT", "CERTIFICATE_OPENED", "SUBMISSION_OPENED",
    ]  # fmt: skip
    concluded = json.loads(rows[3].entry)
    stored = await world.database.write(lambda c: one_certificate(c, guarantee_id, 1))
    assert stored
    step = await world.one(
        sa.select(application_step.c.id).where(application_step.c.step == ApplicationStep.CONCLUDED).limit(1)
    )
    key = await world.one(sa.select(sa.func.min(access_key.c.id).label("id")))
    applied = await world.one(sa.select(guarantee.c.application_id).where(guarantee.c.id == guarantee_id))
    assert concluded == {
        "v": 1, "index": 3, "at": "2024-06-03T01:00:00.000000Z", "event": "GUARANTEE_CONCLUDED",
        "account": world.underwriter.account_id, "principal": world.contractor.principal_id, "surety": world.surety_id,
        "application": applied.application_id, "guarantee": guarantee_id,
        "said": {"application_step": step.id, "certificate": digest(stored), "version": 1, "access_key": key.id},
    }  # fmt: skip
    assert json.loads(rows[11].entry)["account"] is None


async def test_no_name_note_or_key_stands_in_the_log(world: World) -> None:
    guarantee_id = await lived(world)
    notice = (await world.database.write(lambda c: keys.reveal(c, world.vault, guarantee_id))).notice
    whole = "".join(row.entry for row in await entries(world))
    for secret in (
        notice.access_key,
        "誤送信",
        notice.works_name,
        notice.obligee_name,
        notice.surety_name,
        "contractor",
    ):
        assert secret not in whole
    assert whole.isascii()


async def test_a_log_that_nobody_touched_is_found_whole(world: World) -> None:
    assert await verify(world.database) == []
    await lived(world)
    seen = await audited(world.database, keys=KEYS)
    head = await world.database.write(audit.head)
    assert (seen.findings, seen.size, seen.root, seen.checkpoints) == ([], 13, head.root, 2)
    assert seen.rows == {"application_step": 8, "key_event": 2, "guarantee_step": 0, "submission_step": 3,
                         "certificate": 2, "access_key": 3,
                         "certificate_file": 0}  # fmt: skip


def first(table: sa.Table, *where: sa.ColumnElement[bool]) -> sa.ColumnElement[bool]:
    return table.c.id == sa.select(sa.func.min(table.c.id)).where(*where).scalar_subquery()


CONCLUDED = audit_entry.c.index == 3
LAST = audit_entry.c.index == 12
TAMPERED: dict[str, tuple[list[sa.Executable], set[str]]] = {
    "an entry's text": (
        [sa.update(audit_entry).where(CONCLUDED).values(entry=sa.func.replace(audit_entry.c.entry, "CONCLUDED", "CANCELLED"))],
        {"ROW_ALTERED", "ENTRY_ALTERED", "NODE_ALTERED", "HEAD_ALTERED", "CHECKPOINT_CONTRADICTED"},
    ),
    "an entry's hash": ([sa.update(audit_entry).where(CONCLUDED).values(hash=b"x" * 32)], {"ENTRY_ALTERED"}),
    "an entry's column": ([sa.update(audit_entry).where(CONCLUDED).values(event="KEY_ROTATED")], {"ENTRY_ALTERED"}),
    "an entry's owner": ([sa.update(audit_entry).where(CONCLUDED).values(account_id=None)], {"ENTRY_ALTERED"}),
    "an entry's time": ([sa.update(audit_entry).where(CONCLUDED).values(at=LATER)], {"ENTRY_ALTERED"}),
    "an entry deleted": (
        [sa.delete(audit_entry).where(CONCLUDED)],
        {"ENTRY_MISSING", "NODE_ALTERED", "HEAD_ALTERED", "CHECKPOINT_CONTRADICTED", "ROW_UNLOGGED"},
    ),
    "the last entry deleted": ([sa.delete(audit_entry).where(LAST)], {"HEAD_ALTERED", "ROW_UNLOGGED"}),
    "an entry put in": (
        [sa.insert(audit_entry).values(
            index=13, event="KEY_REVEALED", entry="{}", hash=leaf_hash(b"{}"), at=NOW,
        )],
        {"ENTRY_ALTERED", "NODE_MISSING", "HEAD_ALTERED"},
    ),
    "two entries swapped": (
        [sa.update(audit_entry).where(audit_entry.c.index == old).values(index=new) for old, new in ((3, 99), (7, 3), (99, 7))],
        {"ENTRY_ALTERED", "NODE_ALTERED", "HEAD_ALTERED", "CHECKPOINT_CONTRADICTED"},
    ),
    "a node": ([sa.update(audit_node).where(audit_node.c.level == 2).values(hash=b"x" * 32)], {"NODE_ALTERED"}),
    "a node deleted": ([sa.delete(audit_node).where(audit_node.c.level == 3)], {"NODE_MISSING"}),
    "a node put in": ([sa.insert(audit_node).values(level=9, position=0, hash=b"x" * 32)], {"NODE_UNKNOWN"}),
    "the head's size": ([sa.update(audit_head).values(size=12)], {"HEAD_ALTERED"}),
    "the head's peaks": ([sa.update(audit_head).values(peaks=b"x" * 96)], {"HEAD_ALTERED"}),
    "the head deleted": ([sa.delete(audit_head)], {"HEAD_ALTERED"}),
    "an amount": (
        [sa.update(certificate).where(first(certificate)).values(guaranteed_amount=certificate.c.guaranteed_amount + 1)],
        {"CERTIFICATE_ALTERED"},
    ),
    "a salt": ([sa.update(certificate).where(first(certificate)).values(salt="0" * 32)], {"CERTIFICATE_ALTERED"}),
    "a number": ([sa.update(guarantee).where(first(guarantee)).values(number="1070000999")], {"CERTIFICATE_ALTERED"}),
    "an owner": (
        [sa.update(guarantee).where(first(guarantee)).values(principal_id=sa.select(sa.func.max(guarantee.c.principal_id)).scalar_subquery())],
        {"ROW_ALTERED"},
    ),
    "a certificate deleted": ([sa.delete(certificate).where(first(certificate))], {"ROW_MISSING"}),
    "a step's kind": (
        [sa.update(application_step).where(first(application_step)).values(step=ApplicationStep.DECLINED)], {"ROW_ALTERED"},
    ),
    "a step's time": ([sa.update(application_step).where(first(application_step)).values(at=LATER)], {"ROW_ALTERED"}),
    "a step's account": (
        [sa.update(application_step).where(first(application_step)).values(account_id=sa.select(sa.func.max(application_step.c.account_id)).scalar_subquery())],
        {"ROW_ALTERED"},
    ),
    "a step deleted": ([sa.delete(application_step).where(first(application_step))], {"ROW_MISSING"}),
    "a step put in": (
        [sa.insert(application_step).from_select(
            ["application_id", "account_id", "step", "at"],
            sa.select(*(application_step.c[each] for each in ("application_id", "account_id", "step", "at"))).limit(1),
        )],
        {"ROW_UNLOGGED"},
    ),
    "a key event's kind": ([sa.update(key_event).where(first(key_event)).values(event=KeyEventKind.REVEALED)], {"ROW_ALTERED"}),
    "a key event deleted": ([sa.delete(key_event).where(first(key_event))], {"ROW_MISSING"}),
    "a submission's step": (
        [sa.update(submission_step).where(first(submission_step)).values(state=SubmissionState.ACCEPTED)], {"ROW_ALTERED"},
    ),
    "a submission's guarantee": (
        [sa.update(submission_item).values(guarantee_id=sa.select(sa.func.max(guarantee.c.id)).scalar_subquery())],
        {"ROW_MISSING", "ROW_UNLOGGED"},
    ),
    "a key deleted": ([sa.delete(access_key).where(first(access_key))], {"ROW_MISSING"}),
    "a key put in": (
        [sa.insert(access_key).from_select(
            ["guarantee_id", "sealed", "sealed_with", "mac", "mac_with", "created_at", "retired_at"],
            sa.select(access_key.c.guarantee_id, access_key.c.sealed, access_key.c.sealed_with, access_key.c.mac,
                      access_key.c.mac_with, access_key.c.created_at, access_key.c.created_at).limit(1),
        )],
        {"ROW_UNLOGGED"},
    ),
    "a mail's checkpoint": (
        [sa.update(mail).where(first(mail)).values(body=sa.func.replace(mail.c.body, "/log\n4\n", "/log\n5\n"))],
        {"CHECKPOINT_INVALID"},
    ),
}  # fmt: skip


@pytest.mark.parametrize("what", TAMPERED)
async def test_whatever_is_tampered_with_is_found_and_named(world: World, what: str) -> None:
    await lived(world)
    statements, codes = TAMPERED[what]

    for statement in statements:
        await world.execute(statement)
    findings = await verify(world.database, keys=KEYS)
    assert {each.code for each in findings} == codes, findings
    assert all(each.where and each.ja and each.en for each in findings)


async def rewrite(world: World, change: Callable[[str], str]) -> None:
    """What an attacker with the whole database does: alter entries, and compute all of the log anew."""
    texts = [change(row.entry) for row in await entries(world)]
    for table in (audit_node, audit_head, audit_entry):
        await world.execute(sa.delete(table))
    told = [json.loads(text) for text in texts]
    made = [
        Entry(event=AuditEvent(each["event"]), at=NOW, said=each["said"],
              **{f"{name}_id": each[name] for name in audit.OWNERS})
        for each in told
    ]  # fmt: skip
    change_ = grown(0, b"", made)
    await world.execute(sa.insert(audit_entry).values(change_.entries))
    await world.execute(sa.insert(audit_node).values(change_.nodes))
    await world.execute(sa.insert(audit_head).values(id=1, **change_.head))
    await world.execute(sa.update(application_step).values(at=NOW))


async def test_a_log_rewritten_without_a_flaw_contradicts_the_checkpoints_that_went_out(world: World) -> None:
    await world.concluded()
    note = await world.database.write(lambda c: audit.checkpoint(c, NOTARY))
    await world.concluded()
    amount = sa.update(certificate).where(first(certificate)).values(guaranteed_amount=1)
    guarantee_id = (await world.one(sa.select(sa.func.min(guarantee.c.id).label("id")))).id
    old = await world.database.write(lambda c: one_certificate(c, guarantee_id, 1))
    await world.execute(amount)
    new = await world.database.write(lambda c: one_certificate(c, guarantee_id, 1))
    assert old
    assert new
    await rewrite(world, lambda text: text.replace(digest(old), digest(new)))
    await world.execute(sa.update(mail).values(body=""))
    assert await verify(world.database, keys=KEYS) == []
    (finding,) = await verify(world.database, [note], KEYS)
    assert (finding.code, finding.where) == ("CHECKPOINT_CONTRADICTED", "checkpoint 4")


async def test_a_log_cut_short_is_behind_its_checkpoint(world: World) -> None:
    note = Notary({"k1": b"s" * 32}, "https://hosho.example.jp").checkpoint(1, leaf_hash(b"{}"))
    (finding,) = await verify(world.database, [note], KEYS)
    assert (finding.code, finding.where) == ("CHECKPOINT_AHEAD", "checkpoint 1")


async def test_a_checkpoint_by_a_stranger_is_not_believed(world: World) -> None:
    head = await world.database.write(audit.head)
    note = Notary({"k1": b"x" * 32}, "https://hosho.example.jp").checkpoint(0, head.root)
    assert [each.code for each in await verify(world.database, [note], KEYS)] == ["CHECKPOINT_INVALID"]
    assert await verify(world.database, [note]) == []


async def test_all_at_once_nothing_waits_for_ever_and_the_log_has_no_gap(world: World) -> None:
    guarantees = [await world.concluded() for _ in range(3)]
    batch = [Prepared(way="EMAIL", address=None, guarantee_ids=guarantees, told="{}")] * 2

    async def prepared() -> None:
        first = await world.database.write(lambda c: submissions.keep_batch(c, world.contractor, batch, LATER))
        for each in await world.database.write(lambda c: submissions.batch_of(c, world.contractor, first)):
            await sent(world, each)

    async def opened_or_rotated_meanwhile(guarantee_id: int) -> None:
        try:
            await opened(world, guarantee_id)
        except Exception as refused:
            if "CERTIFICATE_NOT_OPENED" not in str(refused):
                raise

    waiting = [await world.approved() for _ in range(6)]
    async with asyncio.timeout(60):
        await asyncio.gather(
            *(world.conclude(each) for each in waiting),
            *(rotated(world, each) for each in guarantees * 3),
            *(opened_or_rotated_meanwhile(each) for each in guarantees * 3),
            *(prepared() for _ in range(3)),
            *(world.submitted() for _ in range(4)),
        )
    assert await verify(world.database, keys=KEYS) == []
    assert [row.index for row in await entries(world)] == list(range(len(await entries(world))))


async def test_who_holds_a_row_does_not_keep_the_log_from_naming_it(world: World) -> None:
    """Entries refer to rows that other steps hold and that themselves wait for the log's head: none may wait for both."""
    guarantee_id, application_id = await world.concluded(), await world.approved()
    (about,) = await world.all(sa.select(guarantee).where(guarantee.c.id == guarantee_id))

    async def named(connection: AsyncConnection) -> None:
        event = AuditEvent.SUBMISSION_SENT
        audit.append(
            connection, event, LATER, actor=world.contractor, principal_id=about.principal_id, surety_id=about.surety_id,
            application_id=application_id, guarantee_id=guarantee_id, said={},
        )  # fmt: skip

    async def holding(connection: AsyncConnection) -> None:
        await keys.rotate(connection, world.vault, world.contractor, guarantee_id, "誤送信", LATER)
        await issuing.approved(connection, world.underwriter, application_id)
        if not world.database.is_sqlite:  # whose writers are alone anyway
            async with asyncio.timeout(5):
                await world.database.write(named)

    before = len(await entries(world))
    await world.database.write(holding)
    assert len(await entries(world)) - before == (1 if world.database.is_sqlite else 2)


async def test_what_is_refused_leaves_no_entry(world: World) -> None:
    application_id = await world.submitted()
    with pytest.raises(Exception, match="WRONG_STATE"):
        await world.conclude(application_id)
    assert len(await entries(world)) == 1
    await world.approved()
    assert [row.index for row in await entries(world)] == [0, 1, 2, 3]
    assert await verify(world.database) == []


async def test_many_entries_are_read_page_by_page(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("denshi_hosho.core.auditing.PAGE", 3)
    await lived(world)
    assert await verify(world.database, keys=KEYS) == []


async def test_an_application_id_never_changes_hands(world: World) -> None:
    await lived(world)
    swapped = sa.update(application).where(first(application)).values(surety_id=world.rival_id)
    await world.execute(swapped)
    findings = await verify(world.database, keys=KEYS)
    assert {each.code for each in findings} == {"ROW_ALTERED"}


async def found(world: World) -> list[tuple[str, str]]:
    """Code and place of all that an audit finds."""
    return sorted((each.code, each.where) for each in await verify(world.database, keys=KEYS))


async def begun_again(world: World) -> None:
    """The log as if it had been introduced now: its first entry commits to all that is there."""
    for table in (audit_node, audit_entry):
        await world.execute(sa.delete(table))
    await world.execute(sa.update(audit_head).values(size=0, peaks=b""))
    await world.execute(sa.update(mail).values(body=""))
    await world.database.write(lambda c: c.run_sync(beginning.begin, NOW))


async def test_a_log_may_begin_on_what_was_there_before_and_goes_on(world: World) -> None:
    await lived(world)
    await begun_again(world)
    assert await found(world) == []
    later = await world.concluded()
    await rotated(world, later)
    assert await found(world) == []
    seen = await audited(world.database, keys=KEYS)
    assert (seen.size, seen.rows) == (
        6,
        {"application_step": 4, "key_event": 1, "guarantee_step": 0, "submission_step": 0, "certificate": 1, "access_key": 2,
         "certificate_file": 0},
    )  # fmt: skip


@pytest.mark.parametrize("table", [certificate, application_step, key_event, submission_item, guarantee])
async def test_what_was_there_before_the_log_cannot_be_altered_unnoticed(world: World, table: sa.Table) -> None:
    await lived(world)
    await begun_again(world)
    renamed = sa.update(guarantee).where(first(guarantee)).values(number="1070000999")
    await world.execute(renamed if table is guarantee else sa.delete(table).where(first(table)))
    assert await found(world) == [("BEGINNING_ALTERED", "audit_entry 0")]


async def test_a_log_begins_only_once(world: World) -> None:
    await world.concluded()
    rows = await entries(world)
    said: dict[str, str | int | None] = {**dict.fromkeys(beginning.BEGUN_TABLES, 0), "sha256": await world.database.write(
        lambda c: c.run_sync(beginning.digest, dict.fromkeys(beginning.BEGUN_TABLES, 0)))}  # fmt: skip
    again = Entry(event=AuditEvent.LOG_BEGUN, at=NOW, said=said)
    size = len(rows)
    head = await world.one(sa.select(audit_head.c.peaks))
    change = grown(size, head.peaks, [again])
    await world.execute(sa.insert(audit_entry).values(change.entries))
    if change.nodes:
        await world.execute(sa.insert(audit_node).values(change.nodes))
    await world.execute(sa.update(audit_head).values(change.head))
    assert await found(world) == [("BEGINNING_ALTERED", f"audit_entry {size}")]


async def test_a_row_of_which_the_log_speaks_twice_is_named(world: World) -> None:
    await lived(world)
    rows = await entries(world)
    twice = [json.loads(rows[at].entry) for at in (3, 8, 9)]
    again = [
        Entry(event=AuditEvent(each["event"]), at=NOW if each["index"] == 3 else LATER, said=each["said"],
              **{f"{name}_id": each[name] for name in audit.OWNERS})
        for each in twice
    ]  # fmt: skip
    head = await world.one(sa.select(audit_head.c.peaks))
    change = grown(len(rows), head.peaks, again)
    await world.execute(sa.insert(audit_entry).values(change.entries))
    await world.execute(sa.insert(audit_node).values(change.nodes))
    await world.execute(sa.update(audit_head).values(change.head))
    concluded, rotation, prepared = (each["said"] for each in twice)
    guarantee_id = twice[0]["guarantee"]
    assert await found(world) == sorted(("ROW_LOGGED_TWICE", where) for where in (
        f"application_step {concluded['application_step']}", f"certificate of guarantee {guarantee_id}, version 1",
        f"access_key {concluded['access_key']}", f"access_key {rotation['access_key']}",
        f"key_event {rotation['key_event']}", f"submission_step {prepared['submission_step']} (guarantee {guarantee_id})",
    ))  # fmt: skip


async def test_each_missing_and_each_altered_row_is_named_and_the_others_are_still_compared(world: World) -> None:
    await lived(world)
    for table in (application_step, certificate, access_key):
        await world.execute(sa.delete(table).where(first(table)))
    moved = sa.update(application_step).values(at=LATER, account_id=world.rival.account_id)
    await world.execute(moved.where(application_step.c.step == ApplicationStep.APPROVED))
    await world.execute(sa.update(guarantee).values(surety_id=world.rival_id))
    seen = await audited(world.database, keys=KEYS)
    codes = [each.code for each in seen.findings]
    assert codes.count("ROW_MISSING") == 3
    altered = Counter((each.where.split()[0], each.en) for each in seen.findings if each.code == "ROW_ALTERED")
    surety = "The row is not what the log says (surety)."
    assert altered == {
        ("application_step", "The row is not what the log says (at, account)."): 2,
        ("guarantee", surety): 1, ("key_event", surety): 2, ("submission_step", surety): 3,
    }  # fmt: skip
    assert seen.rows == {
        "application_step": 7,
        "key_event": 2,
        "guarantee_step": 0,
        "submission_step": 3,
        "certificate": 1,
        "access_key": 3,
        "certificate_file": 0,
    }


async def test_a_finding_says_in_both_languages_what_and_where(world: World) -> None:
    await lived(world)
    await world.execute(sa.update(audit_entry).where(CONCLUDED).values(event="KEY_ROTATED", account_id=None))
    await world.execute(sa.delete(audit_node).where(audit_node.c.level == 3))
    await world.execute(sa.update(audit_head).values(size=12))
    note = NOTARY.checkpoint(99, b"x" * 32)
    rows = [(each.code, each.where, each.en) for each in await verify(world.database, ["no checkpoint", note], KEYS)]
    assert rows == [
        ("CHECKPOINT_INVALID", "--checkpoint", "This is not a checkpoint."),
        ("ENTRY_ALTERED", "audit_entry 3", "The entry was altered (event, account_id)."),
        ("NODE_MISSING", "audit_node 3/0", "The node of the tree is missing."),
        ("HEAD_ALTERED", "audit_head", "The head (size 12) is not that of the 13 entries."),
        ("CHECKPOINT_AHEAD", "checkpoint 99", "The checkpoint knew 99 entries, the log has only 13."),
    ]


async def test_entries_that_are_missing_are_told_by_their_numbers(world: World) -> None:
    await lived(world)
    await world.execute(sa.delete(audit_entry).where(audit_entry.c.index.in_([5, 6])))
    gaps = [(each.where, each.en) for each in await verify(world.database) if each.code == "ENTRY_MISSING"]
    assert gaps == [("audit_entry 5", "Where entry 5 is expected, 7 follows: entries are missing.")]


async def test_a_node_that_belongs_to_no_entry_is_counted_beside_one_that_is_missing(world: World) -> None:
    await lived(world)
    await world.execute(sa.delete(audit_node).where(audit_node.c.level == 3))
    await world.execute(sa.insert(audit_node).values(level=9, position=0, hash=b"x" * 32))
    await world.execute(sa.insert(audit_node).values(level=9, position=1, hash=b"x" * 32))
    told = {each.code: each.en for each in await verify(world.database)}
    assert told == {
        "NODE_MISSING": "The node of the tree is missing.", "NODE_UNKNOWN": "2 nodes belong to no entry.",
    }  # fmt: skip


async def test_an_audit_says_how_much_it_has_seen(world: World) -> None:
    await lived(world)
    head = await world.database.write(audit.head)
    seen = await audited(world.database, [NOTARY.checkpoint(0, merkle.EMPTY)], KEYS)
    assert (seen.size, seen.root, seen.checkpoints, seen.findings) == (13, head.root, 3, [])
    assert seen.rows == {
        "application_step": 8,
        "key_event": 2,
        "guarantee_step": 0,
        "submission_step": 3,
        "certificate": 2,
        "access_key": 3,
        "certificate_file": 0,
    }
