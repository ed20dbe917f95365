"""Prints the text of an HWP or HWPX file by unhwp."""

import sys

import unhwp

print(unhwp.extract_text(sys.argv[1]))
