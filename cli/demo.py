"""`hosho demo`: the platform on a local SQLite database with the leaflets' examples, and what to try next."""

import asyncio
from pathlib import Path

import click

from denshi_hosho.cli.demo_setting import demo_settings
from denshi_hosho.cli.seeding import CONTRACTOR, OBLIGEE, PASSWORD, SURETY, is_empty, seed
from denshi_hosho.cli.serve import check_port, run
from denshi_hosho.core.migration import upgrade
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.app import build_app
from denshi_hosho.schema.log import configure

FIRST_QUERY = """# 松江市は電子証書を受け付けますか。
# Does Matsue take it electronically?
query Matsue {
  eligibility(application: {
    obligee: "322016", kind: ADVANCE_PAYMENT,
    facts: {
      workType: CONSTRUCTION
      contractOn: "2024-06-01"
    }
  }) {
    ... on Decision {
      outcome
      reasons { code ja en sources { title } }
      plan {
        channels { way recipient { ja resolved } }
      }
    }
    ... on Refused {
      refusals { code message }
    }
  }
}
"""

WELCOME = """
denshi-hosho demo, on {folder}

  API and editor    {url}/graphql   (open it in a browser: the first query stands there)
  Viewer            {url}/open      (where a public body opens a certificate with number and key)
  Mails             {folder}/mail/*.eml
  Readiness         {url}/readyz

  Contractor (保証契約者)   login id {contractor}   password {password}
  Surety     (保証会社)     login id {surety}       password {password}
  Obligee    (発注者)       login id {obligee}      password {password}

  The leaflet's certificates are there: 1070000473 (前払金保証) and 1070200236 (契約保証), which was handed in to the obligee:
     {{ viewer {{ inbox {{ nodes {{ guaranteeId handedInOn state certificate {{ number worksName guaranteedAmount }} }} }} }} }}
  Their obligee's rule file is an example; 松江市 and 中種子町 are the leaflets' rules.

Try next
  1. Ask for a token:
     curl -s {url}/graphql -H 'content-type: application/json' -d '{sign_in}'
  2. In the editor, put {{"Authorization": "Bearer TOKEN"}} under Headers, and list the guarantees:
     {{ viewer {{ guarantees {{ totalCount nodes {{ id number kindShort obligeeName worksName guaranteedAmount }} }} }} }}
  3. Reveal the key of one of them, with its id:
     mutation ($id: ID!) {{ revealAccessKey(input: {{guaranteeId: $id}}) {{
       ... on RevealedKey {{ notice {{ text }} pdfUrl }} ... on Refused {{ refusals {{ code message }} }} }} }}
  4. Open the certificate as the public body does, without an account, with number and key:
     query ($number: GuaranteeNumber!, $key: AccessKey!) {{ certificate(number: $number, accessKey: $key) {{
       ... on Certificate {{ title issuedOnWareki guaranteedAmount pdfUrl }} ... on Refused {{ refusals {{ code message }} }} }} }}

Ctrl-C stops it; started again, it finds its data in {folder}.
"""
SIGN_IN = (
    '{{"query":"mutation($i:SignInInput!){{signIn(input:$i){{...on Session{{accessToken}}}}}}",'
    '"variables":{{"i":{{"loginId":"{login}","password":"{password}"}}}}}}'
)


@click.command()
@click.option(
    "--folder",
    type=click.Path(path_type=Path),
    default=Path("demo"),
    show_default=True,
    help="Where its data lies.",
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on (127.0.0.1 only)."
)
def demo(folder: Path, port: int) -> None:
    """Serve a demonstration with the leaflets' examples; nothing is sent to anybody."""
    check_port("127.0.0.1", port)
    settings = demo_settings(folder, port)
    configure(json=False)
    asyncio.run(_prepare(settings))
    click.echo(_welcome(settings, folder))
    run(build_app(Platform.build(settings), default_query=FIRST_QUERY), "127.0.0.1", port)
    click.echo("Stopped. The data stays.")


async def _prepare(settings: Settings) -> None:
    platform = Platform.build(settings)
    try:
        await upgrade(platform.database)
        if await is_empty(platform):
            await seed(platform)
    finally:
        await platform.database.close()


def _welcome(settings: Settings, folder: Path) -> str:
    return WELCOME.format(
        folder=folder,
        url=settings.public_url,
        contractor=CONTRACTOR,
        surety=SURETY,
        obligee=OBLIGEE,
        password=PASSWORD,
        sign_in=SIGN_IN.format(login=CONTRACTOR, password=PASSWORD),
    )
