#!/usr/bin/env python3
"""What sources must not name: outside of models/ and training/methods/ a method, its networks or its phases, since a
method is data; in engine/ a library, or in a message a key of the spec."""

import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]
FOLDERS = ['engine', 'kernels', 'losses', 'optim', 'data', 'training', 'tools', 'tests/op_table']
ALLOWED = [SOURCE / 'training/methods', SOURCE / 'tests/op_table/objective_check.cpp', SOURCE / 'tests/op_table/objective_check.h']
METHODS = re.compile(r'\b[GD]_(AP|PA|A|P)\b|\bF_(A|P|S|AP)\b|\bCLS\b|tuna[_ -]?net|"(pretrain|joint|supervised|pixel|offline)"', re.IGNORECASE)
LIBRARIES = re.compile(r'onednn|dnnl|cudnn|cublas', re.IGNORECASE)
SECTIONS = 'data|train|evaluate|pretrain|generator|discriminator|classifier|objective'
KEYS = re.compile(rf'"[^"]*\b({SECTIONS})\.[a-z_]+[^"]*"')


def violations():
    for folder in FOLDERS:
        for path in sorted((SOURCE / folder).rglob('*')):
            if path.suffix not in {'.h', '.cpp', '.cu', '.cuh'} or not {path, *path.parents}.isdisjoint(ALLOWED):
                continue
            for number, line in enumerate(path.read_text().splitlines(), 1):
                found = METHODS.search(line)
                if folder == 'engine':
                    strings = re.findall(r'"[^"]*"', line.split('//')[0])
                    found = found or LIBRARIES.search(line) or next(filter(None, map(KEYS.search, strings)), None)
                if found:
                    yield f'{path.relative_to(SOURCE)}:{number}: names {found.group()}'


if __name__ == '__main__':
    lines = list(violations())
    print('\n'.join(lines))
    sys.exit(1 if lines else 0)
