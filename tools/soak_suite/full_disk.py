"""Disks of many sizes that are full before a run ends, and a folder of a run that becomes read-only meanwhile.

In a mount namespace of its own, which needs root or namespaces for users.
"""
import os
import subprocess
import sys
import time

from soak_suite.kills import time_of_run
from soak_suite.tiny_run import Finished, Wrong
from soak_suite.whole_files import check_whole

MARK = 'TUNA_SOAK_OWN_MOUNTS'
ENOUGH = 'size=64m'


def has_own_mounts():
    return MARK in os.environ


def restart_with_own_mounts(skipped):
    command = ['unshare', '--mount', '--propagation', 'private']
    if os.getuid() != 0:
        command.append('--map-root-user')
    try:
        can = subprocess.run([*command, 'sh', '-c', 'mount -t tmpfs tmpfs /mnt'], capture_output=True).returncode == 0
    except OSError:
        can = False
    if not can:
        print('soak: cannot mount in a namespace of its own here', file=sys.stderr)
        return skipped
    return subprocess.run([*command, sys.executable, *sys.argv], env={**os.environ, MARK: '1'}).returncode


def mount(*arguments):
    subprocess.run(['mount', *map(str, arguments)], check=True)


def unmount(path):
    subprocess.run(['umount', str(path)], check=True)


def kilobytes(folder):
    return int(subprocess.run(['du', '-sk', str(folder)], check=True, capture_output=True, text=True).stdout.split()[0])


def check_refused(finished, reasons):
    """Whether the command failed; then its message must have one of the reasons."""
    if finished.code == 0:
        return False
    if finished.code != 1 or not finished.message().startswith('tuna: ') or not any(
            reason in finished.message() for reason in reasons):
        raise Wrong(f'exit code {finished.code}, {finished.error[-600:]}')
    return True


def try_size(tiny, disk, size):
    """Whether the disk was too small."""
    mount('-t', 'tmpfs', '-o', f'size={size}k', 'tmpfs', disk)
    try:
        run = disk / 'run'
        full = check_refused(tiny.run(*tiny.train(run)), ['No space left on device'])
        check_whole(run)
        mount('-o', f'remount,{ENOUGH}', disk)
        if full:
            tiny.continue_to_end(run)
        else:
            tiny.check_results(run)
        return full
    finally:
        unmount(disk)


def try_read_only(tiny, seconds):
    """Makes the folder of a run read-only after some seconds; returns whether the run noticed."""
    run = tiny.fresh('run')
    run.mkdir()
    process = tiny.start(*tiny.train(run))
    time.sleep(seconds)
    mount('--bind', run, run)  # a mount of its own, which no file of the process is open in
    mount('-o', 'remount,bind,ro', run)
    try:
        _, error = process.communicate()
        noticed = check_refused(Finished(process, error), ['Read-only file system', 'cannot create files in this'])
    finally:
        unmount(run)
    check_whole(run)
    if noticed:
        tiny.continue_to_end(run)
    else:
        tiny.check_results(run)
    return noticed


def run(tiny, points):
    wrong, full, noticed = [], 0, 0
    disk = tiny.folder / 'disk'
    disk.mkdir()
    most, seconds = kilobytes(tiny.folder / 'whole') + 600, time_of_run(tiny)
    for i in range(points):
        size, wait = 4 + (most - 4) * i // max(1, points - 1), seconds * (i + 1) / points
        for what, attempt in (f'a disk of {size} KiB', lambda size=size: try_size(tiny, disk, size)), (
                f'read-only after {wait:.3f} s', lambda wait=wait: try_read_only(tiny, wait)):
            try:
                is_noticed = attempt()
                full += is_noticed and 'disk' in what
                noticed += is_noticed and 'disk' not in what
            except Wrong as why:
                wrong.append(f'{what}: {why}')
                print(f'WRONG: {wrong[-1]}', flush=True)
    line = (f'{points} disks, {full} of them full; {points} runs whose folder became read-only, {noticed} before '
            f'their end')
    print(line)
    return [line], wrong
