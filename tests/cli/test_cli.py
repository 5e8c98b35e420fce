"""The command line, as an operator types it."""

import io
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from unittest.mock import patch

import httpx
import pytest

from denshi_hosho.cli import main
from denshi_hosho.cli.signing import CERTIFICATES, KEY
from denshi_hosho.rules.file_schema import file_schema_text
from tests.rules.rule_texts import MINIMAL
from tests.rules.test_check import BEFORE, FIRST

HOSHO = [sys.executable, "-c", "from denshi_hosho.cli import main; main()"]
WEST = ["西日本例示保証株式会社", "--address", "大阪市〇〇", "--representative", "取締役社長 例示 太郎"]
BRANCH = ["--branch", "本店|大阪市〇〇|06-0000-0000|06-0000-0001", "--branch", "支店|東京都〇〇|03-0000-0000"]
PASSWORD = "correct horse battery"


def clean(environment: dict[str, str]) -> dict[str, str]:
    return {**{name: value for name, value in os.environ.items() if not name.startswith("HOSHO_")}, **environment}


@dataclass
class Done:
    returncode: int
    stdout: str
    stderr: str


def hosho(*arguments: str, text: str = "", **environment: str) -> Done:
    """Run a command in this process, which is a second faster than in one of its own."""
    out, err = io.StringIO(), io.StringIO()
    with (
        patch.dict(os.environ, clean(environment), clear=True),
        patch.object(sys, "argv", ["hosho", *arguments]),
        patch.object(sys, "stdin", io.StringIO(text)),
        redirect_stdout(out),
        redirect_stderr(err),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    return Done(int(ended.value.code or 0), out.getvalue(), err.getvalue())


@pytest.fixture
def secrets(signing_folder: Path) -> dict[str, str]:
    lines = hosho("keys", "generate").stdout.splitlines()
    key = {"HOSHO_PDF_KEY": str(signing_folder / KEY), "HOSHO_PDF_CERTIFICATES": str(signing_folder / CERTIFICATES)}
    return {**dict(line.split("=", 1) for line in lines), **key}


@pytest.fixture
def environment(database_url: str, secrets: dict[str, str], tmp_path: Path) -> dict[str, str]:
    return {**secrets, "HOSHO_DATABASE_URL": database_url, "HOSHO_MAIL_FOLDER": str(tmp_path / "mail")}


def test_keys_are_new_each_time_and_named() -> None:
    first, second = hosho("keys", "generate").stdout, hosho("keys", "generate", "--name", "k2").stdout
    assert [line.split(":")[0] for line in first.splitlines()] == [
        "HOSHO_TOKEN_SECRETS=k1",
        "HOSHO_SEAL_SECRETS=k1",
        "HOSHO_PEPPER_SECRETS=k1",
        "HOSHO_SIGNING_SECRETS=k1",
        "HOSHO_LOG_SECRETS=k1",
    ]
    assert second.startswith("HOSHO_TOKEN_SECRETS=k2:")
    secrets = {line.split(":")[1] for line in (first + second).splitlines()}
    assert len(secrets) == 10


def test_serve_refuses_to_start_without_secrets(tmp_path: Path) -> None:
    refused = hosho("serve", HOSHO_DATABASE_URL=f"sqlite:///{tmp_path}/hosho.db")
    assert refused.returncode == 1
    assert "HOSHO_TOKEN_SECRETS, HOSHO_SEAL_SECRETS, HOSHO_PEPPER_SECRETS" in refused.stderr
    assert "Traceback" not in refused.stderr


def test_serve_refuses_a_database_that_is_not_up_to_date(tmp_path: Path, secrets: dict[str, str]) -> None:
    refused = hosho("serve", HOSHO_DATABASE_URL=f"sqlite:///{tmp_path}/hosho.db", **secrets)
    assert refused.returncode == 1
    assert "DATABASE_OUTDATED: The database is not up to date. Run `hosho db upgrade`." in refused.stderr


def test_an_unknown_setting_is_refused_with_a_guess() -> None:
    refused = hosho("rules", "list", HOSHO_RULE_MODULE="x")
    assert refused.returncode == 1
    assert "There is no setting HOSHO_RULE_MODULE. Did you mean HOSHO_RULE_MODULES?" in refused.stderr


def test_the_database_is_made_and_taken_back(tmp_path: Path) -> None:
    url = {"HOSHO_DATABASE_URL": f"sqlite:///{tmp_path}/new/hosho.db"}
    assert hosho("db", "current", **url).stdout == "outdated: run `hosho db upgrade`\n"
    assert hosho("db", "upgrade", **url).returncode == 0
    assert hosho("db", "current", **url).stdout == "up to date\n"
    assert hosho("db", "downgrade", "base", "--yes", **url).returncode == 0
    with closing(sqlite3.connect(tmp_path / "new" / "hosho.db")) as database:
        left = database.execute("select name from sqlite_master where type = 'table'").fetchall()
    assert left == [("alembic_version",)]


def test_parties_and_accounts_are_added_and_can_sign_in(environment: dict[str, str]) -> None:
    numbers = ["--numbers", "PERFORMANCE=2000000000-2000000009"]
    assert hosho("sureties", "add", *WEST, *BRANCH, *numbers, **environment).returncode == 0
    assert hosho("principals", "add", "株式会社例示建設", "--consolidated", **environment).returncode == 0
    account = ["--principal", "株式会社例示建設", "--email", "a@example.jp", "--password-stdin"]
    added = hosho("users", "add", "reiji", *account, text=f"{PASSWORD}\n", **environment)
    assert added.returncode == 0, added.stderr
    with serving(environment) as url:
        query = "mutation ($i: SignInInput!) { signIn(input: $i) { ... on Session { viewer { partyName } } } }"
        body = {"query": query, "variables": {"i": {"loginId": "reiji", "password": PASSWORD}}}
        answer = httpx.post(f"{url}/graphql", json=body).json()
    assert answer == {"data": {"signIn": {"viewer": {"partyName": "株式会社例示建設"}}}}


def test_an_operator_lists_accounts_and_gives_a_new_password(environment: dict[str, str]) -> None:
    assert hosho("principals", "add", "株式会社例示建設", **environment).returncode == 0
    account = ["--principal", "株式会社例示建設", "--email", "a@example.jp", "--password-stdin"]
    assert hosho("users", "add", "reiji", *account, text=PASSWORD, **environment).returncode == 0
    assert hosho("users", "list", **environment).stdout == "reiji\tPRINCIPAL\t株式会社例示建設\ta@example.jp\n"
    off = hosho("users", "link", "reiji", "--subject", "24400320", **environment)
    assert (off.returncode, off.stderr.splitlines()[1].split(":")[0]) == (1, "PROVIDER_OFF")
    provider = {**environment, "HOSHO_OIDC_ISSUER": "https://id.example.jp"}
    assert hosho("users", "link", "reiji", "--subject", "24400320", **provider).stdout == "Linked reiji to 24400320.\n"
    assert hosho("users", "disable", "reiji", **environment).stdout == "Closed reiji.\n"
    listed = hosho("users", "list", **environment).stdout
    assert listed.endswith("\ta@example.jp\tlinked to https://id.example.jp 24400320\tclosed\n")
    assert hosho("users", "enable", "reiji", **environment).stdout == "Opened reiji again.\n"
    assert hosho("users", "unlink", "reiji", **environment).stdout == "Unlinked reiji.\n"
    assert hosho("users", "list", **environment).stdout == "reiji\tPRINCIPAL\t株式会社例示建設\ta@example.jp\n"
    new = hosho("users", "password", "reiji", "--password-stdin", text="another password 2", **environment)
    assert new.stdout == "Changed the password of reiji.\n"
    short = hosho("users", "password", "reiji", "--password-stdin", text="short", **environment)
    assert (short.returncode, "PASSWORD_LENGTH" in short.stderr) == (1, True)
    nobody = hosho("users", "password", "nobody", "--password-stdin", text=PASSWORD, **environment)
    assert (nobody.returncode, "ACCOUNT_UNKNOWN" in nobody.stderr) == (1, True)


def test_a_database_that_cannot_be_reached_is_said_in_a_line(secrets: dict[str, str]) -> None:
    url = f"postgresql://nobody:x@127.0.0.1:{free_port()}/none"
    refused = hosho("db", "current", HOSHO_DATABASE_URL=url, **secrets)
    assert refused.returncode == 1
    assert refused.stderr.count("DATABASE_UNREACHABLE") == 2
    assert "Traceback" not in refused.stderr


def test_documents_are_trusted_from_files_and_checked_at_the_start(tmp_path: Path, environment: dict[str, str]) -> None:
    good, bad, manifest = (tmp_path / name for name in ("good.graphql", "bad.graphql", "trusted.json"))
    good.write_text("query Hello { __typename }\n")
    bad.write_text("{ unknown }")
    printed = hosho("schema", "trust", str(good))
    assert list(json.loads(printed.stdout).values()) == ["query Hello { __typename }\n"]
    refused = hosho("schema", "trust", str(good), str(bad))
    assert (refused.returncode, refused.stdout) == (1, "")
    assert f"TRUSTED_DOCUMENTS: {bad}:1: Cannot query field 'unknown'" in refused.stderr
    manifest.write_text(printed.stdout.replace("Hello", "Other"))
    stopped = hosho("serve", HOSHO_TRUSTED_DOCUMENTS=str(manifest), **environment)
    assert (stopped.returncode, "is not its document's SHA-256" in stopped.stderr) == (1, True)
    stopped = hosho("serve", HOSHO_TRUSTED_ONLY="1", **environment)
    assert (stopped.returncode, "HOSHO_TRUSTED_ONLY=1 needs" in stopped.stderr) == (1, True)


def test_a_port_that_is_taken_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = hosho("demo", "--folder", str(tmp_path / "demo"), "--port", str(taken.getsockname()[1]))
    assert (refused.returncode, "PORT_TAKEN" in refused.stderr) == (1, True)
    assert not (tmp_path / "demo").exists()


def test_a_surety_gets_further_numbers_that_overlap_no_others(environment: dict[str, str]) -> None:
    first = ["--numbers", "PERFORMANCE=2000000000-2000000009"]
    assert hosho("sureties", "add", *WEST, *BRANCH, *first, **environment).returncode == 0
    more = hosho("sureties", "numbers", WEST[0], "--numbers", "PERFORMANCE=2000000010-2000000019", **environment)
    assert more.stdout == f"Added the ranges to {WEST[0]}.\n"
    overlapping = hosho("sureties", "numbers", WEST[0], "--numbers", "BID=2000000019-2000000029", **environment)
    assert (overlapping.returncode, "NUMBER_RANGE" in overlapping.stderr) == (1, True)


def test_a_surety_says_whether_a_changed_certificate_comes_with_a_new_key(environment: dict[str, str]) -> None:
    numbers = ["--numbers", "PERFORMANCE=2000000000-2000000009"]
    assert hosho("sureties", "add", *WEST, *BRANCH, *numbers, **environment).returncode == 0
    for option, key in (("--new-key-on-change", "a new"), ("--old-key-on-change", "the old")):
        done = hosho("sureties", "set", WEST[0], option, **environment)
        assert done.stdout == f"{WEST[0]}: a changed certificate comes with {key} key.\n"
    unknown = hosho("sureties", "set", "だれか", "--new-key-on-change", **environment)
    assert (unknown.returncode, "PARTY_UNKNOWN" in unknown.stderr) == (1, True)


def test_serve_without_a_folder_for_its_database_says_what_to_do(tmp_path: Path, secrets: dict[str, str]) -> None:
    refused = hosho("serve", HOSHO_DATABASE_URL=f"sqlite:///{tmp_path}/not/yet/hosho.db", **secrets)
    assert (refused.returncode, "DATABASE_OUTDATED" in refused.stderr) == (1, True)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["sureties", "add", *WEST, *BRANCH, "--numbers", "PERFORMANCE=9-1"], "NUMBER_RANGE: "),
        (["sureties", "add", *WEST, *BRANCH, "--numbers", "PERFORMANCE"], "write KIND=FIRST-LAST"),
        (["sureties", "add", *WEST, "--branch", "本店", "--numbers", "BID=1-2"], 'write "name|address|tel"'),
        (["users", "add", "x1x", "--email", "a@example.jp", "--password-stdin"], "--principal, --surety and --obligee"),
        (
            ["users", "add", "x1x", "--surety", "なし", "--email", "a@example.jp", "--password-stdin"],
            "PARTY_UNKNOWN: ",
        ),
    ],
)
def test_what_cannot_be_added_is_refused_and_nothing_is_written(
    arguments: list[str], said: str, environment: dict[str, str], database_kind: str
) -> None:
    refused = hosho(*arguments, text=PASSWORD, **environment)
    assert refused.returncode != 0
    assert said in refused.stderr
    assert "Traceback" not in refused.stderr
    again = hosho(
        "users",
        "add",
        "x1x",
        "--surety",
        WEST[0],
        "--email",
        "a@example.jp",
        "--password-stdin",
        text=PASSWORD,
        **environment,
    )
    assert "PARTY_UNKNOWN" in again.stderr


