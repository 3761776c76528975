"""No file of a run is there in part: under its final name a file is whole, or it does not exist."""
import csv
import json
import struct
import zlib

from soak_suite.tiny_run import Wrong


def check_safetensors(data):
    length = struct.unpack('<Q', data[:8])[0]
    header = json.loads(data[8:8 + length])
    header.pop('__metadata__')
    if max(entry['data_offsets'][1] for entry in header.values()) != len(data) - 8 - length:
        raise ValueError('its tensors do not end with the file')


def check_png(data):
    if data[:8] != b'\x89PNG\r\n\x1a\n':
        raise ValueError('does not begin as a PNG file')
    at, kind = 8, b''
    while kind != b'IEND':
        length, kind = struct.unpack('>I4s', data[at:at + 8])
        body = data[at + 4:at + 8 + length]
        if zlib.crc32(body) != struct.unpack('>I', data[at + 8 + length:at + 12 + length])[0]:
            raise ValueError('a chunk has a wrong checksum')
        at += 12 + length


def check_csv(data):
    rows = list(csv.reader(data.decode().splitlines()))
    if not data.endswith(b'\n') or any(len(row) != len(rows[0]) for row in rows):
        raise ValueError('a row is not complete')


# Of metrics.jsonl and log.txt the last line may be cut off: lines are appended, and a resumed run drops that one.
CHECKS = {'.safetensors': check_safetensors, '.json': json.loads, '.png': check_png, '.csv': check_csv}


def check_whole(run):
    """All files of a folder, if it exists."""
    for path in sorted(run.rglob('*')):
        check = CHECKS.get(path.suffix)
        try:
            if check and path.is_file():
                check(path.read_bytes())
        except (ValueError, KeyError, IndexError, struct.error) as why:
            raise Wrong(f'{path}: is there in part: {why}')
