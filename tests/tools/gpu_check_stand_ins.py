#!/usr/bin/env python3
"""Tests of tools/gpu_check and tools/peer/compare_with_torch.py without a GPU: every program that they call is a stand-in.

The stand-ins do what stand_in.py says; here are their rules.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tarfile
import tempfile
import time
import unittest
import unittest.mock

SOURCE = pathlib.Path(__file__).resolve().parent.parent.parent
OPS = 'conv_transpose2d', 'scale', 'tanh'
INFO = {'cuda': '13.0', 'cudnn': 'cuDNN 9.20', 'onednn': '', 'compiler': 'GNU', 'cpu': 'x', 'build': 'b', 'backends': ['cuda']}
SUMMARY = '========= ERROR SUMMARY: 0 errors\n'
ALL_PASSED = 'All tests passed (3 assertions in 2 test cases)\n'


def benchmark(op, **more):
    return {'name': f'{op}/forward/cuda/f32/1x2_median', 'run_name': f'{op}/forward/cuda/f32/1x2', 'run_type': 'aggregate',
            'aggregate_name': 'median', 'real_time': 3.5, 'time_unit': 'us', 'copy%': 80.0, **more}


def benchmarks(*entries):
    return json.dumps({'context': {'gpu': 'stand-in'}, 'benchmarks': entries})


LIMITS = {'precision': 'bf16', 'gflops': 790e3, 'copies': [
    {'megabytes': size, 'memcpy_gb_per_second': 4000.0, 'kernel_gb_per_second': 3900.0} for size in (8, 1000)]}


def instruction(ms, *symbols):
    return {'name': 'scale', 'ms': ms, 'kernels': [{'symbol': symbol, 'grid': [1, 1, 1]} for symbol in symbols]}


INSTRUCTIONS = {'instructions': [instruction(1.0, 'first', 'second'), instruction(0.7, 'third'), instruction(0.4, 'second'),
                                 {'name': 'copy', 'ms': 9.0, 'kernels': [{'symbol': 'memcpy', 'grid': None}]}]}
COUNTERS = '    Metric Name          Metric Unit  Metric Value\n    Duration                us        12.5\n'

RULES = [
    ['tuna bench limits', {'out': 'tuna: a note\n' + json.dumps(LIMITS, indent=2)}],
    ['^ncu ', {'out': COUNTERS, 'code': 9}],
    ['tuna bench step .*--instructions (\\S+)', {'write': ['{1}', json.dumps(INSTRUCTIONS)],
                                                'out': 'conv2d  90 %\n{\n"ms_median": 2.0\n}\n'}],
    ['tuna info', {'out': json.dumps(INFO)}],
    ['tuna train .*--resume --out (\\S+)', {'write': ['{1}/weights.safetensors', 'bits']}],
    ['tuna train .*--out (\\S+)', {'write': ['{1}/weights.safetensors', 'bits'],
                                       'touch': ['evaluation.json', 'checkpoints/2-joint-10', 'checkpoints/2-joint-20']}],
    ['tuna tune .*--out (\\S+)', {'write': ['{1}', '{"convolutions": [1, 2]}']}],
    ['tuna bench step', {'out': 'tuna: a note\n{\n"ms_median": 2.0,\n"spread": 0.01\n}\n'}],
    ['tuna bench .*list_tests', {'out': ''.join(f'{op}/forward/cuda/f32/1x2/warm\n' for op in OPS)}],
    *[[f'tuna bench \\^{op}/ .*--benchmark_out=(\\S+)', {'write': ['{1}', benchmarks(benchmark(op))]}] for op in OPS],
    ['tuna_tests --list-tests', {'out': ''.join(f'  {op}: a row\n      [gpu][op][{op}]\n' for op in OPS) + '3 test cases\n',
                                 'code': 3}],
    ['compute-sanitizer .*racecheck', {'out': f'{ALL_PASSED}========= RACECHECK SUMMARY: 0 hazards displayed (0 errors)\n'}],
    ['compute-sanitizer', {'out': ALL_PASSED + SUMMARY}],
    ['tuna_tests', {'out': ALL_PASSED}],
    ['ctest', {'out': '100% tests passed, 0 tests failed out of 9\n'}],
    ['nvidia-smi.*clocks_throttle_reasons', {'out': 'Field "clocks_throttle_reasons.active" is not valid', 'code': 2}],
    ['nvidia-smi --query-gpu=(\\S+)', {'out': '{1}!\n'}],
    ['apt-cache depends libdnnl-dev', {'out': 'libdnnl-dev\n  Depends: libdnnl2\n  Recommends: ocl-icd-opencl-dev\n'}],
    ['apt-cache depends libdnnl2', {'out': 'libdnnl2\n  Depends: libc6\n |Depends: libopencl\n  Depends: <libopencl1>\n'
                                           '    libopencl\n'}],
]

HANGING_PEER = """
import os, subprocess, sys, time
workers = [subprocess.Popen(['sleep', '100']), subprocess.Popen(['sleep', '100'], stdout=subprocess.DEVNULL)]
with open(sys.path[0] + '/calls', 'a') as calls:
    print(os.getpid(), 'peer', file=calls)
    for worker in workers: print(worker.pid, 'worker', file=calls)
