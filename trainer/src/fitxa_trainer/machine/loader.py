"""Makes modules of the parts that came through the connection, and runs them; itself it is executed, not imported."""

import sys
import types
from typing import Any

PROGRAM: dict[str, Any] = globals()["PROGRAM"]

for name, source in PROGRAM["parts"]:
    full = f"fitxa_trainer.machine.{name}"
    module = types.ModuleType(full)
    sys.modules[full] = module
    exec(compile(source, f"{name}.py", "exec"), module.__dict__)

sys.modules["fitxa_trainer.machine.serve"].main(PROGRAM, globals()["ARGUMENTS"])
