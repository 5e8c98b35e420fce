from tests.mutation.control.fees import LOWEST, fee


def test_each_side_has_its_fee() -> None:
    assert (fee(999), fee(1000), LOWEST) == (100, 2000, 100)
