"""Builds tuna, runs its tests, and checks that trainings on the GPU are reproducible."""
import concurrent.futures
import hashlib
import json
import os
import pathlib
import re
import shutil

from gpu_suite import packages
from gpu_suite.commands import Failed, NotRun, NoTime, last_line

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
SKIPPED_BY_TESTS = 'tests tagged [gpu] are skipped'  # tests/gpu.h
SECONDS_FOR_AN_OP = 180  # these limits are far above what is needed; they stop what hangs
SECONDS_FOR_SOME_TESTS = 300
SECONDS_TO_TRAIN = 240
QUICK_OPS = 'adam', 'concatenate', 'instance_norm_fused'


def build(options, commands, flags):
    """Builds tuna and its tests in the folder options.build, with these flags of CMake unless it is configured already."""
    for program, what in ('cmake', 'CMake 3.25 or later'), (os.environ.get('CXX', 'c++').split()[0], 'a C++20 compiler'):
        if not shutil.which(program):
            raise Failed(f'{program} is missing: {what}')
    if not (options.build / 'CMakeCache.txt').exists():
        configure(options, commands, flags)
    commands.run('build', ['cmake', '--build', options.build, '--parallel', options.jobs, '--target', 'tuna', 'tuna_tests'])


def configure(options, commands, flags):
    configure = ['cmake', '-S', SOURCE, '-B', options.build, '-DCMAKE_BUILD_TYPE=Release',
                 *packages.cmake_flags(options.packages), *flags]
    if shutil.which('ninja'):
        configure += ['-G', 'Ninja']
    if shutil.which('ccache'):
        configure += [f'-DCMAKE_{language}_COMPILER_LAUNCHER=ccache' for language in ('CXX', 'CUDA')]
    try:
        commands.run('configure', configure)
    except (Failed, NoTime) as why:
        shutil.rmtree(options.build / 'CMakeFiles', ignore_errors=True)  # so that the next call configures again
        (options.build / 'CMakeCache.txt').unlink(missing_ok=True)
        log = commands.log('configure').read_text(errors='replace')
        missing = [line.strip() for line in log.splitlines() if re.search('Missing;|TUNA_CUDA=ON:', line)]
        raise type(why)('; '.join(missing) or str(why)) from why


