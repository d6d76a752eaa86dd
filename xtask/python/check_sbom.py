"""Checks a bill of materials, a file, against CycloneDX 1.6; prints how many components it has."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator


def main() -> int:
    text = Path(sys.argv[1]).read_text()
    problem = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if problem is not None:
        print(problem, file=sys.stderr)
        return 1
    print(json.dumps({"components": len(json.loads(text)["components"])}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
