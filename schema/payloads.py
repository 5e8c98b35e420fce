"""What mutations about applications have in common: the ids that they are given, and the application that they answer."""

from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.outcomes import ApplicationPayload
from denshi_hosho.schema.selection import wanted


async def application_payload(info: Request, application_id: int) -> ApplicationPayload:
    """Return the application as it stands now."""
    columns = wanted(info, "application", on="ApplicationPayload")
    info.context.forget()
    row: CoreObject = await info.context.applications(columns).load(application_id)
    return ApplicationPayload(application=row)


def application_id_of(text: str) -> int:
    """Return the number of the application with this global id. Raise `IdMalformed`."""
    return row_id(text, "GuaranteeApplication")


def principal_id_of(text: str | None) -> int | None:
    """Return the number of the principal with this global id, None if none is given. Raise `IdMalformed`."""
    return None if text is None else row_id(text, "Principal")
