"""Makes the n-th system call of each kind fail (tests/faults/system_calls.cpp).

Afterwards the exit code and the message say what failed, no file is there in part, and the run continues to the results
of one that was not interrupted.  A call whose failure changes nothing may be passed over.
"""
import errno
import os
import re

from soak_suite.tiny_run import Tiny, Wrong, compare, newest_checkpoint, results_of
from soak_suite.whole_files import check_whole

KINDS = {'open': errno.EACCES, 'read': errno.EIO, 'write': errno.ENOSPC, 'sync': errno.EIO, 'rename': errno.EACCES,
         'close': errno.EIO, 'remove': errno.EACCES, 'mkdir': errno.ENOSPC, 'lock': errno.ENOLCK, 'map': errno.ENOMEM,
         'thread': errno.EAGAIN, 'allocate': errno.ENOMEM, 'allocate large': errno.ENOMEM}
OF_FILES = {'open', 'read', 'write', 'sync', 'rename', 'close', 'remove', 'mkdir'}
EMULATED = ['device=emulated', 'train.steps_per_epoch=1', 'pretrain.epochs=1']
SMALL_ALLOCATIONS = 3000
LARGE = 4096  # bytes of an allocation that fails first on real machines; there are few, so each is tried
EXCEPT = 'libdnnl'  # it crashes where its own memory runs out, which no caller can mend
OUT_OF_MEMORY = re.compile('memory|allocate|bad_alloc', re.IGNORECASE)


class Faults:
    def __init__(self, library):
        self.library = str(library)

    def environment(self, tiny, kind, nth=0, all_later=False):
        return {'LD_PRELOAD': self.library, 'TUNA_FAULTS_FOLDER': str(tiny.folder),
                'TUNA_FAULTS_CALL': kind.split()[0], 'TUNA_FAULTS_NTH': str(nth), 'TUNA_FAULTS_ERRNO': str(KINDS[kind]),
                'TUNA_FAULTS_EXCEPT': EXCEPT, 'TUNA_FAULTS_ALL_LATER': str(int(all_later)),
                'TUNA_FAULTS_MIN_BYTES': str(LARGE if kind == 'allocate large' else 0)}

    def count(self, kind, command):
        """How many calls of a kind a command makes."""
        counts = command.tiny.folder.parent / 'counts.txt'
        command.prepare()
        environment = {**self.environment(command.tiny, kind), 'TUNA_FAULTS_COUNTS': str(counts)}
        finished = command.tiny.run(*command.arguments, environment=environment)
        if finished.code != 0:
            raise Wrong(f'{command.name}: exit code {finished.code} without any fault:\n{finished.error}')
        return int(dict(line.split() for line in counts.read_text().splitlines())[kind.split()[0]])

    def try_one(self, command, kind, nth, all_later):
        """Whether the command passed over the failed call."""
        command.prepare()
        environment = self.environment(command.tiny, kind, nth, all_later)
        finished = command.tiny.run(*command.arguments, environment=environment)
        try:
            check_message(finished, kind, str(command.tiny.folder))
            command.check(finished)
        except Wrong as why:
            later = ' and all later ones' if all_later else ''
            raise Wrong(f'{command.name}: {kind} {nth}{later}: {why}\n  exit code {finished.code}, '
                        f'{finished.error[-600:]}')
        return finished.code == 0


def check_message(finished, kind, folder):
    if finished.code not in (0, 1):
        raise Wrong('neither exit code 0 nor 1')
    if finished.code == 0:
        return
    message = finished.message()
    if not message.startswith(('tuna: ', 'libgomp: ')):
        raise Wrong('no message at the end')
    if kind in OF_FILES and not (os.strerror(KINDS[kind]) in message and names_a_path(message, folder)):
        raise Wrong(f'the message does not name a file and the reason, "{os.strerror(KINDS[kind])}"')
    if kind not in OF_FILES and not OUT_OF_MEMORY.search(message):
        raise Wrong('the message does not say that memory ran out')


def names_a_path(message, folder):
    return folder in message or re.search(r'(run|phantoms|whole|spec\.json|scores|made)\b', message)


class Command:
    """A command line, what is there before it, and what must hold after it."""

    kinds = [kind for kind in KINDS if kind != 'map']  # the device `emulated` alone maps memory itself

    def __init__(self, tiny, name):
        self.tiny, self.name = tiny, name


