"""Programs for a machine with a GPU and without compilers: built here, with the shared libraries that they need.

A pack has tuna, tests/tuna_tests, lib/ with shared libraries, and pack.json.  What every system has stays out, the C and
C++ libraries, and so does what belongs to the GPU: cuDNN, cuBLAS and the driver, which gpu_suite/prebuilt.py looks for.
"""
import json
import re
import shutil
import subprocess

from gpu_suite.checks import build
from gpu_suite.commands import Failed

ARCHITECTURE = '90-real'
FLAGS = ['-DTUNA_CUDA=ON', '-DTUNA_NATIVE=OFF', '-DTUNA_ONEDNN=OFF', '-DBUILD_TESTING=ON',
         '-DCMAKE_BUILD_WITH_INSTALL_RPATH=ON', '-DCMAKE_INSTALL_RPATH=$ORIGIN/lib;$ORIGIN/../lib',
         '-DCMAKE_EXE_LINKER_FLAGS=-Wl,--disable-new-dtags']  # RPATH, unlike RUNPATH, is for the libraries' own needs, too
PROGRAMS = 'tuna', 'tests/tuna_tests'
LARGEST = 40 * 2**20  # bytes of a pack
OF_EVERY_SYSTEM = re.compile(r'ld-linux.*|lib(c|m|dl|rt|pthread|gcc_s|stdc\+\+)\.so\..*')
OF_THE_GPU = re.compile(r'lib(cuda|cudart|cudnn|cublas|nvrtc).*')
NEWEST = {'GLIBC': '2.35', 'GLIBCXX': '3.4.30', 'CXXABI': '1.3.13', 'GCC': '12.0.0'}  # versions of Ubuntu 22.04's symbols


def pack(folder, options, commands, commit):
    """Builds, and fills a new folder; returns a summary.  Raises Failed, for a pack that is too large or needs a newer
    system after it was written."""
    if folder.exists() and any(folder.iterdir()):
        raise Failed(f'{folder} is there already: remove it first')
    (options.build / 'CMakeCache.txt').unlink(missing_ok=True)  # it may be of other flags
    build(options, commands, [*FLAGS, f'-DTUNA_CUDA_ARCHITECTURES={ARCHITECTURE}'])
    carried, from_the_gpu = libraries([options.build / program for program in PROGRAMS])
    for program in PROGRAMS:
        copy(options.build / program, folder / program)
    for name, path in carried.items():
        copy(path, folder / 'lib' / name)
    files = [folder / program for program in PROGRAMS] + [folder / 'lib' / name for name in carried]
    needs = {file: symbol_versions(file) for file in files}
    (folder / 'pack.json').write_text(json.dumps(
        {'commit': commit, 'architecture': ARCHITECTURE, 'from_the_machine': from_the_gpu, 'needs': newest_of(needs.values())},
        indent=2) + '\n')
    size = sum(file.stat().st_size for file in files)
    trouble = [f'{file.name} needs {prefix}_{version}, newer than {prefix}_{NEWEST[prefix]}' for file, found in needs.items()
               for prefix, version in found.items() if number(version) > number(NEWEST[prefix])]
    if size > LARGEST:
        trouble.append(f'it has {size / 2**20:.1f} MiB, more than {LARGEST / 2**20:.0f}')
    if trouble:
        raise Failed(f'{folder}: {"; ".join(trouble)}')
    return (f'{folder}: {size / 2**20:.1f} MiB for {ARCHITECTURE}; carries {", ".join(carried)}; takes '
            f'{", ".join(from_the_gpu)} from the machine, with {symbols(newest_of(needs.values()))} or newer')


def output(*command):
    try:
        return subprocess.run([str(part) for part in command], capture_output=True, text=True, check=True).stdout
    except OSError as error:
        raise Failed(f'{command[0]}: {error.strerror}') from error
    except subprocess.CalledProcessError as error:
        raise Failed(f'{command[0]} {command[-1]}: {error.stderr.strip()}') from error


def libraries(programs):
    """What these programs load: paths of libraries to carry by name, and names of those that the machine has for its GPU."""
    carried, from_the_gpu = {}, []
    for program in programs:
        for name, path in re.findall(r'^\s*(\S+) => (not found|\S+)', output('ldd', program), re.MULTILINE):
            if OF_THE_GPU.fullmatch(name):
                from_the_gpu.append(name)
            elif not OF_EVERY_SYSTEM.fullmatch(name):
                if path == 'not found':
                    raise Failed(f'{program} needs {name}, which ldd does not find')
                carried[name] = path
    return carried, sorted(set(from_the_gpu))


def copy(source, target):
    """Without symbols for debuggers."""
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copy(source, target)
    target.chmod(0o755)
    output('strip', target)


def number(version):
    return [int(part) for part in version.split('.')]


def symbol_versions(file):
    """The newest versions of the system's symbols that a file needs, by prefix: {'GLIBC': '2.34'}."""
    needed, found = output('objdump', '-p', file).partition('Version References:')[2], []
    for library, references in re.findall(r'required from (\S+):\n((?:\s+0x.*\n?)*)', needed):
        if OF_EVERY_SYSTEM.fullmatch(library):
            found += [{prefix: version} for prefix, version in re.findall(r'\b([A-Z]+)_([\d.]+)$', references, re.MULTILINE)
                      if prefix in NEWEST]
    return newest_of(found)


def newest_of(several):
    newest = {}
    for found in several:
        for prefix, version in found.items():
            newest[prefix] = max(newest.get(prefix, '0'), version, key=number)
    return newest


def symbols(needed):
    return ', '.join(f'{prefix}_{version}' for prefix, version in sorted(needed.items()))