def test_the_schema_is_printed() -> None:
    assert hosho("schema", "print").stdout == Path("schema.graphql").read_text(encoding="utf-8")


def test_rules_are_listed_checked_and_explained(tmp_path: Path) -> None:
    listed = hosho("rules", "list").stdout.splitlines()
    assert [line.split("\t")[:3] for line in listed] == [
        ["322016", "松江市", "2024-06-01"],
        ["465011", "中種子町", "2024-02-01"],
    ]
    assert hosho("rules", "check", "rules").stdout == "No mistakes found.\n"
    facts = ["322016", "ADVANCE_PAYMENT", "work_type=CONSTRUCTION", "surety_class=GUARANTEE_COMPANY"]
    explained = hosho("rules", "explain", *facts, "contract_on=2024-06-01").stdout
    assert "電子交付可" in explained
    decision = json.loads(hosho("rules", "explain", *facts, "contract_on=2024-05-31", "--json").stdout)
    assert decision["outcome"] == "PAPER_ONLY"
    wrong = hosho("rules", "explain", "322016", "ADVANCE_PAYMENT", "contract_on=tomorrow")
    assert wrong.returncode == 1
    assert "RECORD_MALFORMED" in wrong.stderr


def test_a_new_plugin_passes_its_own_check(tmp_path: Path) -> None:
    made = hosho("rules", "new", "082015", "水戸市", "--folder", str(tmp_path))
    assert made.returncode == 0, made.stderr
    assert hosho("rules", "check", str(tmp_path)).stdout == "No mistakes found.\n"


