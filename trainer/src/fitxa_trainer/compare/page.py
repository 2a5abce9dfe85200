"""The page docs/results/README.md: text by hand, and between markers the tables and plots that are made by command.

A block is `<!-- begin NAME -->` … `<!-- end NAME -->`. Regenerating the page replaces only what is between the markers;
a missing block is added at the end, under a heading.
"""

from collections.abc import Mapping
from pathlib import Path

_START = """\
# Results

"""


def update_page(path: Path, blocks: Mapping[str, tuple[str, str]]) -> None:
    """Put the `blocks` (heading and content by name) into the page at `path`, which is made when it is not there."""
    text = path.read_text(encoding="utf-8") if path.exists() else _START
    for name, (heading, content) in blocks.items():
        begin, end = f"<!-- begin {name} -->", f"<!-- end {name} -->"
        block = f"{begin}\n\n{content.strip()}\n\n{end}"
        before, found, rest = text.partition(begin)
        if found:
            _, _, after = rest.partition(end)
            text = before + block + after
        else:
            text = f"{text.rstrip()}\n\n## {heading}\n\n{block}\n"
    path.write_text(text, encoding="utf-8")
