"""Documents behind short-lived URLs: what they hold, and who gets none."""

import io
from datetime import timedelta

import httpx
import pytest
from pypdf import PdfReader

from tests.client import REVEAL, Api, Json, concluded, revealed
from tests.conftest import Clock
from tests.schema.operations import CERTIFICATE, MUTATIONS

pytestmark = pytest.mark.anyio
FORMLESS = "http://hosho.test/documents/"


def text_of(response: httpx.Response) -> str:
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["cache-control"] == "no-store"
    assert response.headers["x-content-type-options"] == "nosniff"
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


async def issued(api: Api) -> tuple[Json, str]:
    """A key notice with its URL, and the URL of the certificate."""
    notice = await revealed(api, (await concluded(api))["id"])
    opened = await api.ask(CERTIFICATE, number=notice["number"], accessKey=notice["accessKey"])
    return notice, str(opened["certificate"]["pdfUrl"])


async def test_certificate_and_notice_are_not_to_be_mistaken(api: Api) -> None:
    notice, certificate_url = await issued(api)
    certificate, key_notice = await api.http.get(certificate_url), await api.http.get(notice["pdfUrl"])
    assert certificate.headers["content-disposition"] == 'inline; filename="certificate-1070000473.pdf"'
    assert key_notice.headers["content-disposition"] == 'inline; filename="key-notice-1070000473.pdf"'
    said, noticed = text_of(certificate), text_of(key_notice)
    for fact in ("1070000473", "松江市", "19,200,000", "48,000,000", "令和6年6月3日", "令和7年3月15日"):
        assert fact in said
    assert "1070000473" in noticed
    assert notice["accessKey"] in noticed
    assert notice["accessKey"] not in said
    again = await api.http.get(certificate_url)
    assert again.content == certificate.content


async def test_a_url_is_good_for_five_minutes(api: Api, clock: Clock) -> None:
    notice, certificate_url = await issued(api)
    for minutes, status in ((4, 200), (1, 403)):
        clock.now += timedelta(minutes=minutes)
        for url in (notice["pdfUrl"], certificate_url):
            response = await api.http.get(url)
            assert response.status_code == status
            assert response.headers["cache-control"] == "no-store"
            if status == 403:
                assert response.json()["errors"][0]["extensions"]["code"] == "DOWNLOAD_EXPIRED"


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_nothing_else_opens_a_document(api: Api) -> None:
    notice, url = await issued(api)
    token = (await api.as_("contractor")).token
    head, body, signature = url.removeprefix(FORMLESS).split(".")
    wrong = (f"{head}.{body}.{signature[:-2]}AA", f"{head}.{notice['pdfUrl'].split('.')[-2]}.{signature}", str(token),
             "x", "a.b.c", notice["accessKey"], notice["number"])  # fmt: skip
    for ticket in wrong:
        response = await api.http.get(FORMLESS + ticket)
        assert response.status_code == 403, ticket
        assert response.json()["errors"][0]["extensions"]["code"] == "DOWNLOAD_EXPIRED"
    assert (await api.http.post(url)).status_code == 405


async def test_a_url_from_before_a_rotation_shows_no_new_key(api: Api) -> None:
    guarantee = await concluded(api)
    old = await revealed(api, guarantee["id"])
    contractor = await api.as_("contractor")
    given = {"guaranteeId": guarantee["id"], "reason": "誤送信", "idempotencyKey": "r"}
    await contractor.do(MUTATIONS["rotateAccessKey"], **given)
    response = await api.http.get(old["pdfUrl"])
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"]["code"] == "DOWNLOAD_EXPIRED"
    new = await contractor.do(REVEAL, guaranteeId=guarantee["id"])
    assert new["notice"]["accessKey"] in text_of(await api.http.get(new["pdfUrl"]))


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_longest_texts_fit_on_the_documents(api: Api) -> None:
    long = "東京都千代田区霞が関二丁目一番三号道路改良工事舗装その一" * 8
    guarantee = await concluded(api, worksName=long[:200], obligeeName=long[:200], depositaryBank=long[:200])
    notice = await revealed(api, guarantee["id"])
    opened = await api.ask(CERTIFICATE, number=notice["number"], accessKey=notice["accessKey"])
    for url in (notice["pdfUrl"], opened["certificate"]["pdfUrl"]):
        said = text_of(await api.http.get(url)).replace("\n", "")
        assert long[:20] in said
