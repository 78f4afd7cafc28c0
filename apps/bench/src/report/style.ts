// The style sheet of the page. Nothing is fetched: system fonts, no images.
export const STYLE = `
:root {
  color-scheme: light dark;
  --page: #ffffff; --text: #1b1f24; --soft: #5a636e; --line: #d8dde3; --panel: #f5f7f9;
  --ours: #0b6fcf; --others: #8a94a0; --reference: #c2410c;
  --pass: #18794e; --miss: #c62a2f; --open: #8a6100;
  --series-0: #0b6fcf; --series-1: #c2410c; --series-2: #18794e; --series-3: #7c3aed;
  --series-4: #a16207; --series-5: #0e7490; --series-6: #be185d; --series-7: #5a636e; --series-8: #24292f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --page: #14171b; --text: #e6e9ed; --soft: #a2abb6; --line: #343a42; --panel: #1d2126;
    --ours: #63b0ff; --others: #7d8793; --reference: #ff9466;
    --pass: #5fd39a; --miss: #ff8f8f; --open: #f0c25c;
    --series-0: #63b0ff; --series-1: #ff9466; --series-2: #5fd39a; --series-3: #b79bff;
    --series-4: #f0c25c; --series-5: #5fd0e0; --series-6: #ff8fc4; --series-7: #a2abb6; --series-8: #f0f3f6;
  }
}
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 56rem; background: var(--page); color: var(--text);
  font: 16px/1.5 system-ui, sans-serif; overflow-wrap: break-word; }
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0.5rem 0; }
h2 { font-size: 1.2rem; margin: 2.5rem 0 0.25rem; border-top: 1px solid var(--line); padding-top: 1.25rem; }
h3 { font-size: 0.95rem; margin: 1.25rem 0 0.25rem; color: var(--soft); font-weight: 600; }
p { margin: 0.4rem 0; }
.soft { color: var(--soft); font-size: 0.875rem; }
nav { display: flex; flex-wrap: wrap; gap: 0.3rem 0.9rem; margin: 0.75rem 0; font-size: 0.9rem; }
a { color: var(--ours); }
ul { padding-left: 1.1rem; margin: 0.4rem 0; }
li { margin: 0.3rem 0; }
code { font: 0.82rem/1.45 ui-monospace, monospace; overflow-wrap: anywhere; }
.state { font-weight: 600; }
.pass { color: var(--pass); } .miss { color: var(--miss); } .not-measured { color: var(--open); }
.targets { list-style: none; padding: 0; }
.targets li { border-left: 3px solid var(--line); padding: 0.1rem 0 0.1rem 0.7rem; }
details { margin: 0.75rem 0; background: var(--panel); border-radius: 6px; padding: 0.5rem 0.75rem; }
summary { cursor: pointer; font-weight: 600; font-size: 0.9rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.85rem; font-variant-numeric: tabular-nums; margin: 0.5rem 0; }
th, td { padding: 0.25rem 0.6rem; text-align: right; white-space: nowrap; border-bottom: 1px solid var(--line); }
th:first-child, td:first-child { text-align: left; white-space: normal; min-width: 9rem; padding-left: 0; }
figure { margin: 0; }
.wide > svg, .narrow > svg, figure > svg { display: block; width: 100%; height: auto; overflow: visible; }
svg { color: var(--text); }
figure [class*="swatches"] { font-size: 0.8rem; }
.lane-figure { font-variant-numeric: tabular-nums; font-weight: 600; }
.narrow { display: none; }
@media (max-width: 640px) { .wide { display: none; } .narrow { display: block; } h1 { font-size: 1.25rem; } }
`;
