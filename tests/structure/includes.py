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
    'training/compare': None,
    'training/starter': None,
    'training/run': None,
    'training/report': ['training/methods', 'data', 'engine/base'],
    'training/tensorboard': ['engine/base'],
    'training/methods': None,
    'training/audit': None,
    'training/evaluation': None,
    'training/spec': None,
    'tests/ops': ['tests/op_table', 'kernels', 'engine'],
    'tests/op_table': ['models', 'losses', 'optim', 'kernels', 'engine'],
    'models': ['losses', 'kernels', 'engine'],
    'losses': ['kernels', 'engine'],
    'optim': ['kernels', 'engine'],
    'data': ['engine/base'],
    'kernels/limits': None,
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


def sources():
    for folder in sorted({name.split('/')[0] for name in ORDER} | {'tests'}):
        for path in sorted((SOURCE / folder).rglob('*')):
            if path.suffix in {'.h', '.hpp', '.cpp', '.cc', '.cu', '.cuh', '.inc', '.inl'}:
                yield path.relative_to(SOURCE).as_posix()


def includes(name):
    """The files of this project that a file includes, as the line names them."""
    lines = re.findall(r'^\s*#\s*include\s*(["<])([^">]+)[">]', (SOURCE / name).read_text(), re.MULTILINE)
    return [line for mark, line in lines if mark == '"' or (SOURCE / line).exists()]


def folder_of(name):
    """The longest folder of the picture that has the file, or 'tests', or none."""
    return max((each for each in ORDER + ['tests'] if name.startswith(each + '/')), key=len, default='')


def is_allowed(above, below):
    if above == 'tests':
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
    for name in sources():
        if not folder_of(name):
            yield f'{name}: in none of the folders that tests/structure/includes.py lists'
            continue
        for other in includes(name):
            if not (SOURCE / other).exists():
                yield f'{name}: includes "{other}", expected a path from the top of the repository'
            elif not is_allowed(folder_of(name), folder_of(other)):
                yield f'{name}: includes {other}, which is not below it (tests/structure/includes.py)'
            if other.rsplit('.', 1)[0] != name.rsplit('.', 1)[0]:
                graph[name.rsplit('.', 1)[0]].add(other.rsplit('.', 1)[0])
    if found := circle(graph):
        yield 'a circle of includes: ' + ' -> '.join(found + found[:1])


if __name__ == '__main__':
    lines = list(violations())
    print('\n'.join(lines))
    sys.exit(1 if lines else 0)
