"""What the table of the benchmark may claim."""

import io
from pathlib import Path

from rich.console import Console

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


def test_a_row_with_other_scores_has_no_ratio(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    import compare

    shown = Console(record=True, width=200, file=io.StringIO())
    monkeypatch.setattr(compare, "console", shown)
    same, other = {("scale", "ada"): 8.0}, {("scale", "ada"): 6.0}
    measured = compare.Measured(2.0, 2.0, 0.1, 2**20, same)
    slow = compare.Measured(6.0, 4.0, 0.3, 2**20, same)
    wrong = compare.Measured(1.0, 1.0, 0.1, 2**20, other)
    compare.show({compare.OURS.format(2): [measured], "slow": [slow], "wrong": [wrong]}, 1)
    text = shown.export_text()
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines()]
    cells = {row[0]: row[5:] for row in rows if row}
    assert cells["slow"] == ["3.0", "2.0", "0"]
    assert cells["wrong"] == ["-", "-", "1"]
    assert "wrong: no ratio, since it does not do the same" in text
    assert "scale ada: 6.0, not 8.0" in text