def test_every_clause_is_shown() -> None:
    words = ("explain", "322016", "ADVANCE_PAYMENT", "contract_on=2024-05-31", "--language", "en")
    brief, long = hosho("rules", *words), hosho("rules", *words, "--steps")
    assert long.stdout.startswith(brief.stdout)
    assert "1. [holds] revision[1]: no condition" in long.stdout.removeprefix(brief.stdout)
    assert "OBLIGEE_UNKNOWN: " in hosho("rules", "explain", "322015", "ADVANCE_PAYMENT").stderr


def test_obligees_and_days_are_compared() -> None:
    two = hosho("rules", "compare", "322016", "465011", "--on", "2024-06-01", "--language", "en")
    assert (two.returncode, two.stdout.splitlines()[-1]) == (0, "= KIND, PAPER")
    assert "WORK_TYPE: Work type: construction, consulting | Work type: construction, services" in two.stdout
    days = hosho("rules", "compare", "322016@2024-05-31", "322016@2024-06-01")
    assert days.stdout.splitlines()[0].startswith("KIND: 記載なし | ")
    same = hosho("rules", "compare", "322016@2024-06-01", "322016@2024-07-01")
    assert [line[0] for line in same.stdout.splitlines()] == ["="]
    assert "OBLIGEE_UNKNOWN: " in hosho("rules", "compare", "322016", "322015").stderr


