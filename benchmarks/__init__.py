"""What the platform does per second, and how far it is from bare code that does the same work (docs/benchmarks.md)."""