if '--channels-last' in sys.argv: sys.exit('out of memory')
time.sleep(100)
"""


class WithStandIns(unittest.TestCase):
    def setUp(self):
        scratch = tempfile.TemporaryDirectory()
        self.addCleanup(scratch.cleanup)
        self.folder = pathlib.Path(scratch.name)
        self.out, self.build = self.folder / 'out', self.folder / 'build'
        self.programs('bin/cmake', 'bin/c++', 'bin/ctest', 'bin/compute-sanitizer', 'bin/nvidia-smi', 'bin/apt-cache', 'bin/ncu',
                      'build/tuna', 'build/tests/tuna_tests')
        (self.build / 'CMakeCache.txt').touch()
        self.environment = {**os.environ, 'PATH': f'{self.folder / "bin"}{os.pathsep}{os.environ["PATH"]}'}
        self.rules()
        self.stand_in_for_torch(there=False)

    def programs(self, *paths):
        for path in map(self.folder.joinpath, paths):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f'#!/bin/sh\nexec "{sys.executable}" -I -S "{SOURCE}/tests/tools/stand_in.py" "{self.folder}" '
                            f'{path.name} "$@"\n')
            path.chmod(0o755)

    def rules(self, *first):
        (self.folder / 'rules.json').write_text(json.dumps([*first, *RULES]))

    def start(self, *flags, gpu='Stand-in', compute_capability='9.0'):
        script = ('import runpy, sys\n'
                  f'sys.path.insert(0, {str(SOURCE / "tools")!r})\n'
                  'from gpu_suite import machine\n'
                  f'machine.cuda_gpu = lambda: ({{"name": {gpu!r}, "compute_capability": {compute_capability!r}}}, "")\n'
                  f'runpy.run_path({str(SOURCE / "tools/gpu_check")!r}, run_name="__main__")\n')
        return subprocess.Popen([sys.executable, '-c', script, '--out', self.out, '--work', self.folder / 'work', '--build',
                                 self.build, '--jobs', '2', *flags], env=self.environment, stdout=subprocess.PIPE,
                                stderr=subprocess.STDOUT, text=True)

    def check(self, *flags, **settings):
        process = self.start(*flags, **settings)
        self.printed = process.communicate(timeout=400)[0]
        return process.returncode

    def stand_in_for_torch(self, there=True, depth=18):
        (self.folder / 'torch').mkdir(exist_ok=True)
        (self.folder / 'torch/__init__.py').write_text('' if there else 'raise ImportError')
        self.environment['PYTHONPATH'] = str(self.folder)
        if not there:
            return
        self.rules(['spec show', {'out': json.dumps({
            'name': 's', 'train': {'batch': 1, 'bn': 'frozen'}, 'data': {'size': 8, 'channels': 1},
            'generator': {'ngf': 1, 'blocks': 1}, 'discriminator': {'ndf': 1, 'layers': 3},
            'classifier': {'depth': depth, 'width': 1, 'f_input': 'resize'},
            'objective': {'gan': 'lsgan', 'identity': {'weight': 0.0}}})}],
            ['bench step', {'out': '{"ms_median": 5.0, "planned_bytes": 1048576}'}])

    def report(self):
        return json.loads((self.out / 'report.json').read_text())

    def results(self):
        return {check['name']: check['result'] for check in self.report()['checks']}

    def note(self, name):
        return next(check['note'] for check in self.report()['checks'] if check['name'] == name)

    def page(self):
        return (self.out / 'report.md').read_text()

    def calls(self, pattern):
        if not (self.folder / 'calls').exists():
            return []
        lines = (self.folder / 'calls').read_text().splitlines()
        return [line.split(' ', 1)[1] for line in lines if re.search(pattern, line)]

    def wait_for(self, is_so):
        end = time.monotonic() + 60
        while not is_so():
            self.assertLess(time.monotonic(), end)
            time.sleep(0.05)

    def assert_are_gone(self, pattern, count=1):
        pids = [int(line.split()[0]) for line in (self.folder / 'calls').read_text().splitlines() if re.search(pattern, line)]
        self.assertEqual(len(pids), count)
        for pid in pids:
            self.wait_for(lambda pid=pid: has_ended(pid))


def has_ended(pid):
    try:
        return pathlib.Path(f'/proc/{pid}/stat').read_text().rpartition(')')[2].split()[0] == 'Z'
    except FileNotFoundError:
        return True


class GpuCheck(WithStandIns):
    def test_everything_passes_the_most_valuable_first(self):
        self.assertEqual(self.check(), 0, self.printed)
        results = self.results()
        self.assertEqual({name for name, result in results.items() if result == 'not run'}, {
            f'benchmarks: the same step in PyTorch, {how}' for how in ('bf16', 'bf16, compiled', 'tf32', 'tf32, compiled')}, results)
        names = list(results)
        wanted = ['build', 'op table', 'golden', 'memory, replay', 'training twice on', 'training resumed',
                  'training twice in tf32', 'training twice in bf16', 'whole steps', 'limits', 'step of 512-ngf64, bf16',
                  'operations of a step of 512-ngf64, bf16', 'step of 512-ngf64, tf32', 'tune 512-ngf64, bf16',
                  '512-ngf64, bf16, tuned', 'PyTorch, bf16', 'PyTorch, bf16, compiled', 'tune 512-ngf64, tf32',
                  '512-ngf64, tf32, tuned', 'PyTorch, tf32', 'PyTorch, tf32, compiled', 'benchmarks: ops',
                  'training twice with a tuning', 'counters', 'step of 64-ngf16, fp32', 'memcheck', 'racecheck', 'initcheck',
                  'host tests']
        places = [next(i for i, name in enumerate(names) if part in name) for part in wanted]
        self.assertEqual(places, sorted(places), names)

        for op in OPS:
            [call] = self.calls(f'tuna bench .{op}/')
            self.assertIn('--benchmark_repetitions=5', call)
        for call, precision in zip(self.calls('bench step .*--tuning'), ('bf16', 'tf32'), strict=True):
            self.assertRegex(call, f'specs/bench/512-ngf64.json --tuning .*tuning-512-ngf64-{precision}.json .*precision={precision}')
        self.assertEqual(self.calls('initcheck .*conv_transpose2d'), [])
        self.assertTrue(all('--report-api-errors no' in call for call in self.calls('memcheck')))
        self.assertEqual({op['run_name'].split('/')[0] for op in self.report()['ops']}, set(OPS))
        self.assertEqual(self.report()['machine']['power.limit'], 'power.limit!')  # though one field was refused
        self.assertIn('conv2d  90 %', self.page())
        self.assertIn('| 512-ngf64 | bf16 | tuned | 2 |', self.page())
        self.assertEqual({path.name for path in self.out.iterdir()},
                         {'report.json', 'report.md', 'bench.json', 'instructions-512-ngf64-bf16.json', 'logs.tar.gz'})
        self.assertIn('| 1000 | 4000 | 3900 |', self.page())
        self.assertEqual([re.search('--kernel-name (\\S+)', call)[1] for call in self.calls(' ncu ')], ['second', 'third', 'first'])
        self.assertIn('| second | us 12.5 |', self.page())
        with tarfile.open(self.out / 'logs.tar.gz') as logs:
            self.assertIn('logs/memcheck-scale.log', logs.getnames())
            self.assertIn('logs/tuning-512-ngf64-bf16.json', logs.getnames())

    def test_the_step_in_pytorch_next_to_ours(self):
        self.assertEqual(self.check('--only', 'build|PyTorch'), 0)
        self.assertIn('has no PyTorch', self.note('benchmarks: the same step in PyTorch, bf16'))
        self.stand_in_for_torch()
        peer = self.folder / 'peer.py'
        peer.write_text("import sys\nif '--compile' in sys.argv: sys.exit('no')\nprint('{\"step_s\": 0.010}')\n")
        self.assertEqual(self.check('--only', 'build|tune 512-ngf64, tf32|the same step', '--peer', str(peer)), 1, self.printed)
        self.assertEqual(self.note('benchmarks: the same step in PyTorch, bf16'), 'bf16: torch eager / tuna: 2.00 '
                         '(by round 2.00 to 2.00); tuna without a tuning, as tuning-512-ngf64-bf16.json was not made')
        self.assertRegex(self.note('benchmarks: the same step in PyTorch, tf32'), '^tf32: torch eager / tuna: 2.00 [^;]*$')
        self.assertIn('| torch eager | tf32 | 10.0 | 200.0 |', self.page())
        self.assertIn('| tuna | tf32 | 5.0 | 400.0 | 1.0 | tuning-512-ngf64-tf32.json |', self.page())
        self.assertEqual(len(self.calls('precision=tf32 --tuning \\S*tf32.json')), 4)
        self.assertEqual(self.calls('--tuning \\S*bf16.json'), [])
        self.assertEqual(self.results()['benchmarks: the same step in PyTorch, bf16, compiled'], 'failed')
        self.assertIn('| torch compile | bf16 |  |  |  | exit code 1; no |', self.page())  # in addition

    def test_a_gpu_without_bf16_is_compared_in_fp16(self):
        self.stand_in_for_torch()
        (self.folder / 'peer.py').write_text("import sys\nprint(*sys.argv, file=open(sys.path[0] + '/seen', 'a'))\n"
                                             "print('{\"step_s\": 0.010}')\n")
        self.assertEqual(self.check('--only', 'build|PyTorch,|limits|tune ', '--peer', str(self.folder / 'peer.py'),
                                    compute_capability='7.0'), 0, self.printed)
        results = {name: result for name, result in self.results().items() if re.search('PyTorch,|limits|tune ', name)}
        self.assertEqual({name for name, result in results.items() if result == 'not run'},
                         {name for name in results if 'tf32' in name}, results)
        self.assertEqual({name for name in results if 'PyTorch' in name and 'tf32' not in name},
                         {f'benchmarks: the same step in PyTorch, {how}' for how in ('fp16', 'fp16, compiled')})
        self.assertEqual(self.note('benchmarks: the same step in PyTorch, tf32'), 'compute capability 7.0 has no tf32')
        self.assertEqual([mode['step'] for mode in self.report()['peer']['modes']],
                         ['torch eager', 'torch channels-last', 'torch cuda-graph', 'torch compile', 'tuna'])
        self.assertEqual(set(re.findall('--precision (\\S+)', (self.folder / 'seen').read_text())), {'fp16'})

    def test_a_signal_ends_what_pytorch_has_started(self):
        self.stand_in_for_torch()
        (self.folder / 'peer.py').write_text(HANGING_PEER)
        process = self.start('--only', 'build|PyTorch, bf16$', '--peer', str(self.folder / 'peer.py'))
        self.wait_for(lambda: self.calls('worker'))
        process.send_signal(signal.SIGTERM)
        self.assertEqual((process.communicate(timeout=30), process.returncode)[1], 128 + 15)
        self.assert_are_gone('peer$|worker$', 3)

    def test_a_benchmark_with_an_error_stays_in_the_report(self):
        error = benchmark('scale', run_type='iteration', error_occurred=True, error_message='wrong by 3', repetitions=5)
        del error['aggregate_name']
        fine = benchmark('scale', run_name='scale/backward/cuda/f32/1x2')
        self.rules(['bench \\^scale/ .*_out=(\\S+)', {'write': ['{1}', benchmarks(error, error, benchmark('scale'), fine)], 'code': 1}])
        self.assertEqual(self.check('--only', 'build|ops$'), 1)
        self.assertEqual(self.results()['benchmarks: ops'], 'failed')
        self.assertEqual([op.get('error_message') for op in self.report()['ops'] if op['run_name'].startswith('scale')],
                         [None, None, 'wrong by 3'])
        self.assertIn('| scale/forward/cuda/f32/1x2 | ERROR: wrong by 3 |', self.page())
        self.assertIn('| tanh/forward/cuda/f32/1x2 |  | 3.5 |', self.page())

    def test_a_benchmark_that_ends_early_leaves_what_it_wrote(self):
        self.rules(['bench \\^scale/ .*_out=(\\S+)', {'write': ['{1}', benchmarks(benchmark('scale'))], 'code': 9}],
                   ['bench \\^tanh/ .*_out=(\\S+)', {'write': ['{1}', '{"context": {'], 'code': 9}])
        self.assertEqual(self.check('--only', 'build|ops$'), 1)
        self.assertEqual({op['run_name'].split('/')[0] for op in self.report()['ops']}, {'conv_transpose2d', 'scale'})
        self.assertIn('2 of 3 ops: scale: exit code 9', self.note('benchmarks: ops'))

    def test_a_step_without_times_is_reported(self):
        for out in 'killed\n', '{\n"ms_median": 2.0,\nkilled\n':
            self.rules(['bench step', {'out': out}])
            self.assertEqual(self.check('--only', 'build|512-ngf64, fp32$'), 1)
            self.assertEqual(self.note('benchmarks: step of 512-ngf64, fp32'), 'expected a JSON object, found: killed')

    def test_an_op_that_fails_does_not_take_others_with_it(self):
        self.rules(['tuna_tests .*scale', {'out': 'an illegal memory access\n1 of 6 failed\n', 'code': 1}])
        self.assertEqual(self.check('--only', 'build|op table'), 1)
        [name] = [name for name in self.results() if 'op table' in name]
        self.assertEqual(self.note(name), '1 of 3 ops: scale: exit code 1; 1 of 6 failed (logs/op-table-scale.log)')
        self.assertEqual(len(self.calls('tuna_tests .*tanh')), 1)

    def test_an_error_in_the_check_of_an_op_ends_no_other(self):
        self.rules(['bench \\^scale/ .*_out=(\\S+)', {'write': ['{1}', '{}']}])
        self.assertEqual(self.check('--only', 'build|ops$'), 1)
        self.assertEqual(self.note('benchmarks: ops'), "1 of 3 ops: scale: KeyError: 'context'")
        self.assertEqual(len(self.calls('bench .tanh/')), 1)

    def test_tests_that_were_skipped_are_not_passed(self):
        skipped = 'warning:\n  tests tagged [gpu] are skipped: no driver\n'
        self.rules(['tuna_tests .op', {'out': skipped + ALL_PASSED}],
                   ['compute-sanitizer', {'out': skipped + ALL_PASSED + SUMMARY}])
        self.assertEqual(self.check('--only', 'build|op table|memcheck'), 1)
        for name, result in self.results().items():
            self.assertIn(result, ('passed' if name == 'build' else 'failed',) if re.search('build|op t|memc', name)
                          else ('not run',))
        self.assertIn('nothing was tested: tests tagged [gpu] are skipped', self.note('memcheck'))

    def test_a_sanitizer_has_to_say_that_all_is_well(self):
        for out, code, result, note in (
                (ALL_PASSED, 0, 'failed', 'the output has no summary of the tool'),
                (f'{ALL_PASSED}{SUMMARY}========= ERROR SUMMARY: 2 errors\n', 0, 'failed', 'ERROR SUMMARY: 2 errors'),
                (f'{ALL_PASSED}========= ERROR SUMMARY: 1 error\n', 42, 'failed', 'ERROR SUMMARY: 1 error'),
                ('========= Error: Device not supported. Please refer to\n', 1, 'not run', 'Error: Device not supported')):
            self.rules(['compute-sanitizer', {'out': out, 'code': code}])
            self.check('--only', 'build|memcheck')
            self.assertEqual(self.results()['memcheck'], result)
            self.assertIn(note, self.note('memcheck'))
        self.rules(['compute-sanitizer', {'out': ALL_PASSED + '========= RACECHECK SUMMARY: 1 hazard displayed (1 error)\n'}])
        self.check('--only', 'build|racecheck')
        self.assertEqual(self.results()['racecheck'], 'failed')

    def test_weights_that_differ_are_found(self):
        self.rules(['train .*--out (\\S*second-bf16)', {'write': ['{1}/weights.safetensors', 'other bits']}],
                   ['train .*--resume --out (\\S+)', {'write': ['{1}/weights.safetensors', 'other bits']}])
        self.assertEqual(self.check('--only', 'build|training'), 1)
        self.assertEqual({name for name, result in self.results().items() if result == 'failed'},
                         {'training twice in bf16: the same weights', 'training resumed on the GPU: the same weights'})

    def test_the_end_of_the_time_ends_what_runs_and_begins_no_more(self):
        self.rules(['tuna_tests .*scale', {'out': 'row 7', 'sleep': 600}])
        self.assertEqual(self.check('--minutes', '0.25', '--only', 'build|op table|golden|memcheck'), 1)
        [table] = [name for name in self.results() if 'op table' in name]
        self.assertEqual(self.note(table), '1 of 3 ops passed; no time for 2: scale, tanh')
        self.assertEqual(self.results()['memcheck'], 'no time')
        self.assertIn('row 7', (self.folder / 'work/logs/op-table-scale.log').read_text())
        self.assert_are_gone('tuna_tests .*scale')

    def test_a_signal_ends_what_runs_and_leaves_the_report(self):
        self.rules(['cmake', {'out': 'file 1 of 9', 'sleep': 600}])
        process = self.start()
        while not (self.folder / 'calls').exists() or not self.calls('cmake'):
            time.sleep(0.05)
        self.assertEqual(self.results(), {'build': 'running'})  # as SIGKILL would leave it
        process.send_signal(signal.SIGTERM)
        self.assertEqual((process.communicate(timeout=30), process.returncode)[1], 128 + 15)
        self.assertEqual(self.results(), {'build': 'no time'})
        self.assertEqual(self.note('build'), 'SIGTERM')
        self.assertIn('| build | no time |', self.page())
        self.assert_are_gone('cmake')

    def test_only_adds_to_the_report(self):
        self.assertEqual(self.check('--only', 'build|golden|ngf16, bf16'), 0)
        self.rules(['tuna_tests .golden', {'code': 1}], ['bench step', {'out': '{\n"ms_median": 7.0\n}'}])
        self.assertEqual(self.check('--only', 'memory|ngf16, tf32'), 0)  # nothing of this run failed
        self.assertEqual({name for name, result in self.results().items() if result == 'passed'} - {'build'},
                         {"golden files: networks, Adam and a whole step are PyTorch's",
                          'memory, replay, losses, pool, random numbers', 'benchmarks: step of 64-ngf16, bf16',
                          'benchmarks: step of 64-ngf16, tf32'})
        self.assertEqual([step['result']['ms_median'] for step in self.report()['steps']], [2.0, 7.0])
        self.assertEqual(self.check('--only', 'golden'), 1)
        self.assertEqual(self.check('--only', 'golden', gpu='Another'), 2)
        self.assertIn('has a report of Stand-in', self.printed)

    def test_nothing_is_checked_where_nothing_was_built(self):
        self.rules(['cmake --build', {'out': 'error: no such header\n', 'code': 2}])
        self.assertEqual(self.check(), 1)
        self.assertEqual({result for name, result in self.results().items() if name != 'build'}, {'not run'})
        self.assertIn('exit code 2; error: no such header', self.note('build'))


class TimeBudget(WithStandIns):
    ORDER = ('prebuilt', 'limits', 'step of 512-ngf64, bf16', 'operations of', '512-ngf64, tf32', '512-ngf64, fp16',
             '512-ngf64, fp32', 'op table', 'golden', 'whole steps', 'replayed', 'resumed', 'tune 512', 'bf16, tuned', 'counters',
             'same step in PyTorch, bf16', 'PyTorch, bf16, compiled', 'memcheck', 'racecheck')

    def setUp(self):
        super().setUp()
        self.programs('pack/tuna', 'pack/tests/tuna_tests')
        (self.folder / 'pack/pack.json').write_text(json.dumps({'commit': 'packed', 'from_the_machine': ['libcudnn.so.9']}))

    def start(self, *flags, **settings):
        return super().start('--prebuilt', self.folder / 'pack', '--lease', *flags, **settings)

    def test_the_most_valuable_comes_first(self):
        self.assertEqual(self.check(), 0, self.printed)
        results = self.results()
        self.assertEqual(len(results), len(self.ORDER), results)
        for name, part in zip(results, self.ORDER):
            self.assertIn(part, name)
            self.assertEqual(results[name], 'not run' if 'step in PyTorch' in name else 'passed', name)
        self.assertEqual(self.calls('cmake'), [])
        self.assertEqual({check['commit'] for check in self.report()['checks']}, {'packed'})
        [tune] = self.calls('tuna tune')
        self.assertIn('--phase joint --heaviest 40 --out', tune)
        self.assertEqual(len(self.calls('compute-sanitizer .*racecheck')), 5)
        self.assertLessEqual(len(list(self.out.iterdir())), 8)
        again = len(self.calls('.'))
        self.assertEqual(self.check(), 0, self.printed)  # all is done
        self.assertEqual([call for call in self.calls('.')[again:] if 'nvidia-smi' not in call and 'info' not in call], [])
        self.assertEqual(self.check('--only', 'limits'), 0, self.printed)
        self.assertEqual(len(self.calls('bench limits')), 2)

    def test_where_libraries_and_sources_are(self):
        library = self.folder / 'nvidia/cudnn/lib/libcudnn.so.9'
        library.parent.mkdir(parents=True)
        library.touch()
        (self.folder / 'pack/tuna').write_text(f'#!/bin/sh\necho "$LD_LIBRARY_PATH $TUNA_SOURCE_DIR" > "{self.folder}/seen"\n'
                                               f"echo '{json.dumps(INFO)}'\n")
        self.environment['LD_LIBRARY_PATH'] = '/before'
        self.check('--only', 'nothing else')
        folders, source = (self.folder / 'seen').read_text().split()
        self.assertEqual((folders.split(':')[0], folders.split(':')[-1]), (str(library.parent), '/before'))
        self.assertEqual(source, str(SOURCE))
        self.assertEqual(self.report()['machine']['libcudnn.so.9'], str(library.resolve()))
        self.assertIn(f'| libcudnn.so.9 | {library.resolve()} |', self.page())
        library.unlink()
        self.check('--only', 'nothing else')
        self.assertRegex(self.report()['machine']['libcudnn.so.9'], "^the loader's$|^/usr")

    def test_a_time_budget_without_a_pack_is_refused(self):
        finished = subprocess.run([SOURCE / 'tools/gpu_check', '--lease'], capture_output=True, text=True)
        self.assertEqual(finished.returncode, 2)
        self.assertIn('--lease needs --prebuilt', finished.stderr)
        (self.folder / 'pack/pack.json').unlink()
        self.assertEqual(self.check(), 2)
        self.assertIn('expected a folder made by --pack', self.printed)

    def test_a_program_that_does_not_start(self):
        self.rules(['tuna info', {'out': 'libcudnn.so.9: cannot open shared object file', 'code': 127}])
        self.assertEqual(self.check(), 1)
        self.assertIn('exit code 127; libcudnn.so.9: cannot open', self.note('prebuilt programs start'))
        self.assertEqual({result for name, result in self.results().items() if 'prebuilt' not in name}, {'not run'})

    def test_the_parts_fit_into_the_time_budget_and_leave_their_time_to_the_next(self):
        sys.path.insert(0, str(SOURCE / 'tools'))
        from gpu_suite import time_budget
        ends = [end for _, end in time_budget.parts(time_budget.MINUTES)]
        self.assertEqual(len(ends), len(self.ORDER))
        self.assertEqual(ends, sorted(ends))
        self.assertLessEqual(ends[-1], 60 * time_budget.MINUTES - 10)  # to end what runs, and to write
        self.assertAlmostEqual(max(end for _, end in time_budget.parts(time_budget.MINUTES / 3)), ends[-1] / 3)

    def test_a_part_that_hangs_takes_no_time_of_others(self):
        self.rules(['bench limits', {'sleep': 600}])
        begin = time.monotonic()
        self.assertEqual(self.check('--minutes', '3'), 1)
        self.assertEqual(self.results()['benchmarks: limits of the GPU'], 'no time')
        self.assertRegex(self.note('benchmarks: limits of the GPU'), '^no end after [0-9]+ s')
        self.assertEqual(self.results()['benchmarks: step of 512-ngf64, bf16'], 'passed')
        self.assertLess(time.monotonic() - begin, 3 * 60 + 20)
        self.assert_are_gone('bench limits')

    def test_tuning_that_is_cut_short_is_kept(self):
        self.rules(['tuna tune .*--out (\\S+)', {'write': ['{1}', '{"convolutions": [1, 2, 3]}'], 'sleep': 600}])
        self.assertEqual(self.check('--minutes', '0.5', '--only', 'tune|tuned'), 0, self.printed)
        self.assertRegex(self.note('benchmarks: tune 512-ngf64, bf16'), '^3 convolutions .*, then no time: no end after')
        self.assertEqual(self.results()['benchmarks: step of 512-ngf64, bf16, tuned'], 'passed')

    def op_table(self):
        return next((check for check in self.report()['checks'] if 'op table' in check['name']), {'note': ''})

    def start_an_op_table_that_hangs(self):
        self.rules(['tuna_tests .*(scale|tanh)', {'sleep': 600}])
        process = self.start()
        self.wait_for(lambda: (self.out / 'report.json').exists() and self.op_table()['note'])
        self.wait_for(lambda: len(self.calls('tuna_tests .*(scale|tanh)')) == 2)
        return process

    def test_a_refusal_ends_no_op_that_runs(self):
        refusal = ['compute-sanitizer .*memcheck .*instance_norm', {'out': '===== Error: Device not supported.\n', 'code': 1}]
        runs = {'sleep': 2, 'out': ALL_PASSED + SUMMARY}
        self.rules(refusal, ['compute-sanitizer .*memcheck', runs])
        self.assertEqual(self.check('--only', 'memcheck'), 0, self.printed)
        self.assertEqual(self.results()['memcheck'], 'not run')
        self.assertEqual(self.note('memcheck'), '1 of 5 ops passed; 4 not run: Error: Device not supported.')
        self.assertEqual(len(self.calls('compute-sanitizer .*memcheck')), 2)
        self.rules(refusal, ['compute-sanitizer .*memcheck', {**runs, 'out': SUMMARY.replace('0', '3')}])
        self.assertEqual(self.check('--only', 'memcheck'), 1)  # what was found counts
        self.assertRegex(self.note('memcheck'), '^1 of 5 ops: batch_norm_frozen_fused: .*; 4 not run: Error: Device not supported')

    def test_a_machine_that_vanishes_leaves_what_was_found(self):
        process = self.start_an_op_table_that_hangs()
        process.kill()
        process.communicate()
        for line in (self.folder / 'calls').read_text().splitlines():
            if re.search('tuna_tests .*(scale|tanh)', line):
                os.kill(int(line.split()[0]), signal.SIGKILL)
        self.assertEqual((self.op_table()['result'], self.op_table()['note']), ('running', '1 of 3 ops passed'))
        names = list(self.results())
        self.assertEqual(len(names), 8)
        self.assertEqual([self.results()[name] for name in names[:7]], ['passed'] * 7)
        self.assertEqual(len(self.report()['steps']), 4)
        self.assertIn('| 1000 | 4000 | 3900 |', self.page())

        shutil.rmtree(self.folder / 'work')  # as on another machine
        self.rules()
        before = len(self.calls('.'))
        self.assertEqual(self.check(), 0, self.printed)
        self.assertEqual(len(self.results()), len(self.ORDER))
        again = '\n'.join(self.calls('.')[before:])
        self.assertNotIn('bench limits', again)
        self.assertIn('[op][scale]', again)
        self.assertNotRegex(again, 'bench step (?!.*--tuning)(?!--spec)')
        with tarfile.open(self.out / 'logs.tar.gz') as logs:
            self.assertIn('logs/benchmarks-limits-of-the-gpu.log', logs.getnames())
            self.assertIn('logs/op-table-tanh.log', logs.getnames())

    def test_a_signal_ends_all_that_runs(self):
        process = self.start_an_op_table_that_hangs()
        process.send_signal(signal.SIGTERM)
        self.assertEqual((process.communicate(timeout=30), process.returncode)[1], 128 + 15)
        self.assertEqual((self.op_table()['result'], self.op_table()['note']), ('no time', 'SIGTERM'))
        self.assert_are_gone('tuna_tests .*(scale|tanh)', 2)

    def test_what_is_compiled_is_kept(self):
        self.stand_in_for_torch()
        (self.folder / 'peer.py').write_text(
            "import os, pathlib, sys\n"
            "made = pathlib.Path(os.environ['TORCHINDUCTOR_CACHE_DIR']) / 'made'\n"
            "print(made.exists(), file=open(sys.path[0] + '/seen', 'a'))\n"
            "made.parent.mkdir(parents=True, exist_ok=True)\n"
            "made.write_text('')\n"
            "print('{\"step_s\": 0.010}')\n")
        for _ in range(2):
            self.assertEqual(self.check('--only', 'PyTorch', '--peer', str(self.folder / 'peer.py')), 0, self.printed)
            shutil.rmtree(self.folder / 'work')
        self.assertEqual((self.folder / 'seen').read_text().split(), ['False', 'True', 'True', 'True'])
        self.assertEqual([mode['step'] for mode in self.report()['peer']['modes']], ['torch cuda-graph', 'torch compile', 'tuna'])


class Pack(WithStandIns):
    LDD = ('\tlinux-vdso.so.1 (0x1)\n\tlibfmt.so.9 => {folder}/libfmt.so.9 (0x2)\n\tlibcudnn.so.9 => not found\n'
           '\tlibstdc++.so.6 => /lib/libstdc++.so.6 (0x3)\n\t/lib64/ld-linux-x86-64.so.2 (0x4)\n')
    NEEDS = ('Version definitions:\n1 0x01 0x0 GLIBC_2.99\n\nVersion References:\n'
             '  required from libc.so.6:\n    0x1 0x00 05 GLIBC_2.4\n    0x2 0x00 04 GLIBC_2.34\n'
             '  required from libfmt.so.9:\n    0x3 0x00 02 GLIBC_2.98\n\n')

    def pack(self, *flags, needs=NEEDS, ldd=LDD, size=9):
        (self.folder / 'libfmt.so.9').write_bytes(bytes(size))
        self.programs('bin/ldd', 'bin/objdump', 'bin/strip')
        self.rules(['^ldd', {'out': ldd.replace('{folder}', str(self.folder))}], ['^objdump', {'out': needs}], ['^strip', {}])
        return self.check('--pack', self.folder / 'pack', *flags)

    def test_what_is_packed(self):
        (self.build / 'CMakeCache.txt').unlink()
        self.assertEqual(self.pack(), 0, self.printed)
        self.assertEqual({path.relative_to(self.folder / 'pack').as_posix() for path in (self.folder / 'pack').rglob('*.*')}
                         | {'tuna', 'tests/tuna_tests'}, {'tuna', 'tests/tuna_tests', 'lib/libfmt.so.9', 'pack.json'})
        about = json.loads((self.folder / 'pack/pack.json').read_text())
        self.assertEqual((about['from_the_machine'], about['needs']), (['libcudnn.so.9'], {'GLIBC': '2.34'}))
        [configure] = self.calls('cmake -S')
        for flag in '-DTUNA_CUDA_ARCHITECTURES=90-real', '-DTUNA_NATIVE=OFF', '-DTUNA_ONEDNN=OFF', '-DCMAKE_INSTALL_RPATH=$ORIGIN':
            self.assertIn(flag, configure)
        self.assertEqual(len(self.calls('^[0-9]+ strip')), 3)
        self.assertEqual(self.pack(), 2)
        self.assertIn('is there already: remove it first', self.printed)

    def test_a_pack_that_the_machine_could_not_run_is_reported(self):
        self.assertEqual(self.pack(needs=self.NEEDS.replace('2.34', '2.36')), 2)
        self.assertIn('tuna needs GLIBC_2.36, newer than GLIBC_2.35', self.printed)

    def test_a_pack_that_is_too_large_is_reported(self):
        self.assertEqual(self.pack(size=41 << 20), 2)
        self.assertIn('it has 41.0 MiB, more than 40', self.printed)

    def test_a_signal_ends_the_build(self):
        self.rules(['cmake --build', {'sleep': 600}])
        process = self.start('--pack', self.folder / 'pack')
        while not self.calls('cmake --build'):
            time.sleep(0.05)
        process.send_signal(signal.SIGINT)
        printed = process.communicate(timeout=30)[0]
        self.assertEqual(process.returncode, 128 + 2)
        self.assertNotIn('Traceback', printed)
        self.assert_are_gone('cmake --build')

    def test_a_library_that_is_missing_here_is_reported(self):
        self.assertEqual(self.pack(ldd='\tlibfmt.so.9 => not found\n'), 2)
        self.assertIn('tuna needs libfmt.so.9, which ldd does not find', self.printed)


class Packages(WithStandIns):
    def test_what_is_fetched(self):
        sys.path.insert(0, str(SOURCE / 'tools'))
        from gpu_suite import packages
        with unittest.mock.patch.dict(os.environ, self.environment):
            found = packages.wanted(SOURCE / 'tools/setup/install_packages')
        self.assertEqual(found[0], 'libdnnl-dev')
        self.assertEqual(found[-2:], ['libdnnl2', 'libopencl'])
        self.assertIn('catch2', found)


class CompareWithTorch(WithStandIns):
    PEER = """
