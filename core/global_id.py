"""How an object is called outside: by an id that is opaque to clients, and unique over all types."""

import base64


def global_id(typename: str, local: object) -> str:
    """Return the global id of the `typename` whose own id is `local`."""
    return base64.urlsafe_b64encode(f"{typename}:{local}".encode()).decode()
