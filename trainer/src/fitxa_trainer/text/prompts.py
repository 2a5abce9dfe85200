"""The texts that CLIP-like members read: single tags, all tags of a picture, prompts around one tag."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor

from fitxa_trainer.dataset.labels import Labels, Language

#: One sentence per facet around one tag. That of Materials is the paper's (section 4), the others follow its pattern.
PROMPTS: Mapping[Language, Mapping[str, str]] = {
    "en": {
        "objectTypes": "an image of an object of the type {tag}",
        "materials": "an image of an object made of {tag}",
        "disciplines": "an image of an object from the field of {tag}",
        "subjects": "an image of a work on the subject of {tag}",
    },
    "ca": {
        "objectTypes": "una imatge d'un objecte del tipus {tag}",
        "materials": "una imatge d'un objecte fet de {tag}",
        "disciplines": "una imatge d'un objecte de l'àmbit de {tag}",
        "subjects": "una imatge d'una obra de tema {tag}",
    },
}


def tag_texts(terms: Sequence[str], labels: Labels, language: Language) -> list[str]:
    """The label of each term."""
    return [labels.label(key, language) for key in terms]


def prompt_texts(terms: Sequence[str], labels: Labels, language: Language) -> list[str]:
    """The sentence of its facet around the label of each term."""
    prompts = PROMPTS[language]
    return [prompts[key.partition("/")[0]].format(tag=labels.label(key, language)) for key in terms]


def every_text(targets: Mapping[str, Tensor], terms: Mapping[str, Sequence[str]], labels: Labels) -> list[str]:
    """Every text that a CLIP task reads of these pictures and terms, in every strategy and language."""
    keys = [*labels.keys(), *(key for own in terms.values() for key in own)]
    texts: list[str] = []
    for language in PROMPTS:
        texts += tag_texts(keys, labels, language) + prompt_texts(keys, labels, language)
        tags = tag_texts([key for own in terms.values() for key in own], labels, language)
        texts += [text for text in all_tags_texts(targets, terms, tags) if text]
    return texts


def all_tags_texts(targets: Mapping[str, Tensor], terms: Mapping[str, Sequence[str]], tags: Sequence[str]) -> list[str]:
    """The tags of each picture in one text, as in "metal, non-ferrous metal, bronze"; "" for a picture without any.

    `targets` int8 (pictures, terms) per facet; `tags` are the labels of all terms, facet after facet as in `terms`.
    A path runs from the broad to the narrow, as keys are sorted.
    """
    joined = torch.cat([targets[facet] for facet in terms], dim=1) > 0
    return [", ".join(tags[place] for place in row.nonzero().flatten().tolist()) for row in joined]
