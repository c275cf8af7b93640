"""Runs a command on a terminal of its own, presses Ctrl-C once it says "ready", and prints what its program counted."""

import os
import pty
import signal
import sys

pid, terminal = pty.fork()
if pid == 0:
    os.execv(sys.argv[1], sys.argv[1:])

seen = b""


def wait_for(text):
    global seen
    while text not in seen:
        try:
            seen += os.read(terminal, 4096)
        except OSError:
            sys.exit(f"ended before it said {text!r}: {seen!r}")


wait_for(b"ready\r\n")
os.write(terminal, b"\x03")
wait_for(b"got SIGINT\r\n")
# To the runner alone: it has to pass this one on. A second SIGINT would have been sent before it.
os.kill(pid, signal.SIGUSR2)
wait_for(b"SIGUSR2\r\n")
_, status = os.waitpid(pid, 0)
counted = seen.decode().split("got SIGINT\r\n")[-1].strip()
print(f"{counted} status {os.waitstatus_to_exitcode(status)}")
