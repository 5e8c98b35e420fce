"""Webhooks: parties are told of events by HTTP, signed after the Standard Webhooks specification."""
