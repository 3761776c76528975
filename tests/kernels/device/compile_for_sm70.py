#!/usr/bin/env python3
"""Compiles every kernel for the V100 (sm_70), which nvcc 13 does not support, with the NVRTC of CUDA 12.  Needs no GPU.

usage: compile_for_sm70.py SOURCE_FOLDER EMULATED_FOLDER
EMULATED_FOLDER holds the objects that the C++ compiler made of the .cu files: the kernels in them, as instantiated there,
are the ones to compile.  Exits with 77 if pip's nvidia-cuda-nvrtc-cu12 is not installed.
"""
import ctypes
import importlib.util
import pathlib
import re
import subprocess
import sys

SKIPPED = 77


def find_nvrtc():
    spec = importlib.util.find_spec("nvidia")
    for folder in spec.submodule_search_locations if spec else []:
        for library in pathlib.Path(folder).glob("cuda_nvrtc/lib/libnvrtc.so.12"):
            return ctypes.CDLL(str(library))
    print("skipped: pip's nvidia-cuda-nvrtc-cu12 is not installed")
    sys.exit(SKIPPED)


def kernel_names(sources):
    return {name for source in sources
            for name in re.findall(r"\bKERNEL\s+(?:LAUNCH_BOUNDS\([^)]*\)\s*)?(\w+)\s*\(", source.read_text())}


def instantiations(object_file, kernels):
    """The kernels that an object defines, as expressions: tuna::cuda::map_elements<4, tuna::cuda::Rectify, float>."""
    listing = subprocess.run(["nm", "--demangle", "--defined-only", object_file], check=True, capture_output=True,
                             text=True).stdout
    found = set()
    for symbol in re.findall(r"^[0-9a-f]* [TtWw] (.*)$", listing, re.MULTILINE):
        match = re.match(r"(?:void )?(tuna::emulated::(\w+))(?=[<(])", symbol)
        if not match or match[2] not in kernels:
            continue
        depth, end = 0, match.end()
        while symbol[end] != "(" or depth > 0:
            depth += {"<": 1, ">": -1}.get(symbol[end], 0)
            end += 1
        found.add(symbol[match.start(1):end].replace("tuna::emulated::", "tuna::cuda::"))
    return sorted(found)


def compile_with(nvrtc, folder, name, text, expressions, options):
    """Whether it compiles, the compiler's log, and the kernels' mangled names."""
    program = ctypes.c_void_p()
    nvrtc.nvrtcCreateProgram(ctypes.byref(program), text.encode(), name.encode(), 0, None, None)
    for expression in expressions:
        nvrtc.nvrtcAddNameExpression(program, expression.encode())
    options = ["-std=c++20", f"-I{folder}", *options]
    options = (ctypes.c_char_p * len(options))(*[option.encode() for option in options])
    failed = nvrtc.nvrtcCompileProgram(program, len(options), options)
    size = ctypes.c_size_t()
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    mangled = {}
    for expression in [] if failed else expressions:
        found = ctypes.c_char_p()
        nvrtc.nvrtcGetLoweredName(program, expression.encode(), ctypes.byref(found))
        mangled[expression] = found.value.decode()
    nvrtc.nvrtcDestroyProgram(ctypes.byref(program))
    return not failed, log.value.decode(), mangled


def sources(folder, objects):
    """Every .cu: its name, a source that includes its device code, the headers of that, and its kernels."""
    kernels = kernel_names(folder.glob("kernels/**/*.cuh"))
    for source in sorted(folder.glob("kernels/**/*.cu")):
        name = str(source.relative_to(folder))
        includes = re.findall(r'^#include "(.*\.cuh?)"$', source.read_text(), re.MULTILINE)
        # The kernels that a host header launches are in the .cuh next to it.
        includes += [i[:-2] + ".cuh" for i in re.findall(r'^#include "(.*\.h)"$', source.read_text(), re.MULTILINE)
                     if (folder / (i[:-2] + ".cuh")).exists()]
        text = "".join(f'#include "{i}"\n' for i in includes)
        yield name, text, includes, instantiations(objects / f"{name}.cpp.o", kernels)


def compile_for_sm70(nvrtc, folder, name, text, expressions):
    good, log, _ = compile_with(nvrtc, folder, name, text, expressions, ["--gpu-architecture=sm_70"])
    print(f"{name}: {len(expressions)} kernels" + ("" if good else f": FAILED\n{log}"))
    return good


def main():
    folder, objects = map(pathlib.Path, sys.argv[1:])
    nvrtc = find_nvrtc()
    good, included = True, set()
    for name, text, includes, expressions in sources(folder, objects):
        included.update(includes)
        if not expressions:
            print(f"{name}: no kernels found in its object")
            good = False
        good &= compile_for_sm70(nvrtc, folder, name, text, expressions)
    for header in sorted(folder.glob("kernels/**/*.cuh")):
        name = str(header.relative_to(folder))
        if name not in included:
            good &= compile_for_sm70(nvrtc, folder, f"{name} alone", f'#include "{name}"\n', [])
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
