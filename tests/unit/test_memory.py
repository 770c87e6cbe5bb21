import os
import subprocess
import sys

from workers.memory import resident_bytes

MEGABYTE = 2**20


def test_the_memory_of_a_process_is_told_in_bytes():
    held = resident_bytes({3: os.getpid()})

    assert 5 * MEGABYTE < held[3] < 2000 * MEGABYTE


def test_a_process_that_is_no_more_is_left_out():
    ended = subprocess.Popen([sys.executable, "-c", ""])
    ended.wait()

    assert resident_bytes({0: ended.pid}) == {}
