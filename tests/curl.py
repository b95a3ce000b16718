#!/usr/bin/env python3
"""A replacement of curl with the options that the docs use: -s, -i, -H, -d, -X and a URL."""

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
options = parser.parse_args()

headers = dict(header.split(": ", 1) for header in options.H)
request = urllib.request.Request(options.url, options.d, headers, method=options.X)
try:
    with urllib.request.urlopen(request) as response:
        if options.i:
            sys.stdout.write(f"{response.headers}")
        sys.stdout.write(response.read().decode())
except urllib.error.HTTPError as error:
    sys.stdout.write(error.read().decode())
