"""The end of a guarantee: release after completion, cancellation, and notice of a guarantee period that has passed."""
