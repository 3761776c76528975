#!/usr/bin/env python3
"""Includes run downwards only: between folders by the picture below, and in no circle between files."""

import collections
import pathlib
import re
import sys

SOURCE = pathlib.Path(__file__).resolve().parents[2]

# From top to bottom.  A folder may include those below it, or those that are named; subfolders count as part of it.
# docs/architecture.md draws this list.
PICTURE = {
    'tools': None,
    'tools/bench': None,
    'tools/command_line': None,
    'training/starter': None,
    'training/run': None,
    'training/methods': None,
    'training/evaluation': None,
    'training/spec': None,
    'tests/ops': ['tests/op_table', 'kernels', 'engine'],
    'tests/op_table': ['models', 'losses', 'optim', 'kernels', 'engine'],
    'models': ['losses', 'kernels', 'engine'],
    'losses': ['kernels', 'engine'],
    'optim': ['kernels', 'engine'],
    'data': ['engine/base'],
    'kernels/linear': None,
    'kernels/conv': None,
    'kernels/pool': None,
    'kernels/norm': None,
    'kernels/loss': None,
    'kernels/optimizer': None,
    'kernels/random': None,
    'kernels/geometry': None,
    'kernels/pointwise': None,
    'kernels/libraries': None,
    'kernels/device': None,
    'kernels': None,
    'engine/files': None,
    'engine/compile': None,
    'engine/program': None,
    'engine/runtime': None,
    'engine/base': None,
}
ORDER = list(PICTURE)


def includes():
    """{file: files that it includes}, of the project's own."""
    found = {}
    for path in sorted(SOURCE.rglob('*')):
        name = path.relative_to(SOURCE).as_posix()
        if path.suffix in {'.h', '.cpp', '.cu', '.cuh'} and not name.startswith(('build', '.')):
            lines = re.findall(r'^#include "(.+)"', path.read_text(), re.MULTILINE)
            found[name] = [line for line in lines if (SOURCE / line).exists()]
    return found


def folder_of(name):
    """The longest folder of the picture that holds a file; none for tests, which may include everything but tools."""
    return max((each for each in ORDER if name.startswith(each + '/')), key=len, default='')


def is_allowed(above, below):
    if not above:
        return not below.startswith('tools')
    named = PICTURE[above]
    if above == below:
        return True
    if named is not None:
        return any(below == each or below.startswith(each + '/') for each in named)
    if below in ('tests/ops', 'tests/op_table'):
        return above.startswith('tools')
    return bool(below) and ORDER.index(above) < ORDER.index(below)


def circle(graph):
    """A list of names, each of which includes the next and the last the first; empty if there is none."""
    done, path = set(), []

    def visit(name):
        if name in path:
            return path[path.index(name):]
        if name in done:
            return []
        path.append(name)
        for other in sorted(graph[name]):
            if found := visit(other):
                return found
        done.add(path.pop())
        return []

    return next(filter(None, map(visit, sorted(graph))), [])


def violations():
    graph = collections.defaultdict(set)  # by file without its ending: x.h, x.cuh and x.cpp are one
    for name, others in includes().items():
        for other in others:
            if not is_allowed(folder_of(name), folder_of(other)):
                yield f'{name}: includes {other}, which is not below it (tests/structure/includes.py)'
            if other.rsplit('.', 1)[0] != name.rsplit('.', 1)[0]:
                graph[name.rsplit('.', 1)[0]].add(other.rsplit('.', 1)[0])
    if found := circle(graph):
        yield 'a circle of includes: ' + ' -> '.join(found + found[:1])


if __name__ == '__main__':
    lines = list(violations())
    print('\n'.join(lines))
    sys.exit(1 if lines else 0)