class Train(Command):
    """Into a new folder, or continuing a run that stopped in its last phase."""

    def __init__(self, tiny, begun=None):
        super().__init__(tiny, 'train --resume' if begun else 'train')
        self.begun, self.run = begun, tiny.folder / 'run'
        self.arguments = ['train', '--resume', '--out', 'run'] if begun else tiny.train('run')

    def prepare(self):
        self.tiny.fresh('run', self.begun)

    def check(self, finished):
        check_whole(self.run)
        if finished.code == 0:
            self.tiny.check_results(self.run)
        else:
            self.tiny.continue_to_end(self.run)


class TrainEmulated(Train):
    kinds = ['map', 'allocate large']

    def __init__(self, tiny):
        super().__init__(tiny)
        self.name = 'train emulated'


class Use(Command):
    """A command that reads the finished run and writes `output`, a file or a folder, if it writes anything."""

    def __init__(self, tiny, name, *arguments, output='made'):
        super().__init__(tiny, name)
        self.arguments, self.output = arguments, output
        self.prepare()
        tiny.run_or_stop(*arguments)
        self.expected = self.written()

    def prepare(self):
        path = self.tiny.fresh(self.output)
        path.unlink(missing_ok=True)

    def written(self):
        path = self.tiny.folder / self.output
        return {path.name: path.read_bytes()} if path.is_file() else results_of(path)

    def check(self, finished):
        found = self.written()
        expected = self.expected if finished.code == 0 else {name: self.expected.get(name) for name in found}
        compare(expected, found, self.output)
        self.tiny.check_results(self.tiny.folder / 'whole')


def stopped_run(tiny, faults):
    """A run that stopped in its last phase: the renames of its last checkpoint and all later ones failed."""
    train = Train(tiny)
    for nth in range(faults.count('rename', train), 0, -1):
        train.prepare()
        tiny.run(*train.arguments, environment=faults.environment(tiny, 'rename', nth, all_later=True))
        if newest_checkpoint(train.run) != newest_checkpoint(tiny.folder / 'whole'):
            return tiny.fresh('begun', train.run)
    raise Wrong('no run has stopped before its last checkpoint')


def commands(tiny, faults):
    emulated = Tiny(tiny.tuna, tiny.folder.parent / 'emulated', EMULATED)
    return [
        Train(tiny), Train(tiny, stopped_run(tiny, faults)), TrainEmulated(emulated),
        Use(tiny, 'predict', 'predict', 'whole', '--input', 'phantoms/child', '--output', 'scores.csv',
            output='scores.csv'),
        Use(tiny, 'translate', 'translate', 'whole', '--direction', 'source-to-target', '--input', 'phantoms/adult',
            '--output', 'made'),
        Use(tiny, 'evaluate', 'evaluate', 'whole'),
    ]


def spread(count, points):
    """At most `points` numbers of 1 to `count`, the first and the last among them; all of them if `points` is 0."""
    if points == 0 or count <= points:
        return list(range(1, count + 1))
    return sorted({1 + round(i * (count - 1) / max(1, points - 1)) for i in range(points)})


def try_kind(faults, command, kind, points, wrong):
    """Returns the line that says what was tried: calls that fail alone, and with all later ones."""
    if kind == 'allocate':  # half a million
        points = min(points or SMALL_ALLOCATIONS, SMALL_ALLOCATIONS)
    count = faults.count(kind, command)
    chosen, passed_over = spread(count, points), 0
    for i, nth in enumerate(chosen):
        for all_later in (False, True) if points == 0 else (i % 2 == 1,):
            try:
                passed_over += faults.try_one(command, kind, nth, all_later)
            except Wrong as why:
                wrong.append(str(why))
                print(f'WRONG: {why}', flush=True)
    return f'{command.name}: {kind}: {len(chosen)} of {count} calls, {passed_over} passed over'


def run(tiny, library, points, only=''):
    """Returns lines that say what was tried, and the list of what was wrong."""
    faults, lines, wrong = Faults(library), [], []
    for command in commands(tiny, faults):
        for kind in command.kinds:
            if re.search(only, f'{command.name} {kind}'):
                lines.append(try_kind(faults, command, kind, points, wrong))
                print(lines[-1], flush=True)
    return lines, wrong
