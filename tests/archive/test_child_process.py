"""A process that must not survive its parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from functools import partial
from pathlib import Path

import psutil

from archive.child_process import end_with_parent

PARENT = """
import os, signal, subprocess
from functools import partial
from archive.child_process import end_with_parent
child = subprocess.Popen(
    ["sleep", "60"], preexec_fn=partial(end_with_parent, os.getpid(), signal.SIGTERM)
)
print(child.pid, flush=True)
child.wait()
"""


def test_a_process_receives_its_signal_when_its_parent_is_killed():
    root = Path(__file__).parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=root, stdout=subprocess.PIPE
    ) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        parent.kill()

    psutil.wait_procs([child], timeout=10)

    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


def test_a_process_whose_parent_has_already_ended_exits_with_1():
    another = os.getpid() + 1
    prepare = partial(end_with_parent, another, signal.SIGTERM)

    ended = subprocess.run(["true"], preexec_fn=prepare, check=False)

    assert ended.returncode == 1
