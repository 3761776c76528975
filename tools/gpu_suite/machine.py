"""This machine's GPU, from the driver, and its settings, from nvidia-smi."""
import ctypes
import os
import subprocess

COMPUTE_CAPABILITY = 75, 76  # CU_DEVICE_ATTRIBUTE_COMPUTE_CAPABILITY_MAJOR, _MINOR
SETTINGS = ('driver_version', 'memory.total', 'power.limit', 'clocks.max.sm', 'clocks.max.mem', 'clocks.sm',
            'ecc.mode.current', 'compute_mode', 'mig.mode.current', 'clocks_event_reasons.active',
            'clocks_throttle_reasons.active')  # older drivers have the last field, newer ones the one before it


def cuda_gpu():
    """Name and compute capability of the first visible GPU; or None, and why."""
    try:
        driver = ctypes.CDLL('libcuda.so.1')
    except OSError:
        return None, 'this machine has no NVIDIA driver (libcuda.so.1)'
    count, device, name, parts = ctypes.c_int(), ctypes.c_int(), ctypes.create_string_buffer(256), []
    if error := driver.cuInit(0) or driver.cuDeviceGetCount(ctypes.byref(count)):
        return None, f'the NVIDIA driver reports error {error}'
    if count.value == 0:
        return None, 'the NVIDIA driver sees no GPU'
    driver.cuDeviceGet(ctypes.byref(device), 0)
    driver.cuDeviceGetName(name, len(name), device)
    for attribute in COMPUTE_CAPABILITY:
        part = ctypes.c_int()
        driver.cuDeviceGetAttribute(ctypes.byref(part), attribute, device)
        parts.append(str(part.value))
    return {'name': name.value.decode(), 'compute_capability': '.'.join(parts)}, ''


def nvidia_smi():
    """Driver, limits and clocks that nvidia-smi reports; empty without nvidia-smi."""
    return ask_nvidia_smi(SETTINGS) or {key: value for field in SETTINGS for key, value in ask_nvidia_smi([field]).items()}


def ask_nvidia_smi(fields):
    """Values by field; empty if nvidia-smi does not know one of them, because it then rejects the whole query."""
    visible = os.environ.get('CUDA_VISIBLE_DEVICES', '').split(',')[0]
    try:
        line = subprocess.run(['nvidia-smi', f'--query-gpu={",".join(fields)}', '--format=csv,noheader',
                               f'--id={visible or 0}'], capture_output=True, text=True, check=True, timeout=30).stdout
    except (OSError, subprocess.SubprocessError):
        return {}
    return dict(zip(fields, (value.strip() for value in line.strip().split(','))))