class Checks:
    """`gpu` is None without one."""

    def __init__(self, options, gpu, report, commands):
        self.options, self.gpu, self.report, self.commands = options, gpu, report, commands
        self.tuna, self.tests = options.build / 'tuna', options.build / 'tests/tuna_tests'
        self.device = 'cuda' if gpu else 'cpu'
        # Several processes fit on a GPU of the size that --prebuilt is for.  A container may have fewer cores than its machine.
        self.shards = min(options.jobs, len(os.sched_getaffinity(0)), 16) if options.lease else 1

    def build(self):
        build(self.options, self.commands, self.flags())
        self.read_info(f'{self.options.build} has no backend cuda; remove that folder, or give another --build')

    def read_info(self, without_cuda):
        """Adds the output of `tuna info` to the report; without_cuda: the error if it has no backend cuda for the GPU."""
        about = json.loads(self.commands.run('tuna info', [self.tuna, 'info', '--json'], SECONDS_FOR_AN_OP))
        machine = self.report.data['machine']
        machine.update({key: about[key] for key in ('cuda', 'cudnn', 'onednn', 'compiler', 'cpu')})
        self.report.data['build'] = about['build']
        if self.gpu and 'cuda' not in about['backends']:
            raise Failed(without_cuda)

    def flags(self):
        """CMake's, for this machine's GPU alone."""
        if not self.gpu:
            return []
        architecture = self.gpu['compute_capability'].replace('.', '')
        return ['-DTUNA_CUDA=ON', f'-DTUNA_CUDA_ARCHITECTURES={architecture}-real']

    def test(self, name, tags, limit=SECONDS_FOR_SOME_TESTS, shards=1):
        """The tests with these tags, in one process of so many."""
        threads = [] if shards == 1 else ['env', f'OMP_NUM_THREADS={max(1, os.cpu_count() // shards)}']
        output = self.commands.run(name, [*threads, self.tests, tags], limit)
        demand_that_some_ran(output)
        return last_line(output)

    def tested_ops(self):
        """Names of the ops with rows in the table."""
        if self.options.quick:
            return list(QUICK_OPS)
        listing = self.commands.run('list of tests', [self.tests, '--list-tests', '[op][gpu]'], any_code=True)  # Catch2's
        tags = [set(line.strip(' []').split('][')) for line in listing.splitlines() if line.startswith('      [')]
        ops = sorted({tag for each in tags for tag in each - {'op', 'gpu'}})
        if not ops:
            raise Failed(f'no test has the tags [op][gpu]; {last_line(listing)}')
        return ops

    def each_op(self, ops, body, shards=1):
        """Runs body(op) for each op, in a process of its own: an illegal address ends that process, not the other ops.
        shards: how many at once."""
        found = {}
        for op, result, why in self.attempts(ops, body, shards):
            found[op] = result, why
            self.report.so_far(summary(ops, found)[1])
        result, note = summary(ops, found)
        if result:
            raise result(note)
        return note

    def attempts(self, ops, body, shards):
        """(op, 'passed', 'failed', 'no time' or 'not run', why) as they end.  After the first 'not run' no other op begins."""
        refused = []

        def attempt(op):
            if refused:
                return op, 'not run', refused[0]
            try:
                body(op)
                return op, 'passed', ''
            except NotRun as why:
                refused.append(str(why))
                return op, 'not run', str(why)
            except NoTime as why:
                return op, 'no time', '' if self.commands.left() <= 0 else str(why)
            except Failed as why:
                return op, 'failed', str(why)
            except Exception as error:  # in the check itself, such as an unexpected output: the other ops still run
                return op, 'failed', f'{type(error).__name__}: {error}'

        if shards == 1:
            yield from map(attempt, ops)
            return
        with concurrent.futures.ThreadPoolExecutor(shards) as pool:
            try:
                for done in concurrent.futures.as_completed([pool.submit(attempt, op) for op in ops]):
                    yield done.result()
            except BaseException:  # a signal, which attempt() does not catch
                pool.shutdown(wait=False, cancel_futures=True)
                self.commands.kill()
                raise

    def op_table(self):
        ops = sorted(self.tested_ops(), key=lambda op: not op.startswith('conv'))  # the longest first
        return self.each_op(ops, lambda op: self.test(f'op table {op}', f'[op][{op}][gpu]', SECONDS_FOR_AN_OP, self.shards),
                            self.shards)

    def host_tests(self, name):
        if self.options.quick:
            return self.test(name, '[memory]~[gpu]')
        output = self.commands.run(name, ['ctest', '--test-dir', self.options.build, '--parallel', self.options.jobs,
                                          '--label-exclude', '^gpu$', '--output-on-failure'])
        passed = re.search(r'\d+% tests passed.*', output)
        if not passed:
            raise Failed(f'nothing was tested: {last_line(output)}')
        return passed[0]


def summary(ops, found):
    """The error to raise, or None, and a note, from {op: (result, why)}, which may lack some."""
    with_result = {result: [op for op in ops if found.get(op, ('', ''))[0] == result] for result in
                   ('passed', 'failed', 'no time', 'not run')}
    text = {op: f'{op}: {why}' for op, (_, why) in found.items()}
    late = [op + (f' ({found[op][1]})' if found[op][1] else '') for op in with_result['no time']]
    rest = f'; no time for {len(late)}: {", ".join(late)}' if late else ''
    if refused := with_result['not run']:
        rest += f'; {len(refused)} not run: {found[refused[0]][1]}'
    if failed := with_result['failed']:
        return Failed, f'{len(failed)} of {len(ops)} ops: {"; ".join(text[op] for op in failed)}{rest}'
    if len(with_result['passed']) < len(ops):
        return NotRun if refused and not late else NoTime, f'{len(with_result["passed"])} of {len(ops)} ops passed{rest}'
    return None, f'{len(ops)} ops'


