"""`hosho audit` and the script that a public body runs, as they are typed."""

import asyncio
import base64
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from denshi_hosho.cli.demo_setting import demo_settings
from denshi_hosho.cli.seeding import seed
from denshi_hosho.core.migration import upgrade
from denshi_hosho.core.notary import Notary
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.mailing import postman
from denshi_hosho.resolvers.platform import Platform
from tests.cli.test_cli import Done, hosho

SCRIPT = Path(__file__).parents[2] / "tools" / "verify_log_proof.py"


async def _demo(settings: Settings) -> None:
    platform = Platform.build(settings)
    await upgrade(platform.database)
    await seed(platform)
    await postman(platform).round()
    await platform.database.close()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A demo that was started once, with the mails that went out."""
    made = tmp_path_factory.mktemp("demo")
    asyncio.run(_demo(demo_settings(made, 8000)))
    return made


@pytest.fixture
def demo(folder: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(folder, tmp_path / "demo"))


def environment(demo: Path) -> dict[str, str]:
    secret = base64.urlsafe_b64encode((demo / "log.secret").read_bytes()).decode()
    return {"HOSHO_LOG_SECRETS": f"demo:{secret}", "HOSHO_DATABASE_URL": f"sqlite:///{demo}/hosho.db"}


def alter(demo: Path, sql: str) -> None:
    with closing(sqlite3.connect(demo / "hosho.db")) as database, database:
        assert database.execute(sql).rowcount


def test_a_whole_log_is_said_to_be_whole(demo: Path) -> None:
    mails = [word for file in sorted((demo / "mail").glob("*.eml")) for word in ("--checkpoint", str(file))]
    assert len(mails) == 4
    done = hosho("audit", "verify", *mails, **environment(demo))
    assert done.returncode == 0, done
    lines = done.stdout.splitlines()
    assert lines[0] == "entries           11"
    assert lines[-2:] == ["checkpoints       4", "OK 監査ログに異常はありません。Nothing was altered."]


def test_what_was_altered_is_named(demo: Path) -> None:
    alter(demo, "UPDATE certificate SET guaranteed_amount = guaranteed_amount + 1 WHERE id = 1")
    done = hosho("audit", "verify", "--database", f"sqlite:///{demo}/hosho.db")
    assert done.returncode == 1
    assert "CERTIFICATE_ALTERED\tcertificate of guarantee 1, version 1\t" in done.stdout
    assert done.stdout.endswith("FAILED 1 件の異常があります。1 findings.\n")
    assert "signatures of checkpoints were not verified" in done.stderr


def test_an_old_mail_contradicts_a_log_that_is_not_the_one_it_saw(demo: Path, tmp_path: Path) -> None:
    note = tmp_path / "note"
    notary = Notary({"demo": (demo / "log.secret").read_bytes()}, "http://127.0.0.1:8000")
    note.write_text(notary.checkpoint(4, b"x" * 32))
    done = hosho("audit", "verify", "--checkpoint", str(note), **environment(demo))
    assert done.returncode == 1
    assert "CHECKPOINT_CONTRADICTED\tcheckpoint 4\t" in done.stdout
    named = hosho("audit", "verify", "--checkpoint", str(note), "--key", str(notary.verifier_keys[0]),
                  "--database", f"sqlite:///{demo}/hosho.db")  # fmt: skip
    assert "CHECKPOINT_CONTRADICTED" in named.stdout


def test_what_cannot_be_verified_is_said(demo: Path, tmp_path: Path) -> None:
    empty = tmp_path / "empty"
    empty.write_text("no checkpoint here")
    done = hosho("audit", "verify", "--checkpoint", str(empty), **environment(demo))
    assert (done.returncode, "CHECKPOINT_INVALID" in done.stderr) == (1, True)
    done = hosho("audit", "verify", "--key", "none", **environment(demo))
    assert "CHECKPOINT_INVALID" in done.stderr
    done = hosho("audit", "verify", "--database", f"sqlite:///{tmp_path}/new.db")
    assert "DATABASE_OUTDATED" in done.stderr
    done = hosho("audit", "checkpoint", HOSHO_DATABASE_URL=f"sqlite:///{demo}/hosho.db")
    assert "SETTINGS: HOSHO_LOG_SECRETS is missing" in done.stderr
    done = hosho("audit", "proof", "9999999999", **environment(demo))
    assert "PROOF_UNKNOWN" in done.stderr
    assert not list(tmp_path.glob("9999999999*"))


def test_the_checkpoint_is_printed_and_fits(demo: Path, tmp_path: Path) -> None:
    done = hosho("audit", "checkpoint", **environment(demo))
    assert done.stdout.splitlines()[:2] == ["127.0.0.1/log", "11"]
    note = tmp_path / "note"
    note.write_text(done.stdout)
    assert hosho("audit", "verify", "--checkpoint", str(note), **environment(demo)).returncode == 0


def alone(*files: Path) -> Done:
    """Run the script without anything that is installed here, as whoever got it by mail."""
    command = [sys.executable, "-I", "-S", str(SCRIPT), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env={"PATH": "/usr/bin:/bin"})  # noqa: S603  ours
    return Done(done.returncode, done.stdout, done.stderr)


def test_a_public_body_checks_a_proof_alone(demo: Path, tmp_path: Path) -> None:
    out = tmp_path / "proof"
    written = hosho("audit", "proof", "1070000473", "--folder", str(out), **environment(demo)).stdout.splitlines()
    record, proof, vkey = (Path(each) for each in written)
    assert [each.name for each in (record, proof, vkey)] == [
        "1070000473.record.json", "1070000473.tlog-proof", "1070000473.vkey",
    ]  # fmt: skip
    whole = alone(record, proof, vkey)
    assert whole.returncode == 0, whole
    assert whole.stdout == (
        "OK この記録は 127.0.0.1/log の監査ログ(11件)にあります。The record is in the log of 11 entries.\n"
    )
    text = proof.read_text()
    hashes = text.split("\n")[2]
    for file, altered in (
        (record, record.read_text().replace("1", "2", 1)),
        (proof, text.replace("index 3", "index 2")),
        (proof, text.replace(f"{hashes}\n", "")),
        (proof, text.replace(f"{hashes}\n", f"{hashes}\n{hashes}\n")),
        (proof, text.replace("\n11\n", "\n10\n")),
        (proof, text.replace("tlog-proof@v1", "tlog-proof@v2")),
        (proof, "nonsense"),
        (vkey, str(Notary({"k": b"x" * 32}, "http://127.0.0.1").verifier_keys[0])),
        (vkey, "nonsense"),
    ):
        kept = file.read_bytes()
        file.write_text(altered)
        done = alone(record, proof, vkey)
        assert done.returncode == 1, altered
        assert "NG" in done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        file.write_bytes(kept)


def test_the_script_is_short_and_needs_nothing() -> None:
    text = SCRIPT.read_text()
    assert len(text.splitlines()) < 100
    assert "denshi_hosho" not in text
    assert "python3 verify_log_proof.py RECORD PROOF VKEY" in alone().stderr
