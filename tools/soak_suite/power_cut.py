"""Models power cuts from the recorded calls of a run: what was not synced is lost, as far as POSIX allows it.

After each call the folder is restored as a disk may have it: names that were not synced are there or not, and bytes
that were not synced are there, in part or not at all.  Each time the run continues, from the newest checkpoint that was
completely written, to the results of one that was not interrupted.
"""
import hashlib
import pathlib

from soak_suite.faults import Faults, Train, spread, stopped_run
from soak_suite.tiny_run import Wrong, newest_checkpoint
from soak_suite.whole_files import check_whole

FOLDER = None  # in place of a file, in a table of names


class File:
    def __init__(self, data=b''):
        self.data, self.synced = bytearray(data), bytes(data)

    def after_cut(self, unsynced):
        """`unsynced`: what becomes of bytes that were not synced: 'kept', 'torn' or 'lost'."""
        if unsynced == 'lost':
            return self.synced
        if unsynced == 'kept' or self.data == self.synced:
            return bytes(self.data)
        common = len(self.synced) if self.data.startswith(self.synced) else 0
        half = common + (len(self.data) - common) // 2
        return bytes(self.data[:half]) + bytes(len(self.data) - half)  # the size is there, the last blocks are not


class Disk:
    """The names and files below a folder: as programs see them, and as they are on the disk."""

    def __init__(self, root):
        self.root, self.names = root, {}
        for path in sorted(root.rglob('*')) if root.exists() else []:
            self.names[str(path)] = FOLDER if path.is_dir() else File(path.read_bytes())
        if root.exists():
            self.names[str(root)] = FOLDER
        self.synced_names = dict(self.names)

    def do(self, call, arguments, data):
        name = arguments[-1]
        if call == 'create':
            self.names[name] = File()
        elif call == 'mkdir':
            self.names[name] = FOLDER
        elif call == 'remove':
            del self.names[name]
        elif call == 'rename':
            self.names[name] = self.names.pop(arguments[0])
        elif call == 'sync' and self.names.get(name, FOLDER) is FOLDER:
            self.sync_folder(name)
        elif call == 'sync':
            self.names[name].synced = bytes(self.names[name].data)
        elif call == 'truncate':
            file, size = self.names[name].data, int(arguments[0])
            file[size:] = bytes(max(0, size - len(file)))
        elif call == 'write':
            file, at = self.names[name].data, int(arguments[0])
            file.extend(bytes(max(0, at - len(file))))
            file[at:at + len(data)] = data

    def sync_folder(self, folder):
        def inside(names):
            return {name: entry for name, entry in names.items() if str(pathlib.Path(name).parent) == folder}
        for name in inside(self.synced_names):
            del self.synced_names[name]
        self.synced_names.update(inside(self.names))

    def after_cut(self, unsynced_names, unsynced):
        """Names and bytes; a folder whose own name is lost takes all that is in it along."""
        names = self.names if unsynced_names == 'kept' else self.synced_names
        found = {}
        for name in sorted(names):
            parent = str(pathlib.Path(name).parent)
            if name == str(self.root) or parent in found and found[parent] is FOLDER:
                found[name] = FOLDER if names[name] is FOLDER else names[name].after_cut(unsynced)
        return found


def read_record(path, root):
    """The calls on files of the folder: name, arguments, bytes."""
    data, at = path.read_bytes(), 0
    while at < len(data):
        end = data.index(b'\n', at)
        call, *arguments = data[at:end].decode().split(' ')
        at = end + 1
        written = b''
        if call == 'write':
            written = data[at:at + int(arguments[1])]
            at += len(written)
        if arguments[-1].startswith(str(root)) or arguments[-1] == str(root.parent):
            yield call, arguments, written


def restore(names):
    for name, data in sorted(names.items()):
        if data is FOLDER:
            pathlib.Path(name).mkdir(parents=True)
        else:
            pathlib.Path(name).write_bytes(data)


class PowerCut:
    def __init__(self, tiny, library):
        self.tiny, self.faults = tiny, Faults(library)
        self.tried, self.cuts, self.wrong = set(), 0, []

    def record(self, command):
        path = self.tiny.folder.parent / 'record'
        path.unlink(missing_ok=True)
        command.prepare()
        disk = Disk(command.run)
        environment = {**self.faults.environment(self.tiny, 'open'), 'TUNA_FAULTS_RECORD': str(path)}
        finished = self.tiny.run(*command.arguments, environment=environment)
        if finished.code != 0:
            raise Wrong(f'{command.name}: exit code {finished.code} while its calls are recorded:\n{finished.error}')
        return disk, list(read_record(path, command.run))

    def try_all(self, command, points):
        disk, calls = self.record(command)
        chosen, reported = set(spread(len(calls), points)), ''
        for i, (call, arguments, data) in enumerate(calls, 1):
            disk.do(call, arguments, data)
            if call == 'sync' and arguments[0] == str(command.run / 'checkpoints'):
                reported = max(pathlib.Path(name).name for name in disk.names if name.endswith('.safetensors')
                               and '/checkpoints/' in name)
            if i in chosen:
                where = f'{command.name}, after call {i} of {len(calls)}, {call} {arguments[-1]}'
                self.try_states(command, disk, where, reported)
        self.check_record(command, disk)
        return len(calls)

    def check_record(self, command, disk):
        """The record has every change: it ends with the files that are there."""
        command.prepare()
        self.tiny.run_or_stop(*command.arguments)
        recorded = {str(pathlib.Path(name).relative_to(command.run)): bytes(file.data)
                    for name, file in disk.names.items() if file is not FOLDER}
        differ = [name for name, data in self.tiny.results.items() if recorded.get(name) != data]
        if differ:
            raise Wrong(f'{command.name}: the record lacks changes of {", ".join(differ)}')

    def try_states(self, command, disk, where, reported):
        for unsynced_names in 'lost', 'kept':
            for unsynced in 'lost', 'torn', 'kept':
                state = disk.after_cut(unsynced_names, unsynced)
                key = hashlib.sha256(repr(sorted(state.items())).encode()).digest()
                if key in self.tried:
                    continue
                self.tried.add(key)
                self.cuts += 1
                try:
                    self.tiny.fresh('run')
                    restore(state)
                    check_whole(command.run)
                    if newest_checkpoint(command.run) < reported:
                        raise Wrong(f'{reported} was written, but the newest is "{newest_checkpoint(command.run)}"')
                    self.tiny.continue_to_end(command.run)
                except Wrong as why:
                    self.wrong.append(f'{where}: names {unsynced_names}, bytes {unsynced}: {why}')
                    print(f'WRONG: {self.wrong[-1]}', flush=True)


def run(tiny, library, points):
    cuts = PowerCut(tiny, library)
    calls = [cuts.try_all(command, points)
             for command in (Train(tiny), Train(tiny, stopped_run(tiny, cuts.faults)))]
    line = f'{cuts.cuts} different states of the disk after {calls[0]} calls of a run and {calls[1]} of a resumed one'
    print(line)
    return [line], cuts.wrong