def demand_that_some_ran(output):
    if unseen := re.search(f'{re.escape(SKIPPED_BY_TESTS)}.*|No tests? (cases? )?(ran|match).*', output):
        raise Failed(f'nothing was tested: {unseen[0]}')


class Trainings:
    """Short trainings on phantoms, each identified by the SHA-256 of its final weights."""

    def __init__(self, checks):
        self.checks, self.commands = checks, checks.commands
        self.runs = checks.commands.folder / 'runs'
        self.whole = {}  # the hash of an uninterrupted, replayed run, by precision

    def draw_phantoms(self):
        if not self.whole:
            shutil.rmtree(self.runs, ignore_errors=True)
            self.commands.run('phantoms', [self.checks.tuna, 'data', 'phantom', '--output', self.runs / 'phantoms', '--adults',
                                           200, '--children', 200, '--size', 32])

    def phantoms(self, precision):
        return [f'data.manifest={self.runs / "phantoms/manifest.csv"}', f'precision={precision}']

    def weights(self, run):
        return hashlib.sha256((self.runs / run / 'weights.safetensors').read_bytes()).hexdigest()

    def train(self, run, precision, *flags):
        self.commands.run(f'train {run}', [self.checks.tuna, 'train', SOURCE / 'specs/tiny.json', '--out', self.runs / run,
                                           '--device', self.checks.device, *flags, '--set', *self.phantoms(precision)],
                          SECONDS_TO_TRAIN)
        return self.weights(run)

    def first(self, precision):
        self.draw_phantoms()
        if precision not in self.whole:
            shutil.rmtree(self.runs / f'first-{precision}', ignore_errors=True)
            self.whole[precision] = self.train(f'first-{precision}', precision)
        return self.whole[precision]

    def same_weights(self, other, precision, *flags):
        return same(self.first(precision), self.train(f'{other}-{precision}', precision, *flags))

    def resumed(self, precision):
        """Resumes from the first checkpoint that a complete run has kept, without the later files."""
        whole, run = self.first(precision), self.runs / f'resumed-{precision}'
        shutil.copytree(self.runs / f'first-{precision}', run)
        checkpoint, *later = sorted((run / 'checkpoints').iterdir())
        if not later:
            raise Failed(f'{run}/checkpoints: has only the last checkpoint, expected an earlier one, too')
        for made_later in *later, run / 'weights.safetensors', run / 'evaluation.json':
            made_later.unlink()
        if checkpoint.name.startswith('1'):
            (run / 'pretrained.safetensors').unlink()
        self.commands.run(f'train {run.name}', [self.checks.tuna, 'train', '--resume', '--out', run],
                          SECONDS_TO_TRAIN)
        return f'from {checkpoint.stem}; {same(whole, self.weights(run.name))}'

    def with_tuning(self, precision):
        """Twice with the engines that `tuna tune` finds the fastest."""
        self.draw_phantoms()
        tuning = self.runs / 'tuning.json'
        self.commands.run('tune tiny', [self.checks.tuna, 'tune', SOURCE / 'specs/tiny.json', '--out', tuning, '--device',
                                        self.checks.device, '--set', *self.phantoms(precision)], SECONDS_TO_TRAIN)
        return same(*(self.train(f'{run}-tuned-{precision}', precision, '--tuning', tuning) for run in ('first', 'second')))


def same(first, second):
    if first != second:
        raise Failed(f'SHA-256 of the weights: {first[:16]}... and {second[:16]}...')
    return f'SHA-256 of the weights {first[:16]}...'
