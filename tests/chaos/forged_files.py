"""Forged certificate files, at the verifier itself and at the API's door: none may be taken for a certificate."""

import asyncio
import base64
from collections import Counter
from collections.abc import Iterable
from dataclasses import replace
from itertools import chain, islice

from starlette.types import ASGIApp

from denshi_hosho.core.not_verified import NotVerified
from denshi_hosho.core.verifying import verify_jws, verify_pdf
from denshi_hosho.schema.app import build_app
from tests.chaos.databases import Ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.progress import Progress
from tests.chaos.world import graphql, send, world
from tests.core.forging_files import Forgery, forgeries
from tests.core.signed import Issuer, issuer

_AT_THE_DOOR = 5  # one file in so many goes through the API as well
_VERIFY = """query ($input: VerifyCertificateInput!) { verifyCertificate(input: $input) {
  __typename ... on Refused { refusals { code } } } }"""


def row(place: Ground, count: int, seed: int) -> Row:
    """Return what becomes of `count` forged files, PDFs and signed statements."""
    ours = issuer()
    with stopwatch() as taken:
        file, endless = ours.file(), forgeries(seed, ours)  # made outside of any loop: signing runs one of its own
        genuine = Forgery("", pdf=file.pdf), Forgery("", jws=file.jws)
        forged = chain([next(endless)], endless)
        found, seen = asyncio.run(_judged(place, ours, genuine, islice(forged, count), count))
    wrong = {"accepted": 0, "answered otherwise": 0, "genuine refused": 0, **found}
    seen["refused"] = wrong.pop("refused", 0)
    return Row(part="forgeries", what="forged certificate files", database=place.kind, cases=count, wanted=count,
               wrong=wrong, seen=seen, seconds=taken[0])  # fmt: skip


async def _judged(
    place: Ground, ours: Issuer, genuine: Iterable[Forgery], forged: Iterable[Forgery], count: int
) -> tuple[Counter[str], dict[str, Seen]]:
    found: Counter[str] = Counter()
    kinds: set[str] = set()
    asked = 0
    async with world(place) as made:
        app = build_app(replace(made.platform, seal=ours.seal, signing=ours.keys), deliver_mail=False)
        for copy in genuine:
            taken_for = await outcome(copy, ours), await outcome_of_the_api(app, copy, "10.2.0.1")
            found["genuine refused"] += taken_for != ("accepted", "accepted")
        for forgery, index in zip(forged, Progress(f"forged files {place.kind}", count), strict=True):
            kinds.add(forgery.what)
            found[await outcome(forgery, ours)] += 1
            if index % _AT_THE_DOOR == 0:
                asked += 1
                found[await outcome_of_the_api(app, forgery, f"10.3.{index >> 8 & 255}.{index & 255}")] += 1
    return found, {"kinds": len(kinds), "asked of the API as well": asked}


async def outcome(copy: Forgery, ours: Issuer) -> str:
    """Return what the verifier makes of a copy: "refused" or "accepted". Whatever else it raises ends the run."""
    try:
        if copy.pdf is not None:
            await verify_pdf(copy.pdf, ours.seal.trust)
        else:
            verify_jws(copy.jws or "", ours.keys.public)
    except NotVerified:
        return "refused"
    return "accepted"


async def outcome_of_the_api(app: ASGIApp, copy: Forgery, source: str) -> str:
    """Return what the API makes of a copy: "refused" (with a code), "accepted", or "answered otherwise" (a bug)."""
    given = {"jws": copy.jws} if copy.pdf is None else {"pdf": base64.b64encode(copy.pdf).decode()}
    answer = (await send(app, graphql(_VERIFY, input=given), source=source)).json()
    found = (answer.get("data") or {}).get("verifyCertificate") or {}
    if found.get("__typename") == "VerifiedCertificate":
        return "accepted"
    return "refused" if found.get("__typename") == "Refused" and found["refusals"] else "answered otherwise"
