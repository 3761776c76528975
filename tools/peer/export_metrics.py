#!/usr/bin/env python3
"""Sends the figures of a run to MLflow or to Weights & Biases.

  tools/peer/export_metrics.py runs/first --to mlflow [--uri sqlite:///mlflow.db] [--project NAME]
  tools/peer/export_metrics.py runs/first --to wandb [--project NAME]

It needs `pip install mlflow` (or mlflow-skinny) or `pip install wandb`.  Metrics are those of metrics.jsonl, named
PHASE/KEY, at their steps in the phase; parameters are the keys of spec.json, and the results of evaluation.json are
metrics of the last step.  W&B has one count of steps for a run, so there each phase has its own axis, PHASE/step.
"""
import argparse
import json
import math
import pathlib
import re
import sys

LONGEST_PARAMETER = 500  # of MLflow


def flat(value, name=''):
    """("a.b", value) for each plain value or list in nested objects."""
    if isinstance(value, dict):
        for key, each in value.items():
            yield from flat(each, f'{name}.{key}' if name else key)
    else:
        yield name, value


def numbers(value):
    """The same, of the finite numbers."""
    return {name: float(each) for name, each in flat(value)
            if isinstance(each, (int, float)) and not isinstance(each, bool) and math.isfinite(each)}


def read_metrics(path):
    """(phase, step, {key: number}) of each line; the last one of a run that was killed may be cut off."""
    for number, line in enumerate(path.read_text().splitlines(keepends=True), 1):
        try:
            metrics = json.loads(line)
            phase, step = metrics.pop('phase'), metrics.pop('step')
        except (ValueError, KeyError, AttributeError, TypeError):
            if line.endswith('\n'):
                sys.exit(f'{path}:{number}: expected an object with phase and step')
            continue
        yield phase, step, numbers(metrics)


def read_results(path):
    """{"result/TUNA-Net/auc": 0.9}: at the threshold that uses no label of the target."""
    rows = json.loads(path.read_text())['rows'] if path.exists() else []
    return {re.sub(r'[^\w./ -]', '_', f'result/{row["name"]}/{key}'): figure['value']  # what MLflow allows in names
            for row in rows for key, figure in row['thresholds'][0].items() if isinstance(figure, dict)}


def to_mlflow(run, options):
    import mlflow
    from mlflow.entities import Metric, Param
    if options.uri:
        mlflow.set_tracking_uri(options.uri)
    mlflow.set_experiment(options.project)
    client = mlflow.MlflowClient()
    with mlflow.start_run(run_name=run.name) as started:
        send = lambda **what: client.log_batch(started.info.run_id, **what)  # noqa: E731
        parameters = [Param(name, str(value)[:LONGEST_PARAMETER]) for name, value in run.spec]
        for at in range(0, len(parameters), 100):  # the limits of a batch
            send(params=parameters[at:at + 100])
        metrics = [Metric(f'{phase}/{key}', value, run.time, step)
                   for phase, step, values in run.metrics for key, value in values.items()]
        metrics += [Metric(name, value, run.time, 0) for name, value in run.results.items()]
        for at in range(0, len(metrics), 1000):
            send(metrics=metrics[at:at + 1000])
        return f'{len(metrics)} metrics, {len(parameters)} parameters: MLflow run {started.info.run_id}'


def to_wandb(run, options):
    import wandb
    started = wandb.init(project=options.project, name=run.name, config=dict(run.spec))
    for phase in dict.fromkeys(phase for phase, _, _ in run.metrics):
        started.define_metric(f'{phase}/*', step_metric=f'{phase}/step')
    for phase, step, values in run.metrics:
        started.log({f'{phase}/step': step, **{f'{phase}/{key}': value for key, value in values.items()}})
    started.summary.update(run.results)
    started.finish()
    return f'{len(run.metrics)} lines: W&B run {started.id}'


class Run:
    """The files of a run's folder that are sent."""

    def __init__(self, folder):
        for name in 'spec.json', 'metrics.jsonl':
            if not (folder / name).exists():
                sys.exit(f'{folder}: holds no {name}, expected the folder of a run')
        spec = json.loads((folder / 'spec.json').read_text())
        spec.pop('history', None)
        self.name, self.spec = spec['name'], list(flat(spec))
        self.metrics = list(read_metrics(folder / 'metrics.jsonl'))
        self.results = read_results(folder / 'evaluation.json')
        self.time = int((folder / 'metrics.jsonl').stat().st_mtime * 1000)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('run', type=pathlib.Path, help='folder of the run')
    parser.add_argument('--to', required=True, choices=['mlflow', 'wandb'])
    parser.add_argument('--project', default='tuna', help='experiment of MLflow or project of W&B (default: tuna)')
    parser.add_argument('--uri', help="where MLflow stores runs (default: MLflow's own)")
    options = parser.parse_args()
    try:
        print({'mlflow': to_mlflow, 'wandb': to_wandb}[options.to](Run(options.run), options))
    except ImportError as error:
        sys.exit(f'{error}: pip install {options.to}')


if __name__ == '__main__':
    main()
