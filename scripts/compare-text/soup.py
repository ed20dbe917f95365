"""Prints the text of an HTML file by BeautifulSoup, without scripts, styles, navigation and footers."""

import sys

from bs4 import BeautifulSoup

with open(sys.argv[1], "rb") as file:
    soup = BeautifulSoup(file.read(), "html.parser")
for element in soup(["script", "style", "noscript", "template", "nav", "footer"]):
    element.decompose()
print(soup.get_text("\n"))