import json, sys, time
if '--channels-last' in sys.argv: sys.exit('out of memory')
if '--compile' in sys.argv: time.sleep(600)
print(json.dumps({'step_s': 0.010, 'peak_mib': 9}))
"""

    def compare(self, peer, *flags, depth=18):
        self.stand_in_for_torch(depth=depth)
        (self.folder / 'peer.py').write_text(peer)
        return subprocess.run([SOURCE / 'tools/peer/compare_with_torch.py', '--python', sys.executable, '--peer',
                               self.folder / 'peer.py', '--spec', 's.json', '--tuna', self.build / 'tuna', '--json',
                               self.folder / 'found.json', '--limit', '8', *flags], capture_output=True, text=True,
                              env=self.environment, cwd=self.folder)

    def found(self):
        return json.loads((self.folder / 'found.json').read_text())

    def test_a_mode_that_fails_stops_no_other(self):
        finished = self.compare(self.PEER, '--rounds', '2')
        self.assertEqual(finished.returncode, 0, finished.stderr)
        self.assertEqual([(mode['step'], len(mode['ms']), mode.get('failed')) for mode in self.found()['modes']],
                         [('torch eager', 2, None), ('torch channels-last', 0, 'exit code 1; out of memory'),
                          ('torch compile', 0, 'no end after 8 s'), ('tuna', 2, None)])
        self.assertEqual(self.found()['ratios'], ['fp32: torch eager / tuna: 2.00 (by round 2.00 to 2.00)'])
        self.assertIn('failed', finished.stdout)

    def test_a_mode_that_hangs_or_fails_leaves_no_process(self):
        begin = time.monotonic()
        finished = self.compare(HANGING_PEER, '--rounds', '1', '--limit', '3', '--modes', 'eager', 'channels-last')
        self.assertLess(time.monotonic() - begin, 60)
        self.assertEqual(finished.returncode, 1)
        self.assertEqual([mode.get('failed') for mode in self.found()['modes']],
                         ['no end after 3 s', 'exit code 1; out of memory', None])
        self.assert_are_gone('peer$|worker$', 6)

    SERVING = """
