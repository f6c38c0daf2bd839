"""Small files: a file that grows past its cap is a floor plan that needs another look."""

from statistics import median, quantiles

import pytest

from tests.architecture.source import ROOT, python_files

MEDIAN, NINE_IN_TEN, CAP = 90, 200, 300  # lines


def _lengths(*folders: str) -> dict[str, int]:
    lengths = {
        str(path.relative_to(ROOT)): len(path.read_text().splitlines()) for path in python_files(*folders)
    }
    return {name: lines for name, lines in lengths.items() if lines}


@pytest.mark.parametrize("folders", [("chaos", "gameday", "deploy"), ("tests",)], ids=["source", "tests"])
def test_files_are_small(folders: tuple[str, ...]) -> None:
    lengths = _lengths(*folders)
    too_long = {name: lines for name, lines in lengths.items() if lines > CAP}
    assert too_long == {}, f"longer than {CAP} lines"
    assert median(lengths.values()) <= MEDIAN
    assert quantiles(lengths.values(), n=10)[-1] <= NINE_IN_TEN
