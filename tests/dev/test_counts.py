"""The sum of all runners' counts: every runner's closing line as it really looks."""

import pytest

from tools.dev.counts import Counts, Tally


def count(*lines: str) -> Counts:
    tally = Tally()
    for line in lines:
        tally.add(line)
    return tally.counts


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("==================== 12 passed in 0.34s ====================", (12, 0, 0)),
        ("==== 1 failed, 12 passed, 3 skipped, 1 xfailed in 62.10s (0:01:02) ====", (13, 1, 3)),
        ("=== 5 passed, 2 deselected, 1 warning, 2 errors in 0.10s ===", (5, 2, 0)),
        ("============ no tests ran in 0.01s ============", (0, 0, 0)),
        ("1 passed in 0.00s", (1, 0, 0)),
        ("\x1b[32m== \x1b[1m3 passed\x1b[0m\x1b[32m in 0.20s\x1b[0m ==\x1b[0m", (3, 0, 0)),
        ("test result: ok. 7 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out", (7, 0, 1)),
        ("test result: FAILED. 7 passed; 2 failed; 0 ignored; 0 measured", (7, 2, 0)),
        ("      Tests  14 passed (14)", (14, 0, 0)),
        ("      Tests  1 failed | 14 passed | 2 skipped | 1 todo (18)", (14, 1, 3)),
        (" Test Files  3 passed (3)", (0, 0, 0)),
        ("5 passed in review, 3 failed in spirit", (0, 0, 0)),
        ("tests/dev/test_counts.py::test_one PASSED", (0, 0, 0)),
    ],
)
def test_closing_line_is_counted(line: str, expected: tuple[int, int, int]) -> None:
    assert count(line) == Counts(*expected)


def test_runners_are_summed() -> None:
    tally = Tally()
    for line in (
        "=== 12 passed, 1 skipped in 0.34s ===",
        "test result: ok. 7 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        "      Tests  14 passed (14)",
    ):
        tally.add(line)
    assert str(tally.counts) == "33 passed, 0 failed, 1 skipped"
    assert len(tally.closing) == 3


def test_sum_without_skipped_has_two_numbers() -> None:
    assert str(Counts(3, 1)) == "3 passed, 1 failed"


def test_a_test_that_needed_a_second_run_is_told() -> None:
    counts = count("==== 7 passed, 1 skipped, 2 rerun in 9.10s ====")
    assert counts == Counts(7, 0, 1, again=2)
    assert str(counts) == "7 passed, 0 failed, 1 skipped, 2 run again"


def test_checker_that_fails_without_counts_is_one_failure() -> None:
    assert count(
        "nox > python -m ruff check python",
        "Found 5 errors.",
        "nox > Command python -m ruff check python failed with exit code 1",
    ) == Counts(0, 1, 0)


def test_runner_that_counted_its_failures_is_not_counted_twice() -> None:
    assert count(
        "=== 2 failed, 3 passed in 0.34s ===",
        "nox > Command python -m pytest python/tests failed with exit code 1",
        "nox > Command npm run lint failed with exit code 1",
    ) == Counts(3, 3, 0)


def test_test_file_that_does_not_load_is_a_failure() -> None:
    assert count(
        " Test Files  2 failed | 1 passed (3)",
        "      Tests  4 passed (4)",
        "nox > Command npm test failed with exit code 1",
    ) == Counts(4, 2, 0)


def test_check_left_out_is_counted_as_skipped() -> None:
    assert count("nox > Skipped: clippy is not installed") == Counts(0, 0, 1)
    assert count("Skipped: Rust has no standard library for it here") == Counts(0, 0, 1)
