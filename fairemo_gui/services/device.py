"""What the compute process computes on."""

from __future__ import annotations

from typing import Any

from fairemo_gui.jobs.task import TaskContext


def describe(ctx: TaskContext) -> dict[str, Any]:
    """Name and memory of the accelerator, or that there is none; a task of the compute process."""
    import torch

    if not torch.cuda.is_available():
        return {"name": "cpu", "threads": torch.get_num_threads(), "memory_gb": None}
    facts = torch.cuda.get_device_properties(0)
    return {"name": facts.name, "threads": torch.get_num_threads(), "memory_gb": round(facts.total_memory / 1e9, 1)}
