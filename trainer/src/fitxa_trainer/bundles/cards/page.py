"""A model card: what a bundle is, what it was made from, how good it is and if it fails, in one of two languages."""

from collections.abc import Mapping, Sequence
from string import Template
from typing import Any

from fitxa_trainer.bundles.cards.facts import CardFacts, Figures
from fitxa_trainer.bundles.cards.language import CardLanguage
from fitxa_trainer.bundles.cards.licences import licence_of
from fitxa_trainer.bundles.cards.weaknesses import weakness_items
from fitxa_trainer.bundles.evaluation import BASELINE, ENSEMBLE
from fitxa_trainer.dataset.attribution import UNNAMED, UNSTATED, Attribution

_KEEPERS_NAMED = 8
_PICTURES = ("train", "validation", "inner", "outer")


def render_card(manifest: Mapping[str, Any], facts: CardFacts, plot: str, language: CardLanguage) -> str:
    """The card as Markdown, from model.json and card.json; `plot` is the file of the calibration plot beside it."""
    counts = [
        language.say(f"count.{split}", n=facts["pictures"][split])
        for split in _PICTURES
        if facts["pictures"].get(split)
    ]
    licence = licence_of(
        [network["backbone"] for network in facts["networks"]],
        [network["text"] for network in facts["networks"]],
        language,
    )
    notes = facts["notes"].get(language.code, "")
    return Template(language.page).substitute(
        title=f"{manifest['title'][language.code]} ({manifest['id']} {manifest['version']})",
        facet_count=len(manifest["facets"]),
        networks=_networks(facts, language),
        trainer_version=manifest["trainerVersion"],
        created=manifest["created"],
        precision=manifest["precision"],
        counts=", ".join(counts),
        bits=facts["nearDuplicateBits"],
        onnx_difference=language.number(facts["onnxDifference"], ".0e"),
        tables="\n\n".join(_tables(manifest, facts, split, language) for split in facts["splits"]),
        plot=plot,
        calibration_table=_calibration_table(manifest, facts, language),
        consistency=language.say(f"consistency.{manifest['consistency']}"),
        weights_origin=language.say(_weights_origin(manifest, facts)),
        weights=_weights_list(manifest, language),
        precision_text=_precision_text(manifest, facts, language),
        vocabulary=_vocabulary_table(manifest, facts, language),
        weaknesses="\n".join([*weakness_items(facts["weaknesses"], language), notes]).strip(),
        effort=_effort_table(facts, language),
        self_test=manifest["selfTest"]["credit"],
        attributions=_attribution_table(manifest["data"]["attribution"], language),
        fingerprint=manifest["data"]["fingerprint"],
        licence=f"{licence['name']}. {licence['text']}",
    )


def _networks(facts: CardFacts, language: CardLanguage) -> str:
    texts = [
        language.say(
            "network.frozen" if network["frozen"] else "network.trained",
            backbone=network["backbone"],
            width=network["width"],
            height=network["height"],
            members=", ".join(language.task(member, member) for member in network["members"]),
            text="" if network["text"] == "none" else language.say("network.text", text=network["text"]),
        )
        for network in facts["networks"]
    ]
    return language.say("networks.one" if len(texts) == 1 else "networks.many", n=len(texts), list="; ".join(texts))


def _tables(manifest: Mapping[str, Any], facts: CardFacts, split: str, language: CardLanguage) -> str:
    name = language.split(split)
    name = f"{name[0].upper()}{name[1:]}"
    text = f"### {name}\n\n{_metrics_table(manifest, facts, split, language)}"
    if split == "validation":
        return text
    return (
        f"{text}\n\n### {language.say('byProvider', split=name)}\n\n"
        f"{_provider_table(facts['splits'][split]['providers'], language)}"
    )


def _metrics_table(manifest: Mapping[str, Any], facts: CardFacts, split: str, language: CardLanguage) -> str:
    found = facts["splits"][split]
    lines = [language.say("metrics.head"), "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: |"]
    labels = _labels(manifest, language)
    for facet, rows in found["facets"].items():
        for name, label in labels.items():
            if name in rows:
                ece = language.number(found["calibration"][facet]["ece"], ".3f") if name == ENSEMBLE else ""
                row = rows[name]
                lines.append(
                    f"| {language.facet(facet)} | {row['images']} | {label} | {_figures(row, language)} | {ece} |"
                )
    mean = language.say("metrics.mean")
    lines.extend(
        f"| {mean} | | {label} | {_figures(found['mean'][name], language)} | |"
        for name, label in labels.items()
        if name in found["mean"]
    )
    return "\n".join(lines)


def _labels(manifest: Mapping[str, Any], language: CardLanguage) -> dict[str, str]:
    """The rows of a metrics table by name: the ranking without a picture, the members, their ensemble."""
    members = {
        entry["name"]: language.task(entry["name"], f"{entry['name']} ({entry['task']})")
        for entry in manifest["members"]
    }
    return {BASELINE: language.say("metrics.frequency"), **members, ENSEMBLE: language.say("metrics.ensemble")}


def _figures(row: Figures, language: CardLanguage) -> str:
    shares = [language.number(value, ".3f") for value in (row["rPrecision"], row["accAt1"], row["accAt10"])]
    return " | ".join([*shares, language.number(row["avgRankPos"], ".2f")])


