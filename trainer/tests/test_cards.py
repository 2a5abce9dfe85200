"""Cards in two languages: the same figures and sections, each in words of its own, written from the bundle's files."""

import json
import re
import shutil
from pathlib import Path
from string import Template

import pytest

from fitxa_trainer.bundles.bundle import MANIFEST, Bundle, open_bundle
from fitxa_trainer.bundles.cards.files import FACTS, card_file, plot_file, rewrite_cards
from fitxa_trainer.bundles.cards.language import LANGUAGES, card_language
from fitxa_trainer.bundles.cards.page import render_card
from fitxa_trainer.bundles.from_runs import ExportChoices, export_runs
from fitxa_trainer.cli import main
from fitxa_trainer.errors import InputError
from fitxa_trainer.progress import Progress
from workspace import REPOSITORY, Workspace

STARTER = REPOSITORY / "resources" / "models" / "starter"


@pytest.fixture(params=["starter", "exported"])
def folder(request: pytest.FixtureRequest) -> Path:
    if request.param == "starter":
        return STARTER
    found: Bundle = request.getfixturevalue("bundle")
    return found.folder


def _card(folder: Path, language: str) -> str:
    return (folder / card_file(language)).read_text(encoding="utf-8")


def _numbers(text: str) -> list[str]:
    return sorted(number.replace(",", ".") for number in re.findall(r"\d+(?:[.,]\d+)*", text))


def _literals(text: str) -> list[str]:
    """What a phrase says around the places where something is put in, in pieces of two words or more."""
    pieces = re.split(Template.pattern, text)
    return [piece.strip() for piece in pieces if piece and len(re.findall(r"[^\W\d_]{2,}", piece)) >= 2]


def test_both_languages_have_the_same_phrases_with_the_same_places() -> None:
    english, catalan = (card_language(code) for code in ("en", "ca"))
    assert english.phrases.keys() == catalan.phrases.keys()
    for key, phrase in {**english.phrases, "page": english.page}.items():
        other = catalan.page if key == "page" else catalan.phrases[key]
        assert sorted(Template(other).get_identifiers()) == sorted(Template(phrase).get_identifiers()), key


def test_both_cards_tell_the_same_figures_in_the_same_sections(folder: Path) -> None:
    english, catalan = (_card(folder, code) for code in ("en", "ca"))
    assert len(_numbers(english)) > 100
    assert _numbers(catalan) == _numbers(english)
    for mark in (r"^#+ ", r"^\|", r"^- "):
        counts = [len(re.findall(mark, text, re.MULTILINE)) for text in (english, catalan)]
        assert counts[0] == counts[1] > 0


def test_no_english_is_left_in_the_catalan_card(folder: Path) -> None:
    english, catalan = (card_language(code) for code in ("en", "ca"))
    card = " ".join(_card(folder, "ca").split())
    phrases = [phrase for key, phrase in english.phrases.items() if phrase != catalan.phrases[key]]
    pieces = [piece for text in (*phrases, *english.page.split("\n\n")) for piece in _literals(text)]
    assert len(pieces) > 50
    found = [piece for piece in pieces if re.search(rf"(?<!\w){re.escape(' '.join(piece.split()))}(?!\w)", card)]
    assert found == []
    table = card.split("| R-Precision |", 1)[1].split("###", 1)[0]
    assert re.search(r"\d,\d{3}", table) and not re.search(r"\d\.\d{3}", table)


def test_each_card_shows_the_plot_with_labels_of_its_language(folder: Path) -> None:
    for code, label in (("en", "Object Types"), ("ca", "Tipus d'objecte")):
        assert f"]({plot_file(code)})" in _card(folder, code)
        assert f">{label}</text>" in (folder / plot_file(code)).read_text(encoding="utf-8")
    catalan = (folder / plot_file("ca")).read_text(encoding="utf-8")
    for word in ("Inner test", "stated", "observed", ">0.2<"):
        assert word not in catalan


def test_the_cards_are_what_the_files_of_the_bundle_give(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    facts = json.loads((folder / FACTS).read_text(encoding="utf-8"))
    for code in LANGUAGES:
        assert render_card(manifest, facts, plot_file(code), card_language(code)) == _card(folder, code)


def test_the_figures_of_the_starter_are_those_of_its_manifest() -> None:
    manifest = json.loads((STARTER / MANIFEST).read_text(encoding="utf-8"))
    facts = json.loads((STARTER / FACTS).read_text(encoding="utf-8"))
    for split, measured in (("inner", "test"), ("validation", "validation")):
        for facet, listed in manifest["metrics"][measured].items():
            row = facts["splits"][split]["facets"][facet]["ensemble"]
            assert row["images"] == listed["images"]
            assert row["rPrecision"] == pytest.approx(listed["rPrecision"], abs=6e-4)
            assert row["avgRankPos"] == pytest.approx(listed["avgRankPos"], abs=6e-3)


def test_cards_are_rewritten_and_pinned(bundle: Bundle, tmp_path: Path) -> None:
    folder = tmp_path / "bundle"
    shutil.copytree(bundle.folder, folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    manifest["title"]["ca"] = "Un altre nom"
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert main(["card", "--bundle", str(folder)]) == 0
    assert _card(folder, "ca").startswith("# Un altre nom (")
    assert _card(folder, "en") == _card(bundle.folder, "en")
    files = open_bundle(folder).manifest["files"]
    changed = {name for name, entry in files.items() if entry != bundle.manifest["files"][name]}
    assert changed == {"card.ca.md"}


def test_an_older_bundle_stays_valid_but_has_nothing_to_write_cards_from(bundle: Bundle, tmp_path: Path) -> None:
    folder = tmp_path / "older"
    shutil.copytree(bundle.folder, folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    for name in (FACTS, card_file("ca"), plot_file("ca")):
        (folder / name).unlink()
        del manifest["files"][name]
    (folder / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
    assert open_bundle(folder).name == bundle.name
    with pytest.raises(InputError, match=r"has no card\.json"):
        rewrite_cards(folder)


def test_weaknesses_are_given_in_both_languages(workspace: Workspace, tmp_path: Path) -> None:
    text = tmp_path / "weaknesses.md"
    text.write_text("- Un.", encoding="utf-8")
    with pytest.raises(InputError, match="--weaknesses-en"):
        export_runs(
            [workspace.run],
            None,
            workspace.examples,
            tmp_path / "out",
            ExportChoices(weaknesses_ca=text),
            Progress(),
        )
