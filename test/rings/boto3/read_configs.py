"""Reads AWS config files with the real botocore: a JSON list of texts on stdin, a JSON list of results on stdout."""

import json
import sys
import tempfile

import botocore.configloader
import botocore.exceptions


def read(text):
    with tempfile.NamedTemporaryFile("wb", suffix=".ini") as file:
        file.write(text.encode("utf-8"))
        file.flush()
        try:
            raw = botocore.configloader.raw_config_parse(file.name, parse_subsections=False)
        except botocore.exceptions.ConfigParseError:
            return None
        return {"sections": raw, "profiles": sorted(botocore.configloader.build_profile_map(raw)["profiles"])}


json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)
