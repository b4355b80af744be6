"""The examples of CONTRIBUTING.md, as modules."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

PAGE = Path(__file__).resolve().parents[1] / "CONTRIBUTING.md"


def sources() -> dict[str, str]:
    """Code of each example by the path it names in its first line."""
    blocks = re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    return {block.splitlines()[0].removeprefix("# "): block for block in blocks}


def example(path: str) -> ModuleType:
    """The example for `path`, run as a module that is known by its dotted name."""
    name = path.removesuffix(".py").replace("/", ".")
    module = ModuleType(name)
    sys.modules[name] = module
    exec(compile(sources()[path], path, "exec"), module.__dict__)
    return module
