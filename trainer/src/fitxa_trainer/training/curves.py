"""The curves of a run: as a picture, and for TensorBoard where it is installed."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from matplotlib.figure import Figure

_LINES = ("-", "--", "-.", ":")


def draw_curves(entries: Sequence[Mapping[str, Any]], file: Path) -> None:
    """Loss and validation R-Precision over the epochs as SVG; lines differ by dashes as well as by colour."""
    if not entries:
        return
    figure = Figure(figsize=(10, 4), layout="constrained")
    losses, precision = figure.subplots(1, 2)
    epochs = [entry["epoch"] for entry in entries]
    for member in entries[0]["losses"]:
        losses.plot(epochs, [entry["losses"][member] for entry in entries], label=member)
    losses.set(xlabel="epoch", ylabel="training loss")
    for number, (member, facets) in enumerate(entries[0]["validation"].items()):
        for colour, facet in enumerate(facets):
            precision.plot(
                epochs,
                [entry["validation"][member][facet] for entry in entries],
                label=f"{member}, {facet}",
                linestyle=_LINES[number % len(_LINES)],
                color=f"C{colour}",
            )
    precision.set(xlabel="epoch", ylabel="validation R-Precision")
    for axes in (losses, precision):
        axes.grid(alpha=0.3)
        axes.legend(fontsize="small")
    figure.savefig(file, metadata={"Date": None})


class TensorBoard:
    """Writes scalars for TensorBoard; does nothing without a folder or where the package is missing."""

    def __init__(self, folder: Path | None) -> None:
        self._writer = None
        if folder is None:
            return
        try:
            from torch.utils.tensorboard.writer import SummaryWriter  # noqa: PLC0415 - an extra
        except ImportError:
            return
        self._writer = SummaryWriter(str(folder))

    def write(self, entry: Mapping[str, Any]) -> None:
        """One line of metrics.jsonl."""
        if self._writer is None:
            return
        epoch = entry["epoch"]
        for name in ("loss", "score", "learningRate", "imagesPerSecond", "waitingShare"):
            self._writer.add_scalar(name, entry[name], epoch)
        for member, value in entry["losses"].items():
            self._writer.add_scalar(f"loss/{member}", value, epoch)
        for member, facets in entry["validation"].items():
            for facet, value in facets.items():
                self._writer.add_scalar(f"validation/{member}/{facet}", value, epoch)
        self._writer.flush()

    def close(self) -> None:
        """Close the file."""
        if self._writer is not None:
            self._writer.close()
