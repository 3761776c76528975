"""The tiny run that everything is tried on: it trains, validates, rotates checkpoints, writes pictures and evaluates
within half a second."""
import json
import os
import pathlib
import shutil
import subprocess

SPEC = {
    'domains': {'source': 'adult', 'target': 'child'}, 'classes': ['normal', 'pneumonia'], 'positive': 'pneumonia',
    'data': {'manifest': 'phantoms/manifest.csv', 'size': 16, 'loader_threads': 2, 'cache_mb': 1},
    'generator': {'ngf': 2, 'blocks': 1}, 'discriminator': {'ndf': 2, 'layers': 1}, 'classifier': {'width': 2},
    'pretrain': {'epochs': 2, 'batch': 4},
    'train': {'epochs': 1, 'decay_epochs': 1, 'steps_per_epoch': 2, 'pool': 2},
    'log': {'every': 1, 'images_every': 2, 'validate_every': 2, 'checkpoint_every': 2, 'keep': 1},
    'evaluate': {'bootstrap': 5},
}
# They differ between runs that are the same: times, the process, and what interrupted runs have written.
NOT_COMPARED = {'log.txt', 'run.lock', 'files.txt', 'report.html'}
OF_THE_PAGE = 'images/mistakes/'  # as the page, they may be missing: that they cannot be written is a warning
# The last is set so that the command does not restart itself.
ENVIRONMENT = {**os.environ, 'OMP_NUM_THREADS': '1', 'LC_ALL': 'C', 'GOMP_SPINCOUNT': '10000'}


class Wrong(Exception):
    """What was tried does not hold."""


class Finished:
    """How a command ended."""

    def __init__(self, process, error):
        self.code, self.error = process.returncode, error

    def message(self):
        """The last line that it wrote to stderr."""
        return (self.error.strip().splitlines() or [''])[-1]


class Tiny:
    """A folder with phantoms, a spec and its uninterrupted run `whole`, to which others are compared."""

    def __init__(self, tuna, folder, settings=()):
        self.tuna, self.folder = str(pathlib.Path(tuna).resolve()), pathlib.Path(folder).resolve()
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self.run_or_stop('data', 'phantom', '--output', 'phantoms', '--adults', '12', '--children', '20',
                         '--size', '16')
        (self.folder / 'spec.json').write_text(json.dumps(SPEC))
        self.settings = ['--set', *settings] if settings else []
        self.run_or_stop(*self.train('whole'))
        self.results = results_of(self.folder / 'whole')

    def train(self, run):
        return ['train', 'spec.json', '--out', str(run), *self.settings]

    def start(self, *arguments, environment=None):
        return subprocess.Popen([self.tuna, *map(str, arguments)], cwd=self.folder, text=True, errors='replace',
                                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
                                env={**ENVIRONMENT, **(environment or {})})

    def run(self, *arguments, environment=None):
        process = self.start(*arguments, environment=environment)
        try:
            _, error = process.communicate(timeout=120)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
            raise Wrong(f'tuna {" ".join(map(str, arguments))}: does not end')
        return Finished(process, error)

    def run_or_stop(self, *arguments):
        finished = self.run(*arguments)
        if finished.code != 0:
            raise Wrong(f'tuna {" ".join(map(str, arguments))}: exit code {finished.code}\n{finished.error}')
        return finished

    def fresh(self, name, copy_of=None):
        """The path of a run that does not exist, or of a copy of one."""
        path = self.folder / name
        shutil.rmtree(path, ignore_errors=True)
        if copy_of:
            shutil.copytree(copy_of, path)
        return path

    def continue_to_end(self, run):
        """Resumes a run, or begins it if it has not come far enough; all results must be those of `whole`."""
        newest = newest_checkpoint(run)
        begun = (run / 'spec.json').exists()
        finished = self.run_or_stop('train', '--resume', '--out', run) if begun else self.run_or_stop(*self.train(run))
        if newest and not any(begin in finished.error for begin in (
                f'resumes from {newest}', 'every phase is trained already', 'resumes at the beginning of phase joint')):
            raise Wrong(f'{newest} is there, but the run does not continue from it:\n{finished.error}')
        self.check_results(run)
        return finished

    def check_results(self, run):
        compare(self.results, results_of(run), run)


def results_of(run):
    """Names and bytes of the files of a run that are the same for all runs of its spec."""
    return {str(path.relative_to(run)): path.read_bytes() for path in sorted(run.rglob('*'))
            if path.is_file() and path.name not in NOT_COMPARED and 'tfevents' not in path.name
            and not str(path.relative_to(run)).startswith(OF_THE_PAGE)}


def compare(expected, found, where):
    wrong = [f'{name}: {"missing" if name not in found else "too much" if name not in expected else "differs"}'
             for name in sorted({*expected, *found}) if expected.get(name) != found.get(name)]
    if wrong:
        raise Wrong(f'{where}: not as uninterrupted: {", ".join(wrong)}')


def newest_checkpoint(run):
    names = sorted(path.name for path in (run / 'checkpoints').glob('*.safetensors')) if run.exists() else []
    return names[-1] if names else ''
