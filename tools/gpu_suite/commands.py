"""Runs commands under one deadline, each with a log that grows as it runs, and ends them with all that they started."""
import contextlib
import os
import re
import shutil
import signal
import subprocess
import time


class NotRun(Exception):
    """Why a check cannot be made here."""


class Failed(Exception):
    """What a check found."""


class NoTime(Exception):
    """What took longer than it may, or was not begun: nothing is said of whether it is right."""


class Stopped(BaseException):
    """A signal asks for the end; `number` says which."""

    def __init__(self, number):
        super().__init__(signal.Signals(number).name)
        self.number = number


def stop_on_signals():
    """The first signal ends what runs; those that follow are not to disturb that."""
    wanted = [number for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
              if signal.getsignal(number) != signal.SIG_IGN]  # as nohup does with the last

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


class Commands:
    def __init__(self, folder, minutes, keep_logs):
        """folder: where commands run, and their logs/ lie."""
        self.folder, self.logs = folder, folder / 'logs'
        if not keep_logs:
            shutil.rmtree(self.logs, ignore_errors=True)
        self.logs.mkdir(parents=True, exist_ok=True)
        self.deadline = time.monotonic() + 60 * minutes

    def left(self):
        """Seconds."""
        return self.deadline - time.monotonic()

    def log(self, name):
        return self.logs / (re.sub(r'[^a-z0-9_]+', '-', name.lower()).strip('-') + '.log')

    def run(self, name, command, limit=None, any_code=False):
        """Its output.  limit: seconds that it may take, if so many are left.  Raises Failed or NoTime."""
        if self.left() <= 0:
            raise NoTime('not begun, as no time was left')
        limit = min(limit or self.left(), self.left())
        log, command = self.log(name), [str(part) for part in command]
        print(f'                    {" ".join(command)}', flush=True)
        log.unlink(missing_ok=True)
        with open(log, 'a+b') as file:  # whoever still writes does so at the end
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
        """The exit code; none if it took too long."""
        try:  # in a group to be killed, but of this session: who ends that ends it, too
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=file, stderr=subprocess.STDOUT,
                                       cwd=self.folder, preexec_fn=os.setpgrp)
        except OSError as error:
            raise Failed(f'{command[0]}: {error.strerror}') from error
        try:
            return process.wait(limit)
        except BaseException as stopped:
            with contextlib.suppress(ProcessLookupError):  # it may have ended just now
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            if isinstance(stopped, subprocess.TimeoutExpired):
                return None
            raise
