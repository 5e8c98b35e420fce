"""The public GraphQL surface and the ASGI application."""
