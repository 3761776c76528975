"""Formats report.json as report.md."""


def row(cells):
    return '| ' + ' | '.join(str(cell).replace('|', '\\|').replace('\n', ' ') for cell in cells) + ' |\n'


def table(head, rows):
    return row(head) + row(['---'] * len(head)) + ''.join(map(row, rows)) + '\n'


def si(value, unit=''):
    """1234567 as 1.23 M."""
    for prefix, size in ('T', 1e12), ('G', 1e9), ('M', 1e6), ('k', 1e3):
        if abs(value) >= size:
            return f'{value / size:.3g} {prefix}{unit}'
    return f'{value:.3g} {unit}'.strip()


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def microseconds(op):
    return f'{op["real_time"] * {"ns": 1e-3, "us": 1, "ms": 1e3, "s": 1e6}[op["time_unit"]]:.4g}'


def ops_table(ops):
    """Google Benchmark's entries: the median of each benchmark, with its counters, p95 and spread."""
    standard = {'family_index', 'per_family_instance_index', 'repetitions', 'repetition_index', 'threads', 'iterations',
                'real_time', 'cpu_time'}
    by_name = {}
    for op in ops:
        kind = 'error' if op.get('error_occurred') else op.get('aggregate_name', 'median')
        by_name.setdefault(op.get('run_name', op['name']), {})[kind] = op
    medians = [found['median'] for found in by_name.values() if 'median' in found]
    counters = list(dict.fromkeys(key for op in medians for key, value in op.items()
                                  if is_number(value) and key not in standard))
    rows = []
    for name, found in by_name.items():
        op = found.get('median', {})
        if 'error' in found or 'real_time' not in op:
            message = found.get('error', {}).get('error_message', 'no median')
            rows.append([name, f'ERROR: {message}', *[''] * (3 + len(counters))])
            continue
        rows.append([name, op.get('label', ''), microseconds(op), microseconds(found['p95']) if 'p95' in found else '',
                     f'{100 * found["spread"]["real_time"]:.1f} %' if 'spread' in found else '',
                     *(si(op[key]) if key in op else '' for key in counters)])
    return table(['benchmark', 'row', 'median in us', 'p95', 'spread', *counters], rows)


def checks_table(checks):
    head, several = ['check', 'result', 'time', ''], len({check['commit'] for check in checks}) > 1
    return table(head + ['commit'] * several,
                 [[check['name'], check['result'], f'{check["seconds"]:.1f} s', check['note'], *[check['commit']] * several]
                  for check in checks])


def steps_table(steps):
    keys = list(dict.fromkeys(key for step in steps for key, value in step['result'].items() if is_number(value)))
    several = len({step['commit'] for step in steps}) > 1
    return table(['spec', 'precision', 'tuning', *keys] + ['commit'] * several,
                 [[step['spec'], step['precision'], step['tuning'],
                   *(si(step['result'][key]) if key in step['result'] else '' for key in keys),
                   *[step['commit']] * several] for step in steps])


def limits_table(limits):
    rows = [[copy['megabytes'], *(f'{copy[key]:.0f}' for key in ('memcpy_gb_per_second', 'kernel_gb_per_second'))]
            for copy in limits['copies']]
    return (f'A product of matrices, 8192 x 8192 x 8192 in {limits["precision"]}: {limits["gflops"] / 1e3:.0f} TFLOP/s.\n\n'
            + table(['MB copied', 'GB/s by memcpy', 'GB/s by a kernel'], rows))


def counters_table(counters):
    metrics = list(dict.fromkeys(metric for found in counters.values() for metric in found))
    return table(['kernel', *metrics], [[kernel, *(found.get(metric, '') for metric in metrics)]
                                        for kernel, found in counters.items()])


def peer_table(peer):
    rows = [[mode['step'], mode['precision'], *(f'{mode[key]:.1f}' if mode.get(key) is not None else '' for key in
                                               ('ms_median', 'images_per_second', 'memory_mib')),
             mode.get('failed') or mode.get('tuning', '')] for mode in peer['modes']]
    return (f'{peer["spec"]}, {peer["rounds"]} rounds of {peer["steps"]} steps.\n\n'
            + table(['step', 'precision', 'median ms', 'img/s', 'memory MiB', ''], rows)
            + ''.join(f'{ratio}\n\n' for ratio in peer['ratios']))


def markdown(data):
    machine = data['machine']
    facts = [('date', data['date']), ('commit', data['commit']), ('device', machine['device'])]
    facts += [(key, machine[key]) for key in machine if key != 'device' and machine[key]]
    text = f'# GPU check: {machine["device"]}\n\n' + table(['', ''], facts) + checks_table(data['checks'])
    if data['limits']:
        text += '## Limits of the GPU\n\n' + limits_table(data['limits'])
    if data['steps']:
        text += '## Whole training steps\n\n' + steps_table(data['steps'])
    if data['peer']:
        text += '## The same step in PyTorch\n\n' + peer_table(data['peer'])
    for name, profile in data['profiles'].items():
        text += f'## Operations of a step: {name}\n\n```\n{profile}\n```\n\n'
    if data['counters']:
        text += '## Counters of the slowest kernels\n\n' + counters_table(data['counters'])
    if data['ops']:
        text += '## Ops\n\n' + ops_table(data['ops'])
    return text
