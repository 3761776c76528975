"""Programs that gpu_suite/pack.py built elsewhere, with the libraries for GPUs that this machine has."""
import importlib.util
import json
import os
import pathlib
import shutil

from gpu_suite.checks import SOURCE
from gpu_suite.commands import Failed


def about(folder):
    """The contents of pack.json.  Raises Failed."""
    try:
        return json.loads((folder / 'pack.json').read_text())
    except (OSError, ValueError) as error:
        raise Failed(f'{folder}/pack.json: {error}; expected a folder made by --pack') from error


def places():
    """Folders with libraries for GPUs, in the order of search: the wheels of this Python, which PyTorch uses, then the
    toolkit.  A library in none of them is left to the loader."""
    wheels = importlib.util.find_spec('nvidia')
    found = [folder for place in (wheels.submodule_search_locations if wheels else []) for folder in
             sorted(pathlib.Path(place).glob('*/lib'))]
    nvcc = shutil.which('nvcc')
    toolkits = [pathlib.Path(nvcc).resolve().parent.parent] if nvcc else []
    for toolkit in [*toolkits, pathlib.Path('/usr/local/cuda')]:
        found += [toolkit / folder for folder in ('lib64', 'targets/x86_64-linux/lib') if (toolkit / folder).is_dir()]
    return list(dict.fromkeys(found))


def start(checks):
    """Lets the pack's programs find libraries and sources; the report says which libraries."""
    folder, report, searched = checks.options.prebuilt, checks.report, places()
    for name in about(folder)['from_the_machine']:
        where = next((place / name for place in searched if (place / name).exists()), None)
        report.data['machine'][name] = str(where.resolve()) if where else "the loader's"
    before = os.environ.get('LD_LIBRARY_PATH')
    os.environ['LD_LIBRARY_PATH'] = os.pathsep.join([*map(str, searched), *([before] if before else [])])
    os.environ['TUNA_SOURCE_DIR'] = str(SOURCE)
    checks.read_info(f'{folder} has no backend cuda')
