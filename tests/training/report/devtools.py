"""Headless Chromium, driven by the DevTools protocol over a pipe: no package is needed."""
import base64
import json
import os
import pathlib
import shutil
import subprocess
import tempfile

NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable', 'chrome']


def find_chromium():
    return os.environ.get('CHROMIUM') or next(filter(None, map(shutil.which, NAMES)), None)


class Chromium:
    """A browser with one page; messages of its console that are warnings or errors are in `complaints`."""

    def __init__(self, program):
        self.profile = tempfile.TemporaryDirectory(ignore_cleanup_errors=True)
        to_read, self.to_write = os.pipe()
        self.from_read, from_write = os.pipe()

        def connect():  # the browser reads commands from 3 and answers to 4
            reads, writes = os.dup(to_read), os.dup(from_write)
            os.dup2(reads, 3)
            os.dup2(writes, 4)

        self.process = subprocess.Popen(
            [program, '--headless', '--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage', '--hide-scrollbars',
             '--no-first-run', '--remote-debugging-pipe', f'--user-data-dir={self.profile.name}', 'about:blank'],
            preexec_fn=connect, close_fds=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL)
        os.close(to_read)
        os.close(from_write)
        self.number, self.unread, self.session, self.events, self.complaints = 0, b'', None, [], []
        target = self.call('Target.createTarget', url='about:blank')['targetId']
        self.session = self.call('Target.attachToTarget', targetId=target, flatten=True)['sessionId']
        for domain in 'Page', 'Runtime', 'Log', 'Network':
            self.call(f'{domain}.enable')

    def receive(self):
        while b'\0' not in self.unread:
            more = os.read(self.from_read, 1 << 16)
            if not more:
                raise RuntimeError('the browser has ended')
            self.unread += more
        message, self.unread = self.unread.split(b'\0', 1)
        message = json.loads(message)
        if 'method' in message:
            self.keep_event(message['method'], message['params'])
        return message

    def keep_event(self, method, event):
        self.events.append(method)
        if method == 'Runtime.consoleAPICalled' and event['type'] in ('error', 'warning', 'assert'):
            self.complaints.append(str(event['args']))
        elif method == 'Runtime.exceptionThrown':
            self.complaints.append(str(event['exceptionDetails']))
        elif method == 'Log.entryAdded' and event['entry']['level'] in ('error', 'warning'):
            self.complaints.append(event['entry']['text'])
        elif method == 'Network.requestWillBeSent' and not event['request']['url'].startswith(('file:', 'data:')):
            self.complaints.append('loads ' + event['request']['url'])

    def call(self, method, **parameters):
        self.number += 1
        message = {'id': self.number, 'method': method, 'params': parameters}
        if self.session:
            message['sessionId'] = self.session
        os.write(self.to_write, json.dumps(message).encode() + b'\0')
        while True:
            answer = self.receive()
            if answer.get('id') == self.number:
                if 'error' in answer:
                    raise RuntimeError(f'{method}: {answer["error"]}')
                return answer['result']

    def open(self, file, width, scheme):
        self.call('Emulation.setDeviceMetricsOverride', width=width, height=800, deviceScaleFactor=2,
                  mobile=width < 500)
        self.call('Emulation.setEmulatedMedia', features=[{'name': 'prefers-color-scheme', 'value': scheme}])
        self.events.clear()
        self.call('Page.navigate', url=pathlib.Path(file).resolve().as_uri())
        while 'Page.loadEventFired' not in self.events:
            self.receive()

    def evaluate(self, script):
        answer = self.call('Runtime.evaluate', expression=script, returnByValue=True)
        if 'exceptionDetails' in answer:
            raise RuntimeError(f'{script}: {answer["exceptionDetails"]}')
        return answer['result'].get('value')

    def screenshot(self, path):
        size = self.call('Page.getLayoutMetrics')['cssContentSize']
        clip = {'x': 0, 'y': 0, 'width': size['width'], 'height': size['height'], 'scale': 0.5}
        shot = self.call('Page.captureScreenshot', captureBeyondViewport=True, clip=clip)
        pathlib.Path(path).write_bytes(base64.b64decode(shot['data']))

    def pdf(self, path):
        pathlib.Path(path).write_bytes(base64.b64decode(self.call('Page.printToPDF', preferCSSPageSize=True)['data']))

    def close(self):
        self.process.terminate()
        self.process.wait()
        self.profile.cleanup()
