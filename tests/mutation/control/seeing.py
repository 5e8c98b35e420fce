from tests.mutation.control.fees import LOWEST, fee


def test_each_side_has_its_fee() -> None:
    assert (fee(999), fee(1000), LOWEST) == (100, 2000, 100)


def test_a_loop_without_an_end_would_be_cut() -> None:
    left = 3
    while left:
        left -= fee(1000) // 2000
