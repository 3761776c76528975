#!/usr/bin/env python3
"""A method is data: outside of models/ and training/methods/ no source names one, its networks or its phases."""

import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
FOLDERS = ["engine", "kernels", "losses", "optim", "data", "training", "tools"]
ALLOWED = SOURCE / "training" / "methods"
NAMES = re.compile(r'\b[GD]_(AP|PA|A|P)\b|\bF_[APS]\b|tuna[_ -]?net|"(pretrain|joint|supervised)"', re.IGNORECASE)


def violations():
    for folder in FOLDERS:
        for path in sorted((SOURCE / folder).rglob("*")):
            if path.suffix not in {".h", ".cpp", ".cu", ".cuh"} or ALLOWED in path.parents:
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                if found := NAMES.search(line):
                    yield f"{path.relative_to(SOURCE)}:{number}: names {found.group()}"


if __name__ == "__main__":
    found = list(violations())
    print("\n".join(found))
    sys.exit(f"{len(found)} names of methods, networks or phases outside of models/ and training/methods/"
             if found else 0)
