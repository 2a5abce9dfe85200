"""Everything that `compare` writes: CSV files, plots, the pictures' page and the blocks of README.md."""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from fitxa_trainer.compare import plots
from fitxa_trainer.compare.calibrated import STUDIED, calibration_table
from fitxa_trainer.compare.methods import Method, find_methods
from fitxa_trainer.compare.page import update_page
from fitxa_trainer.compare.paper_tables import (
    labelled_facets,
    measure_all,
    table_of_facets,
    table_of_means,
    table_of_providers,
)
from fitxa_trainer.compare.pictures import Pictures, load_pictures
from fitxa_trainer.compare.qualitative import write_qualitative
from fitxa_trainer.compare.runs import load_runs
from fitxa_trainer.compare.safe import safe_tables
from fitxa_trainer.compare.tables import NAMES, SPLITS, Table
from fitxa_trainer.compare.tree_rules import tree_table
from fitxa_trainer.compare.trunks import effort_table, trunk_table
from fitxa_trainer.compare.unseen import METHOD, cost_table, term_table, unseen_table
from fitxa_trainer.compare.watched import watched_tables
from fitxa_trainer.compare.weights import WeightStudy, learned_table, provider_table, weighting_table
from fitxa_trainer.dataset.labels import load_labels
from fitxa_trainer.ensembles.metrics import PictureMetrics
from fitxa_trainer.progress import Progress

#: Ensembles of study (a), or those of two members if there are no others; the last one that there is is looked at in
#: studies (b) to (d), as one trunk is what ships.
_ENSEMBLES, _PAIRS = ("ml+s+clip", "shared-3"), ("ml+s", "shared")

Blocks = dict[str, tuple[str, str]]
_Block = Callable[..., None]
_Results = Callable[[str, str], list[PictureMetrics]]


def write_report(runs_folder: Path, data: Path, out: Path, progress: Progress) -> list[str]:
    """Write all results of the runs under `runs_folder` to `out`; returns the names of the files' stems.

    Raises InputError when there are no runs, or when they do not fit together or the data.
    """
    runs = load_runs(runs_folder)
    pictures = load_pictures(data, runs.reference().path / "split.csv")
    methods = find_methods(runs)
    out.mkdir(parents=True, exist_ok=True)
    blocks: Blocks = {}
    written: list[str] = []

    def block(
        name: str,
        heading: str,
        tables: Sequence[Table],
        *images: tuple[str, str],
        text: str = "",
        shown: Sequence[Table] | None = None,
    ) -> None:
        """A block of the page: text, images, and the tables, or those of `shown` where they say less than the files."""
        for table in tables:
            table.write_csv(out)
            written.append(table.name)
        parts = [text, *(f"![{alt}]({file})" for alt, file in images)]
        parts += [table.markdown() for table in (tables if shown is None else shown)]
        parts.append("Files: " + ", ".join(f"[{table.name}.csv]({table.name}.csv)" for table in tables) + ".")
        blocks[name] = (heading, "\n\n".join(part for part in parts if part))

    progress.stage("tables", "the paper's tables")
    _paper_blocks(pictures, methods, out, block)
    names = [name for name in _ENSEMBLES if name in methods] or [name for name in _PAIRS if name in methods]
    studies = [WeightStudy(pictures, runs, methods[name]) for name in names]
    if studies:
        progress.stage("ensembles", "studies (a) to (d): weights, tree, calibration, safe level")
        _ensemble_blocks(pictures, studies, out, block)
        _write_pictures(studies[-1], pictures, out)
    if "shared" in methods and "ml+s" in methods:
        progress.stage("trunks", "study (e): one trunk")
        block("trunks", "One trunk or several", [trunk_table(pictures, methods), effort_table(methods)])
    if unseen := runs.method(METHOD):
        progress.stage("unseen", "study (f): terms never seen")
        found = unseen_table(pictures, unseen)
        plots.plot_unseen(found, out / "unseen.svg")
        tables = [found, cost_table(pictures, unseen), term_table(pictures, unseen)]
        block("unseen", "Terms that the model has never seen", tables, ("Acc@10 by accepted objects", "unseen.svg"))
    update_page(out / "README.md", blocks)
    return written


