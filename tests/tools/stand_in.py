"""Stands in for a program that a test has called: stand_in.py FOLDER PROGRAM ARGUMENTS...

Appends its process id and the call to FOLDER/calls.  Then it follows the first rule of FOLDER/rules.json whose regular
expression matches the call: [expression, {"write": [file, text], "touch": [files next to it], "out": text,
"sleep": seconds, "code": exit code}], all keys optional; {1} is what the expression's first group matched.
"""
import json
import os
import pathlib
import re
import sys
import time

folder, call = pathlib.Path(sys.argv[1]), ' '.join(sys.argv[2:])
with open(folder / 'calls', 'a') as calls:
    calls.write(f'{os.getpid()} {call}\n')
for expression, rule in json.loads((folder / 'rules.json').read_text()):
    match = re.search(expression, call)
    if not match:
        continue
    first = match[1] if match.groups() else ''
    if 'write' in rule:
        path = pathlib.Path(rule['write'][0].replace('{1}', first))
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(rule['write'][1])
        for name in rule.get('touch', []):
            (path.parent / name).parent.mkdir(exist_ok=True)
            (path.parent / name).touch()
    print(rule.get('out', '').replace('{1}', first), end='', flush=True)
    time.sleep(rule.get('sleep', 0))
    sys.exit(rule.get('code', 0))
