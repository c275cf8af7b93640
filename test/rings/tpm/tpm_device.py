"""A character device in front of swtpm, as the kernel's driver makes one: a write is a command, a read its response.

tpm_device.py LINK PORT WAY: LINK leads to the device until this program ends. The connection to swtpm, which serves one at a
time, is made "for-each-command", or "held": as near as a program comes to a driver. "silent-after-signature": as the first, until it has
signed once.
"""
import os
import pty
import socket
import sys
import tty

TPM2_SIGN = 0x15D

link, port, way = sys.argv[1], int(sys.argv[2]), sys.argv[3]
held = socket.create_connection(("127.0.0.1", port)) if way == "held" else None
ours, theirs = pty.openpty()
tty.setraw(ours)
tty.setraw(theirs)
os.symlink(os.ttyname(theirs), link)


def whole(receive):
    """One message: its size is in the bytes 2 to 6 of its header."""
    data = b""
    while len(data) < 10 or len(data) < int.from_bytes(data[2:6], "big"):
        part = receive(4096)
        if not part:
            raise EOFError
        data += part
    return data


def answer(chip, command):
    chip.sendall(command)
    os.write(ours, whole(chip.recv))


while True:
    command = whole(lambda size: os.read(ours, size))
    if held is not None:
        answer(held, command)
        continue
    with socket.create_connection(("127.0.0.1", port)) as chip:
        answer(chip, command)
    while way == "silent-after-signature" and int.from_bytes(command[6:10], "big") == TPM2_SIGN:
        os.read(ours, 4096)
