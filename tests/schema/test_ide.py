from __future__ import annotations

import re
from importlib.resources import files
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.schema.conftest import Door, OpenDoor

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


def test_development_shows_the_ide_with_its_default_query(open_door: OpenDoor) -> None:
    door = open_door(development=True, default_query='# 電子保証 <"&\n{ hello }')
    response = door.send("GET", headers=HTML)
    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert 'data-query="# 電子保証 &lt;&quot;&amp;\n{ hello }"' in response.text
    assert 'data-url="/graphql"' in response.text


def test_the_page_may_load_from_its_own_host_only(dev_door: Door) -> None:
    response = dev_door.send("GET", headers=HTML)
    (nonce,) = re.findall('data-nonce="([^"]+)"', response.text)
    policy = response.headers["content-security-policy"]
    assert policy == (
        f"default-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; object-src 'none'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    )
    assert "//" not in response.text
    assert nonce not in dev_door.send("GET", headers=HTML).text


@pytest.mark.parametrize(("name", "media_type"), [("ide.js", "text/javascript"), ("ide.css", "text/css")])
def test_its_files_come_with_the_package(dev_door: Door, name: str, media_type: str) -> None:
    response = dev_door.send("GET", f"/graphql/ide/{name}")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith(media_type)
    assert response.content == files("denshi_hosho.schema.ide").joinpath(name).read_bytes()


def test_the_style_sheet_names_no_other_place(dev_door: Door) -> None:
    places = re.findall(r"url\(\s*[\"']?(?!data:)[^)]*|@import", dev_door.send("GET", "/graphql/ide/ide.css").text)
    assert places == []


@pytest.mark.parametrize("name", ["__init__.py", "ide.html", "nothing", "..%2Fhttp.py"])
def test_no_other_file_comes_out(dev_door: Door, name: str) -> None:
    assert dev_door.send("GET", f"/graphql/ide/{name}").status_code == 404


def test_production_has_no_ide(door: Door) -> None:
    assert door.send("GET", headers=HTML).status_code == 405
    assert door.send("GET", "/graphql/ide/ide.js").status_code == 404


def test_licences_of_what_is_inside_are_kept() -> None:
    notices = files("denshi_hosho.schema.ide").joinpath("LICENSES.txt").read_text(encoding="utf-8")
    for package in ("graphiql", "graphql", "react", "codemirror"):
        assert re.search(rf"^{package} \d", notices, re.MULTILINE)