@pytest.mark.parametrize(
    "words",
    [
        ("322016@2024-05-31", "465011@2024-06-01"),
        ("322016@2024-05-31", "322016"),
        ("322016", "465011@2024-06-01"),
        ("322016@2024-05-31", "322016@2024-06-01", "--on", "2024-06-01"),
        ("322016@", "322016@2024-06-01"),
        ("322016@soon", "322016@2024-06-01"),
    ],
)
def test_a_day_that_would_be_ignored_is_refused(words: tuple[str, ...]) -> None:
    refused = hosho("rules", "compare", *words)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Traceback" not in refused.stderr


def test_what_is_known_and_how_old_it_is() -> None:
    covered = hosho("rules", "coverage", "322016", "--language", "en").stdout.splitlines()
    assert "STATED\tfrom: stated (2024-06-01)" in covered
    assert "UNKNOWN\trecipient: unknown (ASK)" in covered
    assert "STATED\tfrom: 記載あり（2024-06-01）" in hosho("rules", "coverage", "322016").stdout
    old = hosho("rules", "stale", "--days", "-1").stdout.splitlines()
    assert {line.split("\t")[2] for line in old} >= {"322016", "465011"}
    assert hosho("rules", "stale", "--days", "36500").stdout == ""
    assert "OBLIGEE_UNKNOWN: " in hosho("rules", "coverage", "322015").stderr


