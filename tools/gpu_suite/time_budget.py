"""--lease: the checks for a time budget of minutes, the most valuable first, and how long each part may take."""
import re

MINUTES = 9
PARTS = (  # seconds, and the names of the part's checks
    (45, 'prebuilt'),  # libraries of a gigabyte, from a cold disk
    (20, 'limits of the GPU'),
    (30, '^benchmarks: step of 512-.*, bf16$'),
    (30, 'operations of a step of .*, bf16$'),
    (15, '^benchmarks: step of 512-.*, tf32$'),
    (15, '^benchmarks: step of 512-.*, fp16$'),
    (15, '^benchmarks: step of 512-.*, fp32$'),
    (55, 'op table'),
    (20, 'golden files'),
    (20, 'whole steps'),
    (20, 'training replayed'),
    (20, 'training resumed'),
    (45, '^benchmarks: tune '),
    (20, ', bf16, tuned$'),
    (35, 'counters of the slowest kernels'),
    (45, 'the same step in PyTorch, bf16$'),
    (40, 'the same step in PyTorch, bf16, compiled'),
    (20, 'memcheck'),
    (20, 'racecheck'),
)
OPS_FOR_SANITIZERS = 'instance_norm_fused', 'batch_norm_frozen_fused', 'adam', 'reflection_pad2d', 'conv2d'
TUNED_CONVOLUTIONS = 40
DONE = 'passed', 'failed'


def parts(minutes):
    """(name pattern, end) of each part.  A part has to end when it and all parts before it have had their time, so what
    they leave is its own: seconds from the start."""
    end = 0
    for seconds, pattern in PARTS:
        end += seconds * min(1, minutes / MINUTES)
        yield re.compile(pattern), end
