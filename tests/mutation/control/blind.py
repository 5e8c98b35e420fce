from tests.mutation.control.fees import fee


def test_it_runs() -> None:
    fee(999)
    fee(1000)