def _paper_blocks(pictures: Pictures, methods: Mapping[str, Method], out: Path, block: _Block) -> None:
    results = {split: measure_all(pictures, methods, split) for split in SPLITS}
    means = table_of_means(methods, results)
    plots.plot_methods(means, out / "methods.svg")
    notes = []
    for split, title in SPLITS.items():
        counted = labelled_facets(results[split])
        missing = [name for facet, name in NAMES.items() if facet not in counted]
        counts = ", ".join(f"{NAMES[facet]} {count}" for facet, count in counted.items())
        left = f"; no labels in {', '.join(missing)}, which the mean leaves out" if missing else ""
        notes.append(f"Labelled pictures, {title} test: {counts or 'none'}{left}.")
    own = [column for column in means.columns if column not in ("method", "seeds")]
    halves = [means.part(["method", *(column for column in own if title in column)]) for title in SPLITS.values()]
    image = ("R-Precision of every method", "methods.svg")
    block("table1", "Table 1: means over facets", [means], image, text=" ".join(notes), shown=halves)
    by_provider = table_of_providers("table3-by-provider", pictures, methods, "outer")
    for name, split, more in (("table2", "inner", []), ("table3", "outer", [by_provider])):
        tables = [table_of_facets(name, methods, results[split], split), *more]
        block(name, f"Table {name[-1]}: {SPLITS[split]} test by facet", tables)


def _ensemble_blocks(pictures: Pictures, studies: Sequence[WeightStudy], out: Path, block: _Block) -> None:
    study = studies[-1]
    method = study.method
    gains = weighting_table(studies)
    plots.plot_gains(gains, method.label, out / "weights.svg")
    members = [part.member for part in next(iter(method.rankings.values())).parts]
    names = [*members, "equal", "tree", STUDIED, "tree, gate (distance)"]
    by_provider = provider_table(pictures, method, {name: _results(study, name) for name in names})
    learned = learned_table(studies)
    block(
        "weights",
        "Ensemble weights",
        [gains, learned, by_provider],
        ("Gains over equal weights", "weights.svg"),
        shown=[*(table.part(table.columns[1:], ensemble=method.label) for table in (gains, learned)), by_provider],
    )
    block("tree", "Scores that follow the tree", [tree_table(pictures, study.runs, method)])
    errors, diagrams = calibration_table(study)
    plots.plot_reliability(diagrams, out / "calibration.svg")
    watched = watched_tables(study)
    image = ("Stated against observed probability", "calibration.svg")
    block("calibration", "Calibration", [errors, watched.calibration, watched.prior], image)
    block("safe", "The safe level", safe_tables(study))
    main_facet = NAMES["objectTypes"]
    block(
        "watched",
        "The safe level after a source's first decisions",
        [watched.safe, watched.providers],
        shown=[
            watched.safe.part(watched.safe.columns, facet=main_facet),
            watched.safe.part(watched.safe.columns, policy="watched"),
            watched.providers.part(watched.providers.columns, facet=main_facet),
        ],
    )


def _results(study: WeightStudy, name: str) -> _Results:
    return lambda split, facet: study.results(split, facet, name)


def _write_pictures(study: WeightStudy, pictures: Pictures, out: Path) -> None:
    seed, ranking = next(iter(study.method.rankings.items()))
    scores = {(split, facet): study.scores(seed, split, facet, STUDIED) for split in SPLITS for facet in ranking.facets}
    title = f"{study.method.label}, weighting “{STUDIED}”, seed {seed}."
    write_qualitative(out, pictures, ranking, scores, load_labels(), title)
