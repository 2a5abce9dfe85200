"""JSON files as this package writes them."""

import json
from pathlib import Path


def write_json(path: Path, value: object) -> None:
    """Write `value` as indented UTF-8 with a final line end; NaN is refused, as JSON has none."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")
