"""Messages between the program and its compute process: JSON with raw arrays behind it. Nothing is ever unpickled."""

from __future__ import annotations

import json
import struct
from typing import Any, BinaryIO

import numpy as np

from fairemo_gui.errors import BugError

_HEADER = struct.Struct("<QQ")
_ARRAY = "$array"


def write_message(stream: BinaryIO, message: dict[str, Any]) -> None:
    """Send one message; NumPy arrays may stand anywhere in it, scalars included."""
    arrays: list[np.ndarray[Any, Any]] = []

    def plain(value: object) -> object:
        if isinstance(value, np.generic):
            return value.item()
        if not isinstance(value, np.ndarray):
            raise BugError(f"a {type(value).__name__} cannot be sent to the compute process")
        if value.dtype.hasobject:
            raise BugError("an array of objects cannot be sent to the compute process")
        arrays.append(np.ascontiguousarray(value))
        return {_ARRAY: len(arrays) - 1, "dtype": value.dtype.str, "shape": list(value.shape)}

    text = json.dumps(message, default=plain).encode()
    stream.write(_HEADER.pack(len(text), sum(array.nbytes for array in arrays)))
    stream.write(text)
    for array in arrays:
        stream.write(array.data if array.nbytes else b"")
    stream.flush()


def read_message(stream: BinaryIO) -> dict[str, Any] | None:
    """Receive one message; None when the other side is gone."""
    header = stream.read(_HEADER.size)
    if len(header) < _HEADER.size:
        return None
    text_bytes, array_bytes = _HEADER.unpack(header)
    text, raw = stream.read(text_bytes), stream.read(array_bytes)
    if len(text) < text_bytes or len(raw) < array_bytes:
        return None
    offset = 0

    def restore(value: dict[str, Any]) -> object:
        nonlocal offset
        if _ARRAY not in value:
            return value
        dtype = np.dtype(value["dtype"])
        count = int(np.prod(value["shape"], dtype=np.int64))
        array = np.frombuffer(raw, dtype=dtype, count=count, offset=offset).reshape(value["shape"])
        offset += array.nbytes
        return array

    # Arrays appear in the text in the order they were written behind it.
    message: dict[str, Any] = json.loads(text, object_hook=restore)
    return message
