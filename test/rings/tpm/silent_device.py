"""A character device that takes commands and never answers. silent_device.py LINK"""
import os
import pty
import sys
import tty

ours, theirs = pty.openpty()
tty.setraw(ours)
tty.setraw(theirs)
os.symlink(os.ttyname(theirs), sys.argv[1])
while True:
    os.read(ours, 4096)