def _provider_table(providers: Mapping[str, Mapping[str, Figures]], language: CardLanguage) -> str:
    lines = [language.say("providers.head"), "| --- | --- | ---: | ---: | ---: | ---: | ---: |"]
    for facet, rows in providers.items():
        lines.extend(
            f"| {language.facet(facet)} | {provider or language.say('unnamed')} | {row['images']} | "
            f"{_figures(row, language)} |"
            for provider, row in rows.items()
        )
    return "\n".join(lines)


def _calibration_table(manifest: Mapping[str, Any], facts: CardFacts, language: CardLanguage) -> str:
    """ECE by facet and split, and how many suggestions it counts."""
    splits = facts["splits"]
    lines = [
        f"| {language.say('calibration.head')} | {' | '.join(language.split(split) for split in splits)} |",
        f"| --- |{' ---: |' * len(splits)}",
    ]
    for facet in manifest["facets"]:
        found = [split["calibration"].get(facet) for split in splits.values()]
        cells = [f"{language.number(cell['ece'], '.3f')} ({cell['suggestions']})" if cell else "" for cell in found]
        lines.append(f"| {language.facet(facet)} | {' | '.join(cells)} |")
    return "\n".join(lines)


def _weights_origin(manifest: Mapping[str, Any], facts: CardFacts) -> str:
    """The phrase that tells where the weights come from."""
    if "base" in manifest:
        return "weights.base"
    return "weights.ensemble" if facts["learnedElsewhere"] else "weights.validation"


def _weights_list(manifest: Mapping[str, Any], language: CardLanguage) -> str:
    lines = []
    for facet, entry in manifest["facets"].items():
        weights = entry["weights"]
        text = language.join([f"{member} {language.number(weight, '.3g')}" for member, weight in weights.items()])
        equal = max(weights.values()) - min(weights.values()) < 1e-6
        phrase = "weights.equal" if equal else "weights.learned"
        lines.append(language.say(phrase, facet=language.facet(facet), weights=text))
    return "\n".join(lines)


def _precision_text(manifest: Mapping[str, Any], facts: CardFacts, language: CardLanguage) -> str:
    text = language.say("precision", precision=manifest["precision"])
    if not facts["variants"]:
        return text
    splits = list(facts["splits"])
    heads = [
        language.say("precision.precision"),
        language.say("precision.bytes"),
        *(language.say("precision.loss", split=language.split(split)) for split in splits),
        language.say("precision.difference"),
    ]
    lines = [
        f"{text} {language.say('precision.compared')}",
        "",
        f"| {' | '.join(heads)} |",
        f"| --- | ---: |{' ---: |' * len(splits)} ---: |",
    ]
    for variant in facts["variants"]:
        losses = [_loss(variant["loss"].get(split), language) for split in splits]
        shipped = variant["precision"] == manifest["precision"]
        name = language.say("precision.shipped", precision=variant["precision"]) if shipped else variant["precision"]
        cells = [name, str(variant["bytes"]), *losses, language.number(variant["difference"], ".4f")]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def _loss(value: float | None, language: CardLanguage) -> str:
    return "" if value is None else language.number(value, ".4f")


def _vocabulary_table(manifest: Mapping[str, Any], facts: CardFacts, language: CardLanguage) -> str:
    lines = [language.say("vocabulary.head"), "| --- | ---: | --- |"]
    for facet, entry in manifest["facets"].items():
        dropped = facts["dropped"][facet]
        names = ", ".join(f"{_path(key)} ({count})" for key, count in dropped["named"].items())
        more = language.say("vocabulary.others", n=dropped["others"]) if dropped["others"] else ""
        shown = names or language.say("vocabulary.none")
        lines.append(f"| {language.facet(facet)} | {len(entry['terms'])} | {shown}{more} |")
    return "\n".join(lines)


def _path(key: str) -> str:
    return key.split("/", 1)[1].replace(" | ", " › ")


def _effort_table(facts: CardFacts, language: CardLanguage) -> str:
    lines = [language.say("effort.head"), "| --- | --- | ---: | ---: |"]
    gpu_hours = 0.0
    for network in facts["networks"]:
        energy = network["kilowattHours"]
        gpu_hours += network["hours"] * network["devices"] if network["onGpu"] else 0.0
        device = network["device"] if network["devices"] == 1 else f"{network['devices']} x {network['device']}"
        shown = (
            language.say("effort.unknown")
            if energy is None
            else language.say("effort.energy", n=language.number(energy, ".2f"))
        )
        lines.append(f"| {network['name']} | {device} | {language.number(network['hours'], '.2f')} | {shown} |")
    return "\n".join([*lines, "", language.say("effort.total", hours=language.number(gpu_hours, ".2f"))])


def _attribution_table(entries: Sequence[Attribution], language: CardLanguage) -> str:
    lines = [language.say("attribution.head"), "| --- | ---: | --- | --- |"]
    for entry in entries:
        keepers = entry["keepers"][:_KEEPERS_NAMED]
        more = language.say("attribution.others") if len(entry["keepers"]) > _KEEPERS_NAMED else ""
        provider = language.say("attribution.provider") if entry["provider"] == UNNAMED else entry["provider"]
        licence = language.say("attribution.licence") if entry["licence"] == UNSTATED else entry["licence"]
        lines.append(f"| {provider} | {entry['images']} | {licence} | {', '.join(keepers)}{more} |")
    return "\n".join(lines)
