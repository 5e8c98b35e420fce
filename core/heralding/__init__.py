"""The herald: reads the audit log as it grows, and tells the parties of it by mail and by webhooks."""
