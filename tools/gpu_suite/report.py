"""report.json, report.md and logs.tar.gz: rewritten after each check, so that results survive any end of the run."""
import io
import json
import pathlib
import tarfile
import time

from gpu_suite.commands import Failed, NoTime, NotRun, Stopped
from gpu_suite.page import markdown

LONGEST_LOG = 1 << 20  # bytes; only the end of a longer log is packed


class Report:
    def __init__(self, folder, logs, about, add):
        """add: to the report of the same device in the folder, if there is one."""
        self.folder, self.logs = folder, logs
        folder.mkdir(parents=True, exist_ok=True)
        self.data = {**about, 'checks': [], 'limits': {}, 'steps': [], 'peer': {}, 'profiles': {},
                     'counters': {}, 'bench_context': {}, 'ops': []}
        self.made, self.commit = [], about['commit']
        if add and (folder / 'report.json').exists():
            before = json.loads((folder / 'report.json').read_text())
            if before['machine']['device'] != about['machine']['device']:
                raise NotRun(f'{folder} has a report of {before["machine"]["device"]}; give another --out')
            self.data = {**self.data, **before, **about, 'machine': {**before['machine'], **about['machine']}}
            self.unpack_logs()

    def unpack_logs(self):
        """Those of earlier runs on another machine, which else the next logs.tar.gz would lack."""
        packed = self.folder / 'logs.tar.gz'
        if not packed.exists():
            return
        with tarfile.open(packed) as archive:
            for log in archive:
                path = self.logs / pathlib.PurePath(log.name).name
                if log.isfile() and not path.exists():
                    path.write_bytes(archive.extractfile(log).read())

    def result(self, name):
        """Of a check of this run or an earlier one; empty if there was none."""
        return next((check['result'] for check in self.data['checks'] if check['name'] == name), '')

    def check(self, name, body, unless=''):
        """body() returns a note, or raises Failed, NotRun or NoTime.  unless: why not to run it."""
        entry = {'name': name, 'result': 'running', 'seconds': 0, 'note': '', 'commit': self.commit}
        place = next((i for i, check in enumerate(self.data['checks']) if check['name'] == name), None)
        if place is None:
            self.data['checks'].append(entry)
        else:
            self.data['checks'][place] = entry
        self.made.append(entry)
        start = time.monotonic()
        try:
            if unless:
                raise NotRun(unless)
            self.write()
            entry.update(note=body() or '', result='passed')
        except NotRun as why:
            entry.update(result='not run', note=str(why))
        except Failed as why:
            entry.update(result='failed', note=str(why))
        except (NoTime, Stopped) as why:
            entry.update(result='no time', note=str(why))
            if isinstance(why, Stopped):
                raise
        except Exception as error:  # in the check itself, such as a missing file: the others still run
            entry.update(result='failed', note=f'{type(error).__name__}: {error}')
        finally:
            entry['seconds'] = round(time.monotonic() - start, 1)
            note = f': {entry["note"]}' if entry['note'] else ''
            print(f'{entry["result"]:8} {entry["seconds"]:7.1f} s  {name}{note}', flush=True)
            self.write()
        return entry['result'] == 'passed'

    def so_far(self, note):
        """What the running check has found, should it never end."""
        self.made[-1]['note'] = note
        self.write()

    def with_result(self, result):
        """Names of checks of this run."""
        return [check['name'] for check in self.made if check['result'] == result]

    def add_step(self, **step):
        same = [old for old in self.data['steps'] if all(old[key] == step[key] for key in ('spec', 'precision', 'tuning'))]
        self.data['steps'] = [old for old in self.data['steps'] if old not in same] + [{**step, 'commit': self.commit}]

    def add_peer(self, found):
        """A comparison with PyTorch; modes of earlier ones stay."""
        of = lambda mode: (mode['step'], mode['precision'])  # noqa: E731
        compared = lambda ratio: ratio.split(' / tuna:')[0]  # noqa: E731
        again = {of(mode) for mode in found['modes']}
        before = self.data['peer']
        self.data['peer'] = {**found, 'modes': [mode for mode in before.get('modes', []) if of(mode) not in again] + found['modes'],
                             'ratios': list({compared(ratio): ratio
                                             for ratio in [*before.get('ratios', []), *found['ratios']]}.values())}

    def add_benchmarks(self, found):
        """Google Benchmark's JSON of one op: statistics, and what could not be timed."""
        errors = {}
        for op in found['benchmarks']:
            if op.get('error_occurred'):
                errors.setdefault(op.get('run_name', op['name']), op)
        kept = [op for op in found['benchmarks'] if not op.get('error_occurred')
                and (op.get('run_type') == 'aggregate' or op.get('repetitions', 1) <= 1)] + list(errors.values())
        op_of = lambda entry: entry['name'].split('/')[0]  # noqa: E731
        again = {op_of(op) for op in kept}
        kept = [{**op, 'commit': self.commit} for op in kept]
        self.data['bench_context'] = found['context']
        self.data['ops'] = [op for op in self.data['ops'] if op_of(op) not in again] + kept
        self.write()
        return errors

    def write(self):
        self.put('report.json', (json.dumps(self.data, indent=2) + '\n').encode())
        self.put('report.md', markdown(self.data).encode())
        packed = io.BytesIO()
        with tarfile.open(fileobj=packed, mode='w:gz') as archive:
            for log in sorted(self.logs.iterdir()):
                end = log.read_bytes()[-LONGEST_LOG:]
                about = tarfile.TarInfo(f'logs/{log.name}')
                about.size, about.mtime = len(end), int(log.stat().st_mtime)
                archive.addfile(about, io.BytesIO(end))
        self.put('logs.tar.gz', packed.getvalue())

    def put(self, name, content):
        temporary = self.folder / (name + '.new')
        temporary.write_bytes(content)
        temporary.replace(self.folder / name)
