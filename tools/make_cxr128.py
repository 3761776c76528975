#!/usr/bin/env python3
"""Makes data/cxr128/, the images of specs/cxr128.json, from three public sets (data/README.md says where they are).

RAW holds them unpacked:
  RAW/nih/Data_Entry_2017*.csv and, anywhere below RAW/nih, its PNG images    NIH ChestX-ray14
  RAW/covid/COVID/images/*.png, RAW/covid/Normal/images/*.png                 COVID-19 Radiography Database
  RAW/kermany/NORMAL/*.jpeg, RAW/kermany/PNEUMONIA/*.jpeg                     Kermany et al., the folder train

Each image becomes 128 x 128 pixels, 8 bit, gray. Needs Pillow."""
import argparse
import csv
import pathlib
import re
import sys

try:
    from PIL import Image
except ImportError:
    Image = None  # main() says so, after --help

SIZE = 128
NIH_IMAGES, RSNA_IMAGES, COVID_IMAGES = 430, 2500, 2000  # at most, of each label


class Writer:
    def __init__(self, out):
        self.out, self.rows = out, []

    def add(self, file, domain, label, patient):
        path = pathlib.Path(domain) / label / f'{file.stem}.png'
        (self.out / path).parent.mkdir(parents=True, exist_ok=True)
        with Image.open(file) as image:
            image.convert('L').resize((SIZE, SIZE), Image.BILINEAR).save(self.out / path)
        self.rows.append([path, domain, label, patient])

    def write_manifest(self):
        with open(self.out / 'manifest.csv', 'w', newline='') as file:
            csv.writer(file).writerows([['path', 'domain', 'label', 'patient'], *self.rows])


def add_nih(raw, writer):
    """Adults with pneumonia among their findings, and as many with none."""
    files = {file.name: file for file in raw.rglob('*.png')}
    left = {'normal': NIH_IMAGES, 'pneumonia': NIH_IMAGES}
    for table in sorted(raw.glob('Data_Entry_2017*.csv')):
        with open(table, newline='') as entries:
            for entry in csv.DictReader(entries):
                age = int(re.match(r'\d+', entry['Patient Age'])[0])  # 58 or 058Y
                findings = entry['Finding Labels'].split('|')
                label = 'pneumonia' if 'Pneumonia' in findings else 'normal' if findings == ['No Finding'] else None
                file = files.get(entry['Image Index'])
                if label and file and age >= 18 and left[label] > 0:
                    left[label] -= 1
                    writer.add(file, 'adult', label, 'nih' + entry['Patient ID'])


def add_covid(raw, writer):
    """One image per patient; the healthy are RSNA's."""
    for folder, label, most in (('Normal', 'normal', RSNA_IMAGES), ('COVID', 'pneumonia', COVID_IMAGES)):
        for file in sorted((raw / folder / 'images').glob('*.png'))[:most]:
            writer.add(file, 'adult', label, file.stem)


def add_kermany(raw, writer):
    for folder, label in (('NORMAL', 'normal'), ('PNEUMONIA', 'pneumonia')):
        for file in sorted((raw / folder).glob('*.jpeg')):
            patient = re.match(r'person\d+(?=_)|(?:NORMAL2-)?IM-\d+', file.stem)
            writer.add(file, 'pediatric', label, patient[0] if patient else file.stem)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('raw', metavar='RAW', type=pathlib.Path)
    parser.add_argument('--out', type=pathlib.Path, default=pathlib.Path(__file__).resolve().parent.parent / 'data/cxr128',
                        help='default: data/cxr128 of this checkout')
    options = parser.parse_args()
    if Image is None:
        sys.exit('Pillow is missing: pip install pillow')
    if (options.out / 'manifest.csv').exists():
        sys.exit(f'make_cxr128.py: {options.out}: holds a manifest.csv, not overwritten')
    writer = Writer(options.out)
    for name, add in (('nih', add_nih), ('covid', add_covid), ('kermany', add_kermany)):
        before = len(writer.rows)
        add(options.raw / name, writer)
        if len(writer.rows) == before:
            sys.exit(f'make_cxr128.py: {options.raw / name}: no images as --help describes them')
        print(f'{name}: {len(writer.rows) - before} images', file=sys.stderr)
    writer.write_manifest()
    print(options.out / 'manifest.csv')


if __name__ == '__main__':
    main()
