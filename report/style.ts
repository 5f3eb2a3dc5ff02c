/** One small style sheet: follows the reader's light or dark, a phone's width, and paper. */
export const style = `
:root { color-scheme: light dark; --ink:#1c1e21; --quiet:#5b6169; --paper:#fff; --panel:#f5f6f8; --line:#d9dce1;
  --base:#6b7280; --tuned:#0072b2; --kept:#009e73; --passed:#56b4e9; --failed:#e69f00; --unparsable:#b4b9c1; --none:#d55e00;
  --good:#00704f; --bad:#a8320a; --ins:#d8f3e6; --del:#fbe1d8; }
@media screen and (prefers-color-scheme: dark) { :root { --ink:#e6e8eb; --quiet:#a0a6af; --paper:#15171a; --panel:#1e2125; --line:#363b42;
  --base:#9aa2ad; --tuned:#56b4e9; --kept:#1fbf92; --passed:#2f86bd; --failed:#d99a1e; --unparsable:#59606a; --none:#e8743b;
  --good:#4fd1a5; --bad:#f29a77; --ins:#123d30; --del:#47231a; } }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1rem 1rem 4rem; background: var(--paper); color: var(--ink);
  font: 1rem/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.7rem; line-height: 1.2; margin: 1rem 0 .5rem; overflow-wrap: anywhere; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 .5rem; padding-top: .75rem; border-top: 1px solid var(--line); }
h3 { font-size: 1rem; margin: 1.5rem 0 .25rem; } h3.part { font-size: 1.1rem; } h4 { font-size: .875rem; margin: 1rem 0 .25rem; color: var(--quiet); }
p { margin: .5rem 0; max-width: 46rem; } a { color: var(--tuned); }
.note, figcaption, nav { color: var(--quiet); font-size: .875rem; }
.outcome { font-size: 1.1rem; padding: .75rem 1rem; background: var(--panel); border-left: 4px solid var(--tuned); max-width: none; }
nav ul, .legend { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: .5rem 0; }
.legend { font-size: .875rem; } .legend i { display: inline-block; width: .8em; height: .8em; margin-right: .4em; border-radius: 2px; }
.scroll { overflow-x: auto; margin: 1rem 0; }
table { border-collapse: collapse; font-size: .875rem; font-variant-numeric: tabular-nums; min-width: 60%; }
caption { text-align: left; color: var(--quiet); padding: .25rem 0; }
th, td { padding: .3rem .75rem .3rem 0; text-align: right; vertical-align: top; border-bottom: 1px solid var(--line); }
td { white-space: nowrap; } thead th { vertical-align: bottom; color: var(--quiet); font-weight: 500; }
tbody th, thead th:first-child, .text { text-align: left; } tbody th { font-weight: 600; white-space: nowrap; } td.text { white-space: normal; min-width: 9rem; }
dl { margin: .5rem 0; font-size: .9rem; } dl div { display: grid; grid-template-columns: 9rem 1fr; gap: 1rem; padding: .2rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--quiet); } dd { margin: 0; overflow-wrap: anywhere; }
.lineage figure { max-width: none; min-width: 40rem; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 26rem), 1fr)); gap: 1.5rem; }
figure { margin: 1rem 0; max-width: 36rem; } svg { width: 100%; height: auto; overflow: visible; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .8125rem; }
.digest { overflow-wrap: anywhere; }
pre { margin: .25rem 0; padding: .6rem .75rem; background: var(--panel); border-radius: 4px; overflow-x: auto; line-height: 1.45; tab-size: 4; }
pre.wrap { white-space: pre-wrap; overflow-wrap: anywhere; } pre .trace { color: var(--quiet); font-style: italic; }
pre ins, pre del { text-decoration: none; display: inline-block; min-width: 100%; } pre ins { background: var(--ins); } pre del { background: var(--del); }
blockquote { margin: .25rem 0; padding: .25rem .75rem; border-left: 3px solid var(--line); white-space: pre-wrap; overflow-wrap: anywhere; }
strong.pass { color: var(--good); } strong.fail, strong.none { color: var(--bad); }
article { border: 1px solid var(--line); border-radius: 6px; padding: .25rem 1rem 1rem; margin: 1rem 0; } article h3 { margin-top: .75rem; overflow-wrap: anywhere; }
.chain { padding-left: 1.25rem; } .chain h3 { margin-top: .75rem; }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; gap: 0; } h1 { font-size: 1.35rem; } }
@media print { body { max-width: none; padding: 0; font-size: 10pt; } nav { display: none; } .scroll { overflow: visible; } td { white-space: normal; }
  pre { white-space: pre-wrap; overflow-wrap: anywhere; } figure, tr, h2, h3, h4 { break-inside: avoid; } h2, h3, h4, caption { break-after: avoid; } .legend i, pre ins, pre del { print-color-adjust: exact; } }
`;
