"""Runs commands under one deadline, each with a log that grows as it runs, and kills them with their child processes."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time


class NotRun(Exception):
    """Why a check cannot be made here."""


class Failed(Exception):
    """Why a check failed."""


class NoTime(Exception):
    """A check exceeded its time limit or was not started; its result is unknown."""


class Stopped(BaseException):
    """Signal `number` stopped the run."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number


def stop_on_signals():
    """The first signal stops the run; later ones are ignored."""
    wanted = [number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
              if signal.getsignal(number) != signal.SIG_IGN]  # nohup ignores SIGHUP

    def stop(number, _):
        for each in wanted:
            signal.signal(each, signal.SIG_IGN)
        raise Stopped(number)

    for number in wanted:
        signal.signal(number, stop)


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip().strip('=-. ')]
    return lines[-1] if lines else 'no output'


def duration(seconds):
    return f'{seconds:.0f} s' if seconds < 120 else f'{seconds / 60:.1f} minutes'


def kill(process):
    with contextlib.suppress(ProcessLookupError):  # it may have ended just now
        os.killpg(process.pid, signal.SIGKILL)


# preexec_fn, for Python 3.10, is not safe with several threads.
OWN_GROUP = {'process_group': 0} if sys.version_info >= (3, 11) else {'preexec_fn': os.setpgrp}


class Commands:
    def __init__(self, folder, minutes, keep_logs):
        """folder: where commands run and write logs/."""
        self.folder, self.logs = folder, folder / 'logs'
        if not keep_logs:
            shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        self.start = time.monotonic()
        self.deadline = self.start + 60 * minutes
        self.running = set()  # processes, several if threads run commands

    def left(self):
        """Seconds."""
        return self.deadline - time.monotonic()

    @contextlib.contextmanager
    def until(self, seconds):
        """In this context no time is left when so many seconds have passed since the start."""
        whole, self.deadline = self.deadline, min(self.deadline, self.start + seconds)
        try:
            yield
        finally:
            self.deadline = whole

    def log(self, name):
        return self.logs / (re.sub(r'[^a-z0-9_]+', '-', name.lower()).strip('-') + '.log')

    def run(self, name, command, limit=None, any_code=False):
        """Returns the output.  limit: in seconds, if so many are left.  Raises Failed or NoTime."""
        if self.left() <= 0:
            raise NoTime('not begun, as no time was left')
        limit = min(limit or self.left(), self.left())
        log, command = self.log(name), [str(part) for part in command]
        print(f'                    {" ".join(command)}', flush=True)
        log.unlink(missing_ok=True)
        with open(log, 'a+b') as file:  # appends, as child processes may still write
            file.write(f'{" ".join(command)}\n'.encode())
            file.flush()
            begin = file.tell()
            code = self.wait(command, file, limit)
            file.seek(begin)
            output = file.read().decode(errors='replace')
            end = f'no end after {duration(limit)}' if code is None else f'exit code: {code}'
            file.write(f'\n{end}\n'.encode())
        if code is None:
            raise NoTime(f'no end after {duration(limit)}; {last_line(output)} (logs/{log.name})')
        if code != 0 and not any_code:
            raise Failed(f'exit code {code}; {last_line(output)} (logs/{log.name})')
        return output

    def wait(self, command, file, limit):
        """The exit code; None after a timeout."""
        try:  # own process group, to kill it as a whole; same session, so that it ends with that
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                       cwd=self.folder, **OWN_GROUP)
        except OSError as error:
            raise Failed(f'{command[0]}: {error.strerror}') from error
        self.running.add(process)
        try:
            return process.wait(min(limit, max(0, self.left())))  # kill() may have come just before
        except BaseException as stopped:
            kill(process)
            process.wait()
            if isinstance(stopped, subprocess.TimeoutExpired):
                return None
            raise
        finally:
            self.running.discard(process)

    def kill(self):
        """Ends what runs, and begins nothing more."""
        self.deadline = self.start
        for process in list(self.running):
            kill(process)
