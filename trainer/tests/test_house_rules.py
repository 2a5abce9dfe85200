"""Rules of the source tree: imports go one way, functions stay short, no module repeats the name of its package."""

import ast
from pathlib import Path

from importlinter.cli import lint_imports

from workspace import REPOSITORY

TRAINER = REPOSITORY / "trainer"
PACKAGE = TRAINER / "src" / "fitxa_trainer"
MODULES = sorted(PACKAGE.rglob("*.py"))
#: Longest function, in lines.
LONGEST = 80
#: Modules that hold the one thing that their package is named after.
NAMESAKES = {"bundles/bundle.py", "commands/command.py", "tasks/task.py"}


def test_imports_keep_the_rules() -> None:
    assert lint_imports(config_filename=str(TRAINER / "pyproject.toml"), no_cache=True, no_logo=True) == 0


def test_imports_against_the_rules_are_found(tmp_path: Path) -> None:
    """Three of the layers upside down: proves that the linter reads this package."""
    rules = tmp_path / "rules.ini"
    rules.write_text(
        "[importlinter]\nroot_package = fitxa_trainer\n"
        "[importlinter:contract:upside-down]\nname = Upside down\ntype = layers\n"
        "layers =\n  fitxa_trainer.errors\n  fitxa_trainer.dataset\n  fitxa_trainer.bundles\n",
        encoding="utf-8",
    )
    assert lint_imports(config_filename=str(rules), no_cache=True, no_logo=True) == 1


def test_functions_stay_short() -> None:
    too_long = [
        f"{path.relative_to(PACKAGE)}: {node.name}"
        for path in MODULES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= LONGEST
    ]
    assert too_long == []


def test_no_module_repeats_the_name_of_its_package() -> None:
    """`cards/card_facts.py` would say "card" twice; the package's name in the singular is what counts."""
    inside = [path.relative_to(PACKAGE) for path in MODULES if path.parent != PACKAGE]
    stutter = {path.as_posix() for path in inside if path.stem.startswith(path.parent.name.removesuffix("s"))}
    assert stutter == NAMESAKES
