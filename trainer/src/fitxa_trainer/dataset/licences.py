"""The licence of a bundle, from where the weights in it began."""

from collections.abc import Sequence

from fitxa_trainer.bundles.parts import Part

_OWN = "Apache-2.0"

#: Where trunks by the beginning of their name, and text encoders, come from.
_TRUNKS = {"lite": "EfficientNet-Lite (TensorFlow TPU models, Apache-2.0)"}
_TEXTS = {
    "minilm": "all-MiniLM-L6-v2 (sentence-transformers, Apache-2.0), of which only the vectors of the terms are here"
}


def licence_of(parts: Sequence[Part]) -> dict[str, str]:
    """Name and text of the licence of a bundle of `parts`."""
    known = True
    origins: list[str] = []
    for name in dict.fromkeys(part.backbone for part in parts):
        origin = next((text for start, text in _TRUNKS.items() if name.startswith(start)), None)
        known = known and origin is not None
        origins.append(origin or f"the published weights of {name}, under their own licence")
    for name in dict.fromkeys(part.text for part in parts if part.text != "none"):
        origin = _TEXTS.get(name)
        known = known and origin is not None
        origins.append(origin or f"the published weights of {name}, under their own licence")
    text = (
        f"The networks began as {'; '.join(origins)}. They were trained on the pictures listed under data.attribution; "
        "none of them is part of this bundle except the self-test picture, which is credited in card.md."
    )
    return {"name": _OWN if known else f"{_OWN} and the licences named in the text", "text": text}