def test_the_json_schema_of_rule_files_is_printed() -> None:
    printed = hosho("rules", "schema").stdout
    assert json.loads(printed)["title"]
    assert printed == file_schema_text()


def test_a_warning_alone_does_not_fail_the_check(tmp_path: Path) -> None:
    file = tmp_path / "rules.toml"
    file.write_text(MINIMAL.replace('publisher = "試験町"\n', ""))
    (tmp_path / "cases.toml").write_text(FIRST + BEFORE)
    warned = hosho("rules", "check", str(tmp_path), "--language", "en")
    first, last = warned.stdout.splitlines()
    assert (warned.returncode, last) == (0, "Warnings only.")
    assert first.startswith("WARNING: ")
    assert "names neither url nor publisher" in first
    file.write_text(MINIMAL.replace('source = "page"\n', 'source = "pag"\n', 1))
    failed = hosho("rules", "check", str(tmp_path), "--language", "en")
    assert failed.returncode == 1
    assert failed.stdout.startswith("ERROR: ")
    assert "Warnings only." not in failed.stdout


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(arguments: list[str], port: int, environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(  # noqa: S603  our own command
        [*HOSHO, *arguments, "--port", str(port)],
        env=clean(environment),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        for _ in range(200):
            try:
                httpx.get(f"http://127.0.0.1:{port}/livez")
                break
            except httpx.TransportError:
                assert process.poll() is None, process.communicate()[0]
                time.sleep(0.05)
        yield process
    finally:
        process.kill()
        process.communicate()


@contextmanager
def serving(environment: dict[str, str]) -> Iterator[str]:
    port = free_port()
    with running(["serve"], port, environment):
        yield f"http://127.0.0.1:{port}"


def numbers(port: int) -> list[str]:
    url = f"http://127.0.0.1:{port}/graphql"
    sign_in = "mutation ($i: SignInInput!) { signIn(input: $i) { ... on Session { accessToken } } }"
    who = {"i": {"loginId": "contractor", "password": "denshi-hosho-demo"}}
    session = httpx.post(url, json={"query": sign_in, "variables": who}).json()["data"]["signIn"]
    listed = httpx.post(
        url,
        json={"query": "{ viewer { guarantees(sort: NUMBER_ASC) { nodes { number } } } }"},
        headers={"Authorization": f"Bearer {session['accessToken']}"},
    ).json()
    return [node["number"] for node in listed["data"]["viewer"]["guarantees"]["nodes"]]


def test_the_demo_shows_the_leaflets_stops_cleanly_and_finds_its_data_again(tmp_path: Path) -> None:
    for _ in range(2):
        port = free_port()
        with running(["demo", "--folder", str(tmp_path / "demo")], port, {}) as process:
            assert numbers(port) == ["1070000473", "1070200236"]
            deadline = time.monotonic() + 10
            while len(list((tmp_path / "demo" / "mail").glob("*.eml"))) < 2 and time.monotonic() < deadline:
                time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            printed = process.communicate(timeout=15)[0]
        assert process.returncode == 0
        assert "1070000473 (前払金保証)" in printed
        assert printed.endswith("Stopped. The data stays.\n")
        assert "Traceback" not in printed
    assert len(list((tmp_path / "demo" / "mail").glob("*.eml"))) == 2


def test_branch_offices_and_joint_ventures_are_added(environment: dict[str, str]) -> None:
    def add(*arguments: str) -> tuple[int, str]:
        done = hosho("principals", "add", *arguments, **environment)
        return done.returncode, done.stdout + done.stderr

    for name in ("（例）本店", "（例）構成員"):
        assert add(name)[0] == 0
    assert add("（例）支店", "--branch-of", "（例）本店") == (0, "Added the principal （例）支店.\n")
    venture = ("（例）共同企業体", "--joint-venture", "--lead", "（例）支店", "--member", "（例）構成員")
    assert add(*venture) == (0, "Added the principal （例）共同企業体.\n")
    for wrong, code in (
        (("新", "--branch-of", "（例）支店"), "NOT_A_COMPANY"), (("新", "--branch-of", "（例）なし"), "PARTY_UNKNOWN"),
        (("新", "--joint-venture", "--lead", "（例）本店"), "MEMBERS_NEEDED"), (venture, "PRINCIPAL_EXISTS"),
        (("新", "--joint-venture", "--lead", "（例）本店", "--member", "（例）共同企業体"), "MEMBER_NOT_ALLOWED"),
    ):  # fmt: skip
        status, said = add(*wrong)
        assert (status, code in said) == (1, True), said
    for usage in (("新", "--joint-venture"), ("新", "--lead", "（例）本店"), ("新", "--member", "（例）本店"),
                  ("新", "--branch-of", "（例）本店", "--joint-venture", "--lead", "（例）本店")):  # fmt: skip
        assert add(*usage)[0] == 2


def test_an_obligee_of_the_rules_gets_accounts(environment: dict[str, str]) -> None:
    for status, words in ((0, "Added the obligee 322016 （例）松江市."), (1, "OBLIGEE_EXISTS")):
        said = hosho("obligees", "add", "322016", "（例）松江市", **environment)
        assert (said.returncode, words in said.stdout + said.stderr) == (status, True)
    unknown = hosho("obligees", "add", "322017", "（例）松江市", **environment)
    assert (unknown.returncode, "OBLIGEE_UNKNOWN" in unknown.stderr, "322016" in unknown.stderr) == (1, True, True)
    more = ("--email", "a@example.jp", "--password-stdin")
    added = hosho("users", "add", "matsue", "--obligee", "322016", *more, text=PASSWORD, **environment)
    assert (added.returncode, added.stdout) == (0, "Added the account matsue.\n")
    assert "matsue\tOBLIGEE\t（例）松江市" in hosho("users", "list", **environment).stdout


def test_an_account_acts_for_one_party(environment: dict[str, str]) -> None:
    more = ("--email", "a@example.jp", "--password-stdin")
    for parties in ((), ("--principal", "甲", "--surety", "乙"), ("--surety", "乙", "--obligee", "丙")):
        assert hosho("users", "add", "reiji", *parties, *more, text=PASSWORD, **environment).returncode == 2
    for option, role in (("--principal", "principal"), ("--surety", "surety"), ("--obligee", "obligee")):
        refused = hosho("users", "add", "reiji", option, "（例）なし", *more, text=PASSWORD, **environment)
        assert (refused.returncode, f"There is no {role} called （例）なし." in refused.stderr) == (1, True)
