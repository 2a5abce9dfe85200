"""Run files: what a bundle says about pictures, as Parquet. The application reads them with `fitxa bring-in`.

One row per picture: `key`, `sha256` of the file's bytes, `problem` (why there are no suggestions), a column for every
facet with its best terms in order, and `embedding` where an encoder was given. A suggestion has the fields `term`,
`score` of the ensemble, calibrated `probability`, and `members` with the probability that each member gives. The
metadata `fitxa.run` is JSON: see `RunInfo`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from fitxa_trainer.bundles.bundle import Bundle, MemberOutputs
from fitxa_trainer.ensembles.metrics import top_terms
from fitxa_trainer.predicting.pictures import Part

FORMAT = 1
#: Maximum number of terms per facet in a row.
KEPT = 50
_RUN, _PART = b"fitxa.run", b"fitxa.part"


@dataclass(frozen=True)
class RunInfo:
    """What made a run file. `bundle` has id, version and the SHA-256 of its manifest; `device` is cpu or cuda."""

    bundle: Mapping[str, str]
    device: str
    trainer: str
    embeddings: str | None
    format: int = FORMAT


@dataclass(frozen=True)
class PartRows:
    """The results for a part: `outputs` and `embeddings` of the pictures without a problem, in their order."""

    sha256: Sequence[str | None]
    problems: Sequence[str | None]
    outputs: MemberOutputs
    embeddings: NDArray[np.float32] | None


def pictures_digest(part: Part) -> str:
    """Tells whether a part's pictures are still those of an earlier run: keys and, within shards, places."""
    lines = [f"{picture.key}\t{picture.offset}\t{picture.size}" for picture in part.pictures]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def is_written(file: Path, part: Part, info: RunInfo) -> bool:
    """Whether `file` holds the rows of `part` from the bundle of `info`, on any device."""
    try:
        metadata = pq.read_metadata(file).metadata or {}
        known = json.loads(metadata[_RUN])
    except (OSError, KeyError, ValueError):
        return False
    wanted = asdict(info)
    same = all(known.get(key) == value for key, value in wanted.items() if key not in ("device", "trainer"))
    return same and metadata.get(_PART) == pictures_digest(part).encode()


def write_part(file: Path, part: Part, rows: PartRows, bundle: Bundle, info: RunInfo) -> None:
    """Write the rows of `part` to `file`, atomically."""
    columns: dict[str, Any] = {
        "key": pa.array([picture.key for picture in part.pictures], pa.string()),
        "sha256": pa.array(rows.sha256, pa.string()),
        "problem": pa.array(rows.problems, pa.string()),
    }
    refused = np.array([problem is not None for problem in rows.problems])
    for facet in bundle.terms:
        columns[facet] = _listed(_suggestions(bundle, rows.outputs, facet), refused)
    if rows.embeddings is not None:
        columns["embedding"] = _listed(pa.array(rows.embeddings.ravel()), refused)
    metadata = {_RUN: json.dumps(asdict(info), ensure_ascii=False), _PART: pictures_digest(part)}
    partial = file.with_suffix(".partial")
    pq.write_table(pa.table(columns).replace_schema_metadata(metadata), partial, compression="snappy")
    partial.replace(file)


def _suggestions(bundle: Bundle, outputs: MemberOutputs, facet: str) -> Any:
    """The concatenated suggestions of all pictures, the same number for each, as an array of structs."""
    terms = bundle.terms[facet]
    scores = bundle.ensemble(outputs)[facet]
    best = top_terms(scores, KEPT)
    at = np.take_along_axis(scores, best, axis=1).ravel()
    members = {
        name: pa.array(np.take_along_axis(facets[facet], best, axis=1).ravel().astype(np.float32))
        for name, facets in outputs.items()
        if facet in facets
    }
    fields = {
        "term": pa.array(terms, pa.string()).take(pa.array(best.ravel())),
        "score": pa.array(at.astype(np.float32)),
        "probability": pa.array(bundle.calibration(facet).apply(at).astype(np.float32)),
        "members": pa.StructArray.from_arrays(list(members.values()), list(members)),
    }
    return pa.StructArray.from_arrays(list(fields.values()), list(fields))


def _listed(values: Any, refused: NDArray[np.bool_]) -> Any:
    """`values`, the same number for every picture, as lists; null if a picture was refused."""
    known = int((~refused).sum())
    each = len(values) // known if known else 0
    offsets = np.concatenate([[0], np.cumsum(~refused) * each]).astype(np.int32)
    return pa.ListArray.from_arrays(pa.array(offsets), values, mask=pa.array(refused))
