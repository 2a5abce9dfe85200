"""The cost of a training: device, hours, and an upper bound of energy."""

from dataclasses import dataclass

from fitxa_trainer.training.run_folder import RunFolder

#: Rated power of a device in watts by a part of its name (makers' data sheets), without the rest of the machine.
_WATTS = {"H100": 700, "H200": 700, "A100": 400, "A40": 300, "V100": 300, "4090": 450, "3090": 350, "T4": 70}


@dataclass(frozen=True)
class Effort:
    """Hours on `devices` devices of one kind; `device` is "cpu" or the name of a GPU."""

    device: str
    devices: int
    hours: float

    @property
    def on_gpu(self) -> bool:
        """Whether the hours are those of a GPU."""
        return self.device != "cpu"

    def kilowatt_hours(self) -> float | None:
        """The energy that the devices took at most; None where their rated power is not known."""
        watts = next((watts for name, watts in _WATTS.items() if name in self.device), None)
        return None if watts is None else self.hours * self.devices * watts / 1000


def read_effort(run: RunFolder) -> Effort:
    """The effort of `run`, from its result.json. InputError when it is not finished."""
    result = run.read_json("result.json")
    return Effort(str(result["device"]), int(result["processes"]), float(result["trainingSeconds"]) / 3600)
