"""The bench: its figures come from real processes, few here."""

from evaluation import bench


def test_figures(capsys):
    """Every figure is measured, and printed on a line with its name."""
    bench.main(runs=1, rounds=1, settled=0.5)
    lines = [line.rsplit(maxsplit=1) for line in capsys.readouterr().out.splitlines()]
    expected = [
        "warm start to the first answer, s",
        "an answer, median ms",
        "an answer, 99th percentile ms",
        "resident memory after 64 answers, MB",
        "resident memory of the polling bot, MB",
    ]
    assert expected == [name for name, _ in lines]
    start, median, slow, answering, polling = (float(figure) for _, figure in lines)
    assert start > 0
    assert slow >= median > 0
    assert 10 < answering < 1000
    assert 1 < polling < 1000
