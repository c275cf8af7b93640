"""Splits commands as botocore does on the platform that is named: a JSON list of texts on stdin, a JSON list of lists of words on stdout."""

import json
import sys

from botocore.compat import compat_shell_split

json.dump([compat_shell_split(text, sys.argv[1]) for text in json.load(sys.stdin)], sys.stdout)
