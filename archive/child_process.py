"""Tie the life of a process to the life of its parent."""

from __future__ import annotations

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1
"""The option of prctl(2) that names the signal; from <linux/prctl.h>."""


def end_with_parent(parent: int, signal_number: signal.Signals) -> None:
    """Have this process receive *signal_number* when its parent ends, even by ``kill -9``.

    *parent* is the process id of the parent. If the parent has already ended, this process exits
    with status 1. Only Linux can do this; on other systems the function does nothing.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal_number)
    if os.getppid() != parent:  # the parent ended before the call above
        os._exit(1)
