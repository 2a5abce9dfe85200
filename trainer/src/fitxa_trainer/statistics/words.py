"""The words and numbers in the plots of a dataset, in English and in Catalan."""

from collections.abc import Mapping

from fitxa_trainer.dataset.labels import Language

FACET_TITLES: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "objectTypes": "Object types",
        "materials": "Materials",
        "disciplines": "Disciplines",
        "subjects": "Subjects",
    },
    "ca": {
        "objectTypes": "Tipus d’objecte",
        "materials": "Materials",
        "disciplines": "Disciplines",
        "subjects": "Temes",
    },
}

TEXTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "pictures": "pictures",
        "tags": "tags per picture (broader ones included)",
        "mean": "mean {mean}",
        "noLabels": "no labels",
        "others": "{count} others",
        "rank": "rank of the tag within its facet",
        "legend": "facet (tags)",
        "tenPictures": "10 pictures",
        "providersTitle": "Pictures by provider ({count} providers)",
        "tagsPerPictureTitle": "Tags per labelled picture, by facet (labelled pictures)",
        "frequencyTitle": "The long tail: pictures per tag",
        "sunburstTitle": "{facet}: {pictures} labelled pictures, {tags} tags",
        "top": "top level (labels)",
        "rest": "{count} others",
    },
    "ca": {
        "pictures": "imatges",
        "tags": "etiquetes per imatge (amb les més generals)",
        "mean": "mitjana {mean}",
        "noLabels": "sense etiquetes",
        "others": "{count} més",
        "rank": "posició de l’etiqueta dins de la faceta",
        "legend": "faceta (etiquetes)",
        "tenPictures": "10 imatges",
        "providersTitle": "Imatges per proveïdor ({count} proveïdors)",
        "tagsPerPictureTitle": "Etiquetes per imatge etiquetada, per faceta (imatges etiquetades)",
        "frequencyTitle": "La cua llarga: imatges per etiqueta",
        "sunburstTitle": "{facet}: {pictures} imatges etiquetades, {tags} etiquetes",
        "top": "nivell superior (assignacions)",
        "rest": "{count} més",
    },
}


def grouped(value: int, language: Language) -> str:
    """Digits in groups of three, as the language writes them."""
    return f"{value:,}" if language == "en" else f"{value:,}".replace(",", ".")


def decimal(value: float, digits: int, language: Language) -> str:
    """A number with so many decimals, as the language writes it."""
    return f"{value:.{digits}f}" if language == "en" else f"{value:.{digits}f}".replace(".", ",")


def percent(share: float, language: Language) -> str:
    """A share as percents with one decimal; Catalan puts a space before the sign that does not break."""
    return f"{decimal(100 * share, 1, language)}{'' if language == 'en' else chr(0xA0)}%"
