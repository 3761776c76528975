#include "training/report/style.h"

namespace tuna {

const char* const kStyle = R"css(:root {
  --paper: #fffdfa; --ink: #1b1d21; --quiet: #595f69; --rule: #c9ccd2; --grid: #e7e8eb; --wash: #f4f3ef;
  --s0: #0067a5; --s1: #bf4c00; --s2: #007a5a; --s3: #a33c86; --s4: #3d3a8c; --s5: #6b6414;
  --small: 0.8125rem; --text: 1.0625rem; --heading: 1.375rem; --title: 2.125rem;
  --serif: "Iowan Old Style", "Palatino Linotype", Palatino, "Book Antiqua", Charter, Georgia, serif;
  --sans: "Helvetica Neue", Helvetica, Arial, "Liberation Sans", sans-serif;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #15171b; --ink: #e6e4df; --quiet: #a3a8b1; --rule: #454a53; --grid: #2a2e35; --wash: #1e2126;
    --s0: #69b4ea; --s1: #f0904e; --s2: #4cc79e; --s3: #e29acb; --s4: #aaa6f2; --s5: #cbc56a;
  }
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: var(--text)/1.5 var(--serif); -webkit-text-size-adjust: 100%; }
body { margin: 0; counter-reset: table figure; }
main { max-width: 62rem; margin: 0 auto; padding: 3.5rem 1.5rem 5rem; }
header { border-bottom: 1px solid var(--rule); padding-bottom: 1.5rem; }
p, ul, dl { margin: 0 0 1rem; max-width: 44rem; }
h1, h2, h3 { font-weight: 600; line-height: 1.2; text-wrap: balance; overflow-wrap: anywhere; }
h1 { font-size: var(--title); margin: 0 0 1rem; letter-spacing: -0.01em; }
h2 { font-size: var(--heading); margin: 3rem 0 1rem; }
h3 { font-size: var(--text); margin: 2rem 0 0.5rem; }
.kind, .details { font: var(--small)/1.5 var(--sans); color: var(--quiet); margin-bottom: 0.5rem; }
.lead { font-size: var(--heading); line-height: 1.4; overflow-wrap: anywhere; }
.details { margin: 0; overflow-wrap: anywhere; }
figure { margin: 1.5rem 0 2.5rem; }
figcaption, caption, .notes, .legend, table, .facts, #warnings, pre, summary, footer {
  font: var(--small)/1.5 var(--sans);
}
figcaption, caption span { color: var(--quiet); }
figcaption { max-width: 52rem; margin-top: 0.75rem; overflow-wrap: anywhere; }
figcaption::before, caption::before { color: var(--ink); font-weight: 600; }
figcaption::before { counter-increment: figure; content: "Figure " counter(figure) ". "; }
caption::before { counter-increment: table; content: "Table " counter(table) ". "; }
caption { text-align: left; padding-bottom: 0.75rem; max-width: 52rem; }
.scroll { overflow-x: auto; overscroll-behavior-x: contain; }
.scroll:focus-visible, pre:focus-visible, summary:focus-visible { outline: 2px solid var(--s0); outline-offset: 3px; }
table { border-collapse: collapse; border-bottom: 1.5px solid var(--ink); font-variant-numeric: lining-nums tabular-nums; }
thead th { border-top: 1.5px solid var(--ink); border-bottom: 1px solid var(--ink); font-weight: 600; vertical-align: bottom; }
th, td { text-align: left; vertical-align: top; padding: 0.25rem 1.1rem 0.25rem 0; white-space: nowrap; font-weight: 400; }
tbody th { font-weight: 600; white-space: normal; min-width: 8rem; }
th:last-child, td:last-child { padding-right: 0; }
.number { text-align: right; }
tbody + tbody tr:first-child > * { border-top: 1px solid var(--grid); padding-top: 0.4rem; }
tbody tr:last-child > * { padding-bottom: 0.4rem; }
.quiet > * { color: var(--quiet); font-weight: 400; font-style: italic; }
.unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
.table { position: relative; }
.notes { color: var(--quiet); margin: 0.75rem 0 0; max-width: 52rem; }
.curves { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 19rem), 1fr)); gap: 0 3rem; }
.curve { margin-bottom: 1rem; max-width: 27rem; }
.multiples { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 16rem), 1fr)); gap: 1.25rem 1.5rem; }
.chart { display: block; width: 100%; height: auto; overflow: visible; }
.chart text { font: 11px var(--sans); fill: var(--quiet); font-variant-numeric: lining-nums tabular-nums; }
.chart .label { fill: var(--ink); font-weight: 600; }
.chart .label.x { font-weight: 400; fill: var(--quiet); text-anchor: end; }
.chart .tick.x { text-anchor: middle; }
.chart .tick.y { text-anchor: end; }
.axis { stroke: var(--quiet); stroke-width: 1; }
.grid { stroke: var(--grid); stroke-width: 1; }
.diagonal { stroke: var(--quiet); stroke-width: 1; stroke-dasharray: 1 4; stroke-linecap: round; }
.line { fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linejoin: round; }
.band { fill: currentColor; fill-opacity: 0.18; }
.dot { fill: currentColor; }
.s0 { color: var(--s0); }
.s1 { color: var(--s1); stroke-dasharray: 7 3; }
.s2 { color: var(--s2); }
.s3 { color: var(--s3); stroke-dasharray: 2 3; }
.s4 { color: var(--s4); stroke-dasharray: 9 3 2 3; }
.s5 { color: var(--s5); stroke-dasharray: 4 2; }
.curve .s2 { stroke-dasharray: 12 3; }
.legend { list-style: none; padding: 0; margin: 0.5rem 0 0; display: flex; flex-wrap: wrap; gap: 0.15rem 1.25rem; }
.legend li { display: flex; align-items: center; gap: 0.5rem; font-variant-numeric: lining-nums tabular-nums; }
.key { width: 28px; height: 8px; flex: none; }
img { display: block; width: 100%; max-width: 46rem; height: auto; min-width: 34rem; background: #fff; }
.mistakes { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 24rem), 1fr)); gap: 1.5rem 2rem; }
.pictures { display: grid; grid-auto-flow: column; grid-auto-columns: 1fr; gap: 0.25rem; }
.pictures img { min-width: 0; }
.mistake .notes { margin-top: 0.4rem; overflow-wrap: anywhere; }
.facts { display: grid; grid-template-columns: max-content 1fr; gap: 0.3rem 1.5rem; }
.facts div { display: contents; }
dt { color: var(--quiet); }
dd { margin: 0; overflow-wrap: anywhere; }
#warnings { padding-left: 1.1rem; overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--quiet); }
pre { background: var(--wash); padding: 1rem; overflow-x: auto; font-family: ui-monospace, Menlo, Consolas, "Liberation Mono", monospace; }
@media (max-width: 40rem) {
  :root { --title: 1.625rem; --heading: 1.1875rem; --text: 1rem; }
  main { padding: 1.75rem 1rem 3rem; }
  th, td { padding-right: 0.75rem; }
  .facts { grid-template-columns: 1fr; gap: 0; }
  .facts div { display: block; margin-bottom: 0.5rem; }
  .table caption { max-width: calc(100vw - 2rem); }
}
@media print {
  @page { margin: 18mm 16mm; }
  :root {
    --paper: #fff; --ink: #000; --quiet: #444; --rule: #999; --grid: #ddd; --wash: #fff;
    --s0: #0067a5; --s1: #bf4c00; --s2: #007a5a; --s3: #a33c86; --s4: #3d3a8c; --s5: #6b6414;
    --small: 8pt; --text: 10pt; --heading: 13pt; --title: 19pt;
  }
  main { max-width: none; padding: 0; }
  h2, h3 { break-after: avoid; }
  figure, .cell, .mistake, tr { break-inside: avoid; }
  figure:has(.multiples, .mistakes) { break-inside: auto; }
  .multiples { grid-template-columns: repeat(3, 1fr); }
  .scroll, pre { overflow: visible; }
  pre { white-space: pre-wrap; padding: 0; }
  img { min-width: 0; }
  th, td { padding-right: 0.6rem; }
  details::details-content { content-visibility: visible; }
}
)css";

}  // namespace tuna
