"""`python -m daemon.register`: what it prints and its exit codes."""

from __future__ import annotations

import asyncio
import csv
import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from daemon.register.__main__ import main
from daemon.register.demo_pki import DemoPki
from daemon.register.register import Register
from daemon.register.settings import RegisterSettings
from daemon.store import Store
from tests.register.made import BIRTH, DEGREE, NAME, Request


@pytest.fixture(scope="module")
def kiosk(pki: DemoPki, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a database, a good copy, a copy voided afterwards, and paper."""
    folder = tmp_path_factory.mktemp("kiosk")

    async def work() -> None:
        settings = RegisterSettings(
            keys="token", token=pki.token, ward_certificate=pki.ward_certificate
        )
        store = Store.open(folder / "ward.db")
        register = Register(settings, store)
        sealed = await Request(BIRTH, copies=2).sealed(register)
        (folder / "good.pdf").write_bytes(sealed.copies[0].pdf)
        voided = await Request(DEGREE).sealed(register)
        (folder / "voided.pdf").write_bytes(voided.copies[0].pdf)
        await register.void(voided.id, "wrong_paper")
        paper = await Request(BIRTH, product="paper").sealed(register)
        (folder / "paper.pdf").write_bytes(paper.copies[0].pdf)
        await register.close()
        await store.close()

    pki.use()
    asyncio.run(work())
    return folder


def run(*arguments: object) -> int:
    return main([str(argument) for argument in arguments])


def test_verify_as_a_program(kiosk: Path, pki: DemoPki) -> None:
    done = subprocess.run(
        [
            sys.executable, "-m", "daemon.register", "verify", kiosk / "good.pdf", "--json",
            "--root", pki.root,
        ],
        capture_output=True, cwd=Path(__file__).parents[2], check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    report = json.loads(done.stdout)
    assert report["genuine"] is True
    assert report["sample"] is True
    assert (report["kind"], report["pages"], report["copies"]) == ("giay_khai_sinh", 2, 2)
    assert NAME not in done.stdout.decode()


@pytest.mark.parametrize(
    ("name", "database", "code", "problems", "status"),
    [
        ("good.pdf", False, 0, [], ""),
        ("good.pdf", True, 0, [], "valid"),
        ("voided.pdf", False, 0, [], ""),
        ("voided.pdf", True, 1, ["voided"], "voided"),
        ("paper.pdf", True, 1, ["no_signature"], "reserved"),
    ],
)
def test_verify(
    kiosk: Path,
    pki: DemoPki,
    capsys: pytest.CaptureFixture[str],
    name: str,
    database: bool,
    code: int,
    problems: list[str],
    status: str,
) -> None:
    more = ["--database", kiosk / "ward.db"] if database else []
    assert run("verify", kiosk / name, "--root", pki.root, "--json", *more) == code
    report = json.loads(capsys.readouterr().out)
    assert (report["problems"], report["status"]) == (problems, status)


def test_a_copy_of_another_register(
    kiosk: Path, pki: DemoPki, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    Store.open(tmp_path / "empty.db").close_now()
    arguments = ("--root", pki.root, "--database", tmp_path / "empty.db")
    assert run("verify", kiosk / "good.pdf", *arguments) == 1
    assert "not_in_register" in capsys.readouterr().out


def test_without_a_root_nothing_is_genuine(kiosk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("verify", kiosk / "good.pdf") == 1
    assert "untrusted" in capsys.readouterr().out


def test_wrong_use_is_told_in_a_line(
    kiosk: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rubbish = tmp_path / "x.pdf"
    rubbish.write_bytes(b"rubbish")
    for arguments in (
        ("verify", rubbish),
        ("verify", tmp_path / "none.pdf"),
        ("verify", kiosk / "good.pdf", "--root", rubbish),
        ("verify", kiosk / "good.pdf", "--database", rubbish),
        ("audit", "--database", tmp_path / "none.db"),
        ("audit", "--database", kiosk / "ward.db", "--head", "x"),
        ("export", "--database", tmp_path),
    ):
        assert run(*arguments) == 2, arguments
        told = capsys.readouterr().err
        assert told.count("\n") == 1
        assert "Traceback" not in told
    for wrong in ((), ("verify",), ("export", "--database", "x", "--from", "soon")):
        with pytest.raises(SystemExit) as stopped:
            run(*wrong)
        assert stopped.value.code == 2


def test_audit(kiosk: Path, capsys: pytest.CaptureFixture[str]) -> None:
    database = kiosk / "ward.db"
    assert run("audit", "--database", database, "--json") == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["good"], found["entries"], found["voided"]) == (True, 3, 1)
    head = f"{found['head']['seq']}:{found['head']['hash']}"
    assert run("audit", "--database", database, "--head", head) == 0
    assert head in capsys.readouterr().out
    assert run("audit", "--database", database, "--head", f"3:{'0' * 64}") == 1
    assert "rewritten" in capsys.readouterr().out


def test_export(kiosk: Path, pki: DemoPki, tmp_path: Path) -> None:
    out = tmp_path / "book.csv"
    assert run("export", "--database", kiosk / "ward.db", "--output", out) == 0
    text = out.read_text(encoding="utf-8-sig")
    rows = list(csv.reader(StringIO(text)))
    assert len(rows) == 4
    assert rows[0][0] == "Số chứng thực"
    assert {len(row) for row in rows} == {12}
    assert NAME not in text
    assert [row[9] for row in rows[1:]] == ["Đã lấy số", "Có giá trị", "Đã hủy bỏ"]

    named = ("--ward-key", pki.ward_key, "--ward-certificate", pki.ward_certificate)
    assert run("export", "--database", kiosk / "ward.db", "--output", out, *named) == 0
    assert out.read_text(encoding="utf-8-sig").count(NAME) == 3
    past = ("--from", "2020-01-01", "--to", "2020-12-31")
    assert run("export", "--database", kiosk / "ward.db", "--output", out, *past) == 0
    assert len(out.read_text(encoding="utf-8-sig").splitlines()) == 1
