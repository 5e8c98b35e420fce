"""A module to be changed, by which the runner itself is tested."""

LOWEST = 100


def fee(price: int) -> int:
    """Return the fee of `price`."""
    return LOWEST if price < 1000 else price * 2
