#!/usr/bin/env python3
"""The little of curl that the docs use, for machines without it: -s, -i, -H, -d, -X and a URL."""

import argparse
import sys
import urllib.error
import urllib.request

parser = argparse.ArgumentParser(allow_abbrev=False)
parser.add_argument("url")
parser.add_argument("-s", action="store_true")
parser.add_argument("-i", action="store_true")
parser.add_argument("-H", action="append", default=[])
parser.add_argument("-d", type=str.encode)
parser.add_argument("-X")
asked = parser.parse_args()

headers = dict(header.split(": ", 1) for header in asked.H)
request = urllib.request.Request(asked.url, asked.d, headers, method=asked.X)
try:
    with urllib.request.urlopen(request) as answer:
        if asked.i:
            sys.stdout.write(f"{answer.headers}")
        sys.stdout.write(answer.read().decode())
except urllib.error.HTTPError as refusal:
    sys.stdout.write(refusal.read().decode())
