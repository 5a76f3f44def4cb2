"""What is measured of a process: on real ones, small ones."""

import subprocess
import sys

import pytest

from evaluation.processes import forget, occupied, run, talking

ECHO = "import sys, json\nfor line in sys.stdin: print(line.strip(), flush=True)"
HOLDING = "import time; held = bytearray(60_000_000); time.sleep(0.4); print(len(held))"


def test_run():
    """A command's memory and what it printed are known when it has ended."""
    ran = run([sys.executable, "-c", HOLDING])
    assert "60000000\n" == ran.printed
    assert 57 < ran.peak < 120
    assert ran.seconds >= 0.4


def test_children_count():
    """What a child holds is its parent's memory too."""
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {HOLDING!r}], check=True)"
    ran = run([sys.executable, "-c", child])
    assert 57 < ran.peak < 140


def test_worked():
    """What processors spent counts children, and not what is slept; a dialogue's is told while it runs."""
    spin = "import time; end = time.process_time() + 0.3\nwhile time.process_time() < end: pass"
    child = f"import subprocess, sys, time; subprocess.run([sys.executable, '-c', {spin!r}]); time.sleep(0.5)"
    ran = run([sys.executable, "-c", child])
    assert 0.3 <= ran.worked < ran.seconds - 0.4
    with talking([sys.executable, "-c", spin + "\nimport json; print('{}')\ninput()"]) as dialogue:
        dialogue.hear()
        assert dialogue.worked() >= 250


def test_more_than_a_pipe_holds():
    """A command may print as much as it likes."""
    assert 1_000_001 == len(run([sys.executable, "-c", "print('x' * 1_000_000)"]).printed)


def test_failing_command():
    """A command that fails is an error, not a figure."""
    with pytest.raises(subprocess.CalledProcessError):
        run([sys.executable, "-c", "raise SystemExit(3)"])


def test_talking():
    """Each line gets its reply, and its time; memory is that of the process, its own a part of it."""
    with talking([sys.executable, "-c", ECHO]) as echo:
        for number in range(3):
            reply, took = echo.ask({"number": number})
            assert {"number": number} == reply
            assert took > 0
        memory = echo.memory()
        assert 1 < memory.own < memory.resident < 100


def test_ended():
    """A command that has ended says nothing more."""
    with talking([sys.executable, "-c", "pass"]) as silent, pytest.raises(EOFError):
        silent.hear()


def test_occupied(tmp_path):
    """Files take whole blocks, those in folders too."""
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "large").write_bytes(b"x" * 100_000)
    (tmp_path / "small").write_bytes(b"x")
    assert 100_000 < occupied(tmp_path) < 200_000


def test_forget(tmp_path):
    """What is dropped from the kernel's cache is still there to be read."""
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    forget(tmp_path)
    assert b"x" * 100_000 == (tmp_path / "file").read_bytes()
