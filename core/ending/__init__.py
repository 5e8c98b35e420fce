"""How a guarantee ends without a default: released, cancelled; and that its last day has passed, which ends nothing."""
