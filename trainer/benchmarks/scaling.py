"""Several GPUs against one: our loop under torchrun, with as many pictures of a step per GPU.

    python benchmarks/scaling.py --data DIR --work DIR [--model convnext] [--gpus 1 2] [--batch 128]

Options it does not know go to throughput.py. Prints one JSON object: images/s by number of GPUs, and the gain.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path
from typing import Any


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--gpus", type=int, nargs="+", default=[1, 2])
    parser.add_argument("--batch", type=int, default=128, help="pictures of a step on each GPU")
    options, others = parser.parse_known_args()
    measured = {gpus: _measure(gpus, options.batch, others) for gpus in options.gpus}
    rates = {gpus: max(result["ours"]) for gpus, result in measured.items()}
    first = options.gpus[0]
    gains = {gpus: round(rate / rates[first], 3) for gpus, rate in rates.items()}
    print(json.dumps({"imagesPerSecond": rates, "gain": gains, "runs": measured}))


def _measure(gpus: int, batch: int, others: list[str]) -> dict[str, Any]:
    script = Path(__file__).parent / "throughput.py"
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", f"--nproc_per_node={gpus}", str(script)]
    command += ["--bare-steps", "0", "--batch", str(batch * gpus), *others]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    result: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return result


if __name__ == "__main__":
    main()
