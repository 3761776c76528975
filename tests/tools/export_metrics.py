#!/usr/bin/env python3
"""tools/peer/export_metrics.py sends a run to MLflow's local store, which has each figure at its step.  Exit code 77:
MLflow is not installed (pip install mlflow-skinny).

  export_metrics.py
"""
import json
import os
import pathlib
import subprocess
import sys
import tempfile

SOURCE = pathlib.Path(__file__).resolve().parents[2]
EXPORT = SOURCE / 'tools/peer/export_metrics.py'
SPEC = {'name': 'mine', 'seed': 3, 'train': {'epochs': 2}, 'classes': ['a', 'b'], 'history': [{'phase': 'joint'}]}
METRICS = [{'phase': 'pretrain', 'step': 3, 'epoch': 1, 'loss': 0.8}, {'phase': 'joint', 'step': 1, 'loss.cycle': 0.5},
           {'phase': 'joint', 'step': 2, 'loss.cycle': 0.25, 'loss.gone': None, 'skipped': {'optimizer_G': 1}}]
RESULTS = {'rows': [{'name': 'a) w/o <b>', 'thresholds': [{'chosen_on': 'source validation', 'threshold': 0.4,
                                                          'auc': {'value': 0.9, 'interval_95': [0.8, 1.0]}}]}]}


def export(run, *arguments):
    return subprocess.run([sys.executable, EXPORT, run, *arguments], capture_output=True, text=True)


def write_run(run):
    run.mkdir()
    (run / 'spec.json').write_text(json.dumps(SPEC))
    (run / 'metrics.jsonl').write_text(''.join(json.dumps(line) + '\n' for line in METRICS) + '{"phase": "join')
    (run / 'evaluation.json').write_text(json.dumps(RESULTS))


def check_messages(folder):
    """They need no MLflow."""
    assert 'holds no spec.json' in export(folder, '--to', 'mlflow').stderr
    broken = folder / 'broken'
    write_run(broken)
    (broken / 'metrics.jsonl').write_text('[]\n')
    assert 'metrics.jsonl:1: expected an object with phase and step' in export(broken, '--to', 'mlflow').stderr


def check_mlflow(folder):
    os.environ['MLFLOW_ALLOW_FILE_STORE'] = 'true'  # MLflow 3 prefers databases, for which mlflow-skinny has no library
    import mlflow
    write_run(folder / 'run')
    store = (folder / 'store').as_uri()
    finished = export(folder / 'run', '--to', 'mlflow', '--uri', store, '--project', 'tests')
    assert finished.returncode == 0, finished.stderr
    assert '6 metrics, 4 parameters' in finished.stdout, finished.stdout
    mlflow.set_tracking_uri(store)
    client = mlflow.MlflowClient()
    [run] = client.search_runs([client.get_experiment_by_name('tests').experiment_id])
    assert run.info.run_name == 'mine'
    assert run.data.params == {'name': 'mine', 'seed': '3', 'train.epochs': '2', 'classes': "['a', 'b']"}
    history = [(metric.step, metric.value) for metric in client.get_metric_history(run.info.run_id, 'joint/loss.cycle')]
    assert history == [(1, 0.5), (2, 0.25)], history
    assert run.data.metrics['joint/skipped.optimizer_G'] == 1
    assert run.data.metrics['result/a_ w/o _b_/auc'] == 0.9


def main():
    with tempfile.TemporaryDirectory() as name:
        check_messages(pathlib.Path(name))
        try:
            check_mlflow(pathlib.Path(name))
        except ImportError as error:
            print(f'SKIPPED: {error} (pip install mlflow-skinny)')
            return 77
    print('MLflow has each figure at its step')
    return 0


if __name__ == '__main__':
    sys.exit(main())
