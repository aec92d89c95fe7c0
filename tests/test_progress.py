"""Progress on a page: a count, what is left, what is being done; a line now and then in a log."""

from pathmtl import progress as module
from pathmtl.progress import Progress, announce, duration_text


def test_a_line_says_how_far_and_what_is_being_done():
    progress = Progress("reading", 3, unit="document", visible=False)
    assert progress._line() == "reading: 0 of 3 documents"
    progress.step()
    progress.note("OCR of page 2 of 5")
    line = progress._line()
    assert line.startswith("reading: 1 of 3 documents, about ") and line.endswith(" s left (OCR of page 2 of 5)")
    progress.step(2)
    assert progress._line().startswith("reading: 3 documents in ")


def test_a_duration_is_written_in_one_unit():
    assert [duration_text(s) for s in (0.4, 95, 300, 9000, 7.2e6)] == ["0 s", "95 s", "5 min", "2.5 h", "2,000.0 h"]


def test_tqdms_own_switch_silences_announcements_too(capfd, monkeypatch):
    monkeypatch.setenv("TQDM_DISABLE", "1")
    announce("1,000 documents: 3 h")
    assert capfd.readouterr() == ("", "")
    monkeypatch.setenv("TQDM_DISABLE", "0")
    announce("1,000 documents: 3 h")
    assert "3 h" in capfd.readouterr().err


def test_a_pipe_sees_announcements_and_no_bar(capfd):
    with Progress("reading", 2, visible=True) as progress:
        progress.note("page 1 of 2")
        progress.step(2)
    announce("1,000 documents: 3 h")
    assert capfd.readouterr() == ("", "1,000 documents: 3 h\n")


def test_a_log_gets_a_line_now_and_then(capfd, monkeypatch):
    clock = [0.0]
    monkeypatch.setattr(module.time, "monotonic", lambda: clock[0])
    with Progress("training", 100) as progress:
        for _ in range(100):
            clock[0] += 0.7
            progress.step()
    lines = capfd.readouterr().err.splitlines()
    assert lines == ["training: 43 of 100 steps, about 40 s left", "training: 86 of 100 steps, about 10 s left"]
