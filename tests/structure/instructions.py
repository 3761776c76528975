#!/usr/bin/env python3
"""A program that is built with TUNA_NATIVE=OFF runs without AVX-512: only functions in the namespace of those kernels have
its instructions.

  instructions.py PROGRAM
"""
import re
import subprocess
import sys

FUNCTION = re.compile(r'^[0-9a-f]+ <(.+)>:$')
# AVX-512's encoding, EVEX, which in 64-bit code alone begins with the byte 62, and its masks.
AVX512 = re.compile(r'^ *[0-9a-f]+:\t62 |%k[0-7]\b')


def functions_with_avx512(program):
    listing = subprocess.Popen(['objdump', '--disassemble', '--insn-width=15', '--demangle', program],
                               stdout=subprocess.PIPE, text=True)
    found, function = set(), ''
    for line in listing.stdout:
        if name := FUNCTION.match(line):
            function = name[1]
        elif AVX512.search(line):
            found.add(function)
    if listing.wait():
        sys.exit(f'instructions.py: objdump failed on {program}')
    return found


found = functions_with_avx512(sys.argv[1])
elsewhere = sorted(name for name in found if 'conv_avx512' not in name)
for name in elsewhere:
    print('AVX-512 outside of its kernels:', name)
if not found:
    print('no function has AVX-512: expected the kernels of namespace conv_avx512')
sys.exit(1 if elsewhere or not found else 0)
