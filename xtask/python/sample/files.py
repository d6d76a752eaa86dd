"""File contents: small writers for the formats that runs leave behind, all of them deterministic."""

from __future__ import annotations

import json
import random
import re
import struct
import zlib
from collections.abc import Iterable, Sequence
from typing import Any

# What YAML reads as a string without quotes. Ids always get quotes, even if they start with a letter.
_PLAIN = re.compile(r"(?![0-9a-f]{16,}$)[A-Za-z_/][A-Za-z0-9_./\-]*")


def json_bytes(value: Any) -> bytes:
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()


def yaml_bytes(value: dict[str, Any]) -> bytes:
    return ("\n".join(_yaml_lines(value, "")) + "\n").encode()


def csv_bytes(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    lines = [",".join(header)] + [",".join(str(cell) for cell in row) for row in rows]
    return ("\n".join(lines) + "\n").encode()


def png_bytes(values: Sequence[float], height: int = 96) -> bytes:
    """A bar chart of `values` in 0..1, one column of pixels each, without a picture library."""
    tops = [height - round(min(max(value, 0.0), 1.0) * height) for value in values]
    rows = bytearray()
    for y in range(height):
        rows.append(0)  # filter type: none
        for top in tops:
            rows += b"\x1f\x77\xb4" if y >= top else b"\xff\xff\xff"
    header = struct.pack(">IIBBBBB", len(values), height, 8, 2, 0, 0, 0)
    chunks = ((b"IHDR", header), (b"IDAT", zlib.compress(bytes(rows), 9)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_png_chunk(kind, data) for kind, data in chunks)


def log_bytes(size: int) -> bytes:
    """A training log of about `size` bytes that ends in the error a reader would look for."""
    dice = random.Random("train.log")
    lines = ["2026-01-07 09:00:00,000 INFO  trainer: world_size=8 precision=bf16 resume=none"]
    length = len(lines[0])
    step = 0
    while length < size:
        step += 1
        clock = f"2026-01-07 {9 + step // 36000:02}:{step // 600 % 60:02}:{step // 10 % 60:02},{step % 10}00"
        lines.append(
            f"{clock} INFO  trainer: step={step} loss={2.1 / (1 + step / 9000) + dice.random() / 10:.4f}"
            f" grad_norm={dice.uniform(0.4, 1.9):.3f} tokens_per_s={dice.randint(41000, 44000)}"
        )
        length += len(lines[-1]) + 1
    lines += [
        f"{clock} ERROR trainer: rank 3 lost heartbeat",
        "Traceback (most recent call last):",
        '  File "train.py", line 212, in step',
        "    self.collective.all_reduce(gradients)",
        "TimeoutError: all_reduce did not finish within 600 s",
    ]
    return ("\n".join(lines) + "\n").encode()


def _yaml_lines(value: dict[str, Any], indent: str) -> list[str]:
    lines: list[str] = []
    for key, item in value.items():
        if isinstance(item, dict) and item:
            lines += [f"{indent}{_scalar(key)}:", *_yaml_lines(item, indent + "  ")]
        elif isinstance(item, list) and item:
            lines += [f"{indent}{_scalar(key)}:", *(f"{indent}- {_scalar(entry)}" for entry in item)]
        else:
            lines.append(f"{indent}{_scalar(key)}: {_scalar(item)}")
    return lines


def _scalar(value: Any) -> str:
    """Every JSON scalar is a YAML scalar; only plain words go without quotes."""
    if (
        isinstance(value, str)
        and _PLAIN.fullmatch(value)
        and value not in ("true", "false", "null", "yes", "no")
    ):
        return value
    return json.dumps(value, ensure_ascii=False)


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
