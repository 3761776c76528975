"""Debian packages that tuna needs, unpacked into a folder for a machine without them and without apt."""
import pathlib
import re
import shutil
import subprocess
import tempfile

OF_THE_COMPILER = re.compile(r'libc6|libgcc-s1|libstdc\+\+6|libgomp1|gcc-.*')  # installed with any compiler


class NotFetched(Exception):
    """Why packages were not fetched."""


def wanted(install_packages):
    """The packages that this script installs, and their dependencies."""
    line = re.search(r'^for package in (.*) "\$@"; do$', install_packages.read_text(), re.MULTILINE)
    todo, found = line[1].split(), []
    while todo:
        package = todo.pop(0)
        if package in found or OF_THE_COMPILER.fullmatch(package):
            continue
        found.append(package)
        about = output(['apt-cache', 'depends', package])
        todo += re.findall(r'^ [ |]Depends: ([^<\s]+)$', about, re.MULTILINE)  # <name> is virtual
    return found


def output(command, **settings):
    try:
        return subprocess.run(command, capture_output=True, text=True, check=True, **settings).stdout
    except OSError as error:
        raise NotFetched(f'{command[0]}: {error.strerror}; this needs a Debian or Ubuntu') from error
    except subprocess.CalledProcessError as error:
        raise NotFetched(f'{" ".join(command)}: {error.stderr.strip()} (apt-get update first?)') from error


def fetch(folder, install_packages):
    """Fills a new folder; returns a summary."""
    if folder.exists() and any(folder.iterdir()):
        raise NotFetched(f'{folder} is there already: remove it first')
    packages = wanted(install_packages)
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        output(['apt-get', 'download', *packages], cwd=scratch)
        unpacked = pathlib.Path(scratch) / 'unpacked'
        for archive in sorted(pathlib.Path(scratch).glob('*.deb')):
            output(['dpkg', '--extract', archive, unpacked])
        for documentation in 'doc', 'man', 'lintian':
            shutil.rmtree(unpacked / 'usr/share' / documentation, ignore_errors=True)
        if folder.exists():
            folder.rmdir()
        unpacked.chmod(0o755)
        unpacked.rename(folder)
    size = sum(file.stat().st_size for file in folder.rglob('*') if file.is_file() and not file.is_symlink())
    return f'{folder}: {size / 2**20:.0f} MiB of {", ".join(packages)}'


def cmake_flags(folder):
    """Flags with which CMake finds the packages in the folder before the system's; none without the folder."""
    if not folder.is_dir():
        return []
    # RPATH, unlike RUNPATH, also applies to the dependencies of libraries.
    return [f'-DCMAKE_PREFIX_PATH={folder / "usr"}', '-DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags']