import json, os, sys
mode = 'compile' if '--compile' in sys.argv else 'channels-last' if '--channels-last' in sys.argv else 'eager'
def answer(event):
    with open('events', 'a') as events: print(mode, event, file=events)
    print(json.dumps({'step_s': 0.010, 'peak_mib': 9, 'cache': os.environ.get('TORCHINDUCTOR_CACHE_DIR')}), flush=True)
answer('starts')
for number, line in enumerate(sys.stdin):
    if mode == 'eager': sys.exit('out of memory')
    answer('answers ' + os.environ['TORCHINDUCTOR_CACHE_DIR'])
"""

    def test_a_process_serves_all_rounds_of_a_mode(self):
        finished = self.compare(self.SERVING, '--rounds', '3', '--cache', 'kept', '--tuning', 't.json')
        self.assertEqual(finished.returncode, 0, finished.stderr)
        found = [(mode['step'], len(mode['ms']), mode.get('failed')) for mode in self.found()['modes']]
        self.assertEqual(found, [('torch eager', 1, 'exit code 1; out of memory'), ('torch channels-last', 3, None),
                                 ('torch compile', 3, None), ('tuna', 3, None)])
        self.assertEqual((self.folder / 'events').read_text().splitlines(), [
            'eager starts', 'channels-last starts', 'compile starts', 'compile answers kept/inductor',
            'channels-last answers kept/inductor', 'channels-last answers kept/inductor', 'compile answers kept/inductor'])
        self.assertEqual([mode.get('tuning') for mode in self.found()['modes']], [None, None, None, 't.json'])
        self.assertEqual(len(self.calls('bench step .*--tuning t.json')), 3)
        self.assertIn('tuna with t.json', finished.stdout)

    def test_rounds_and_what_cannot_be_compared(self):
        finished = self.compare(self.PEER, '--device', 'cuda', '--precisions', 'bf16', '--modes', 'eager')
        self.assertEqual((finished.returncode, self.found()['rounds']), (0, 2))
        finished = self.compare(self.PEER, '--precisions', 'bf16', 'tf32', '--tuning', 't.json')
        self.assertEqual(finished.returncode, 2)
        self.assertIn('a tuning file has the convolutions of one precision', finished.stderr)
        finished = self.compare('print(1)', '--modes', 'eager', '--rounds', '1')
        self.assertEqual(finished.returncode, 1)
        self.assertEqual(self.found()['ratios'], [])

    def test_a_step_that_the_peer_does_not_make_is_refused(self):
        finished = self.compare(self.PEER, depth=50)
        self.assertEqual((finished.returncode, finished.stderr), (1, "s.json: classifier.depth is 50; the peer's is 18\n"))

    def test_a_machine_without_git(self):
        environment = self.environment
        (self.folder / 'bin/python3').symlink_to(sys.executable)
        self.environment = {**environment, 'PATH': str(self.folder / 'bin')}
        self.assertEqual(self.check('--only', 'build'), 0, self.printed)
        self.assertEqual(self.report()['commit'], 'unknown')


if __name__ == '__main__':
    unittest.main()
