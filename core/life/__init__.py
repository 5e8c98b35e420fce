"""The life of a guarantee after its conclusion: its states, the steps that were taken, and rows that must not change."""
