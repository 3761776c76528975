#!/usr/bin/env python3
"""Trains a tiny run and a tiny comparison, and opens their pages in headless Chromium: they render, load nothing,
complain of nothing, have every figure, and fit a phone.  Screenshots in both themes and a PDF stay in FOLDER.  Exit code 77: Chromium is not installed.

  in_chromium.py TUNA FOLDER
"""
import pathlib
import re
import shutil
import subprocess
import sys

sys.dont_write_bytecode = True
from devtools import Chromium, find_chromium  # noqa: E402

SOURCE = pathlib.Path(__file__).resolve().parents[3]
# Of each page: how many figures of a kind it has at least, as more measures mean more charts, and ids that it has.
RUN = ({'svg.chart': 15, 'img': 1, '.mistake img': 2, 'table': 4},
       ['table-results', 'figure-training-pretrain', 'figure-training-joint', 'figure-training-supervised',
       'figure-pictures-step', 'table-trivial-features',
       'table-kept-weights', 'table-images', 'facts', 'spec', 'joint-loss.cycle', 'joint-rates', 'warnings'])
COMPARISON = ({'svg.chart': 8, 'img': 2, 'table': 4, 'details': 4},
              ['table-results', 'table-gains', 'table-scores', 'table-runs', 'table-trivial-features', 'figure-roc',
               'figure-calibration', 'roc-tiny', 'figure-pictures-tiny-step'])
VIEWS = {'light': (1200, 'light'), 'dark': (1200, 'dark'), 'phone-light': (360, 'light'), 'phone-dark': (360, 'dark')}
# Visible faults: broken images, text outside of its chart, low contrast of the text.
BROKEN_IMAGES = '[...document.images].filter(image => !image.complete || image.naturalWidth == 0).length'
OUTSIDE = """[...document.querySelectorAll('svg.chart text')].filter(text => {
  const box = text.getBoundingClientRect(), chart = text.closest('svg').getBoundingClientRect();
  return box.left < chart.left - 1 || box.right > chart.right + 1 || box.bottom > chart.bottom + 1;
}).map(text => text.closest('svg').id + ': ' + text.textContent)"""
CONTRAST = """(() => {
  const luminance = color => {
    const [r, g, b] = color.match(/[0-9.]+/g).slice(0, 3).map(Number).map(value => value / 255)
        .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const paper = luminance(getComputedStyle(document.documentElement).backgroundColor);
  const low = [];
  const look = (element, color, least) => {
    const ink = luminance(color), ratio = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
    if (ratio < least) low.push(element.tagName + '.' + (element.className.baseVal ?? element.className) + ' ' + ratio);
  };
  for (const element of document.querySelectorAll('p, h1, h2, h3, td, th, figcaption, dt, dd, li, summary'))
    look(element, getComputedStyle(element).color, 4.5);
  for (const element of document.querySelectorAll('svg text')) look(element, getComputedStyle(element).fill, 4.5);
  for (const element of document.querySelectorAll('.line, .dot')) look(element, getComputedStyle(element).color, 3);
  return [...new Set(low)];
})()"""


CUT_OFF = """(() => {
  const box = document.querySelector('#table-results').closest('.scroll');
  return box.scrollWidth > box.clientWidth;
})()"""


def run(tuna, folder, *arguments):
    subprocess.run([tuna, *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_pages(tuna, folder):
    """The pages, with what they must have."""
    data = ['data.manifest=phantoms/manifest.csv', 'log.every=1', 'evaluate.bootstrap=20']
    classifier = ['data.size=32', 'classifier.width=4', 'train.epochs=1']
    spec = lambda name: str(SOURCE / 'specs' / f'{name}.json')  # noqa: E731
    run(tuna, folder, 'data', 'phantom', '--output', 'phantoms', '--adults', '100', '--children', '100', '--size', '32')
    run(tuna, folder, 'train', spec('tiny'), '--out', 'run', '--set', *data)
    run(tuna, folder, 'compare', spec('table1/no-adapt'), spec('table1/supervised'), '--seeds', '2', '--out', 'compared',
        '--set', *data, *classifier)
    run(tuna, folder, 'compare', spec('table1/no-adapt'), '--out', 'compared', '--set', *data, *classifier,
        'name=no-adapt-long-name')
    run(tuna, folder, 'compare', spec('tiny'), '--out', 'compared', '--set', *data, 'data.size=32')
    run(tuna, folder, 'compare', spec('table1/mcc'), '--out', 'compared', '--set', *data, *classifier,
        'pretrain.epochs=1', 'train.steps_per_epoch=3')
    return {'run': (folder / 'run/report.html', RUN), 'comparison': (folder / 'compared/report.html', COMPARISON)}


def wrong_in(browser, name, width, figures, ids):
    """The faults of the open page."""
    count = lambda selector: browser.evaluate(f'document.querySelectorAll({selector!r}).length')  # noqa: E731
    for selector, least in figures.items():
        if (found := count(selector)) < least:
            yield f'{found} of {selector}, expected at least {least}'
    for each in ids:
        if (found := count(f'[id="{each}"]')) != 1:
            yield f'{found} elements with the id {each}, expected 1'
    if browser.evaluate('document.querySelectorAll("[id]").length != new Set('
                        '[...document.querySelectorAll("[id]")].map(each => each.id)).size'):
        yield 'an id is given twice'
    if broken := browser.evaluate(BROKEN_IMAGES):
        yield f'{broken} images do not load'
    if (needed := browser.evaluate('document.documentElement.scrollWidth')) > width:
        yield f'is {needed} pixels wide, expected {width}'
    if width >= 1200 and browser.evaluate(CUT_OFF):
        yield 'columns of the table of results are cut off'
    if outside := browser.evaluate(OUTSIDE):
        yield f'text outside of its chart: {outside}'
    if low := browser.evaluate(CONTRAST):
        yield f'contrast too low: {low}'
    hues = browser.evaluate('getComputedStyle(document.documentElement).backgroundColor')
    if ('dark' in name) != (int(re.search('[0-9]+', hues)[0]) < 128):
        yield f'the background is {hues}'


def main(tuna, folder):
    program = find_chromium()
    if not program:
        print('SKIPPED: no Chromium (on Debian: apt-get install chromium, or set CHROMIUM)')
        return 77
    folder = pathlib.Path(folder).resolve()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    pages = make_pages(str(pathlib.Path(tuna).resolve()), folder)
    browser, wrong = Chromium(program), []
    try:
        for kind, (page, content) in pages.items():
            for name, (width, scheme) in VIEWS.items():
                browser.open(page, width, scheme)
                wrong += [f'{kind}, {name}: {what}' for what in wrong_in(browser, name, width, *content)]
                browser.screenshot(folder / f'{kind}-{name}.png')
            browser.pdf(folder / f'{kind}-print.pdf')
        wrong += [f'console: {complaint}' for complaint in browser.complaints]
    finally:
        browser.close()
    print('\n'.join(wrong) or f'all figures are there; screenshots are in {folder}')
    return 1 if wrong else 0


if __name__ == '__main__':
    sys.exit(main(*sys.argv[1:]))
