// SPDX-License-Identifier: Apache-2.0
/** The look of every page: colours as those of `egru play`, light and dark, on a phone and on paper. */
export const STYLE = `
:root { color-scheme: light dark; --paper: light-dark(#f6f5f2, #121417); --card: light-dark(#fff, #1a1d22);
  --sunk: light-dark(#f1efeb, #101215); --ink: light-dark(#1d2126, #e8e6e1); --dim: light-dark(#5c636c, #9aa1ab);
  --line: light-dark(#e0ddd6, #2c3138); --accent: light-dark(#0b6478, #57bdd3); --soft: light-dark(#9cc9d3, #2b5b67);
  --hit: light-dark(#b4410e, #ff9b62); --third: light-dark(#6b4aa0, #b79bf0); --fourth: light-dark(#4a7019, #a3c966);
  --fifth: light-dark(#a02a68, #f08fc0); --sixth: light-dark(#7d5f00, #e3c04f); --on: light-dark(#fff, #06222a);
  font: 15px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 1440px; padding: 0 20px 40px; color: var(--ink); background: var(--paper); }
h1, h2, h3, p, figure { margin: 0; }
h1 { font-size: 1.35rem; line-height: 1.25; display: flex; align-items: center; gap: 0.6rem; overflow-wrap: anywhere; }
h2 { font-size: 1.1rem; margin: 36px 0 12px; overflow-wrap: anywhere; }
h3 { font-size: 0.95rem; margin-bottom: 6px; overflow-wrap: anywhere; }
header { padding: 24px 0 16px; }
header p, .note, figcaption { color: var(--dim); font-size: 0.9rem; overflow-wrap: anywhere; }
.note { margin: 0 0 12px; }
.mark { flex: none; width: 18px; height: 18px; border-radius: 6px; background: linear-gradient(90deg, var(--accent) 0 4px,
  transparent 4px 7px, var(--hit) 7px 11px, transparent 11px 14px, var(--accent) 14px); }
a { color: var(--accent); }
nav ul { display: flex; flex-wrap: wrap; gap: 4px 16px; list-style: none; margin: 0 0 16px; padding: 0; }
header p span { display: block; }
.hidden { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; }
.grid { display: grid; gap: 16px; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); }
.pair { display: grid; gap: 16px; grid-template-columns: repeat(2, minmax(0, 1fr)); }
.legend { display: flex; flex-wrap: wrap; gap: 2px 14px; list-style: none; margin: 2px 0 8px; padding: 0; font-size: 0.85rem; }
.legend i { display: inline-block; width: 11px; height: 11px; border-radius: 3px; margin-right: 6px; border: 1px solid var(--line); }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 16px; min-width: 0; }
.wide { grid-column: 1 / -1; }
figure > svg { margin: 0 auto; max-width: 460px; width: 100%; }
figcaption { margin-top: 6px; }
details { margin-top: 8px; font-size: 0.9rem; }
summary { cursor: pointer; color: var(--accent); width: fit-content; }
.scroll { overflow-x: auto; max-height: 420px; overflow-y: auto; }
table { border-collapse: collapse; font-variant-numeric: tabular-nums; font-size: 0.9rem; }
caption { text-align: left; color: var(--dim); padding: 4px 0; }
th, td { text-align: left; font-weight: 400; padding: 3px 14px 3px 0; border-bottom: 1px solid var(--line); }
thead th { font-weight: 600; vertical-align: bottom; }
tbody th { max-width: 22rem; overflow-wrap: anywhere; }
.right { text-align: right; }
.marked > * { font-weight: 700; color: var(--accent); }
ul { padding-left: 1.2rem; overflow-wrap: anywhere; }
.tiles { display: grid; gap: 12px; grid-template-columns: repeat(auto-fit, minmax(150px, 1fr)); margin: 0; }
.tiles div { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 10px 14px; }
.tiles dt { color: var(--dim); font-size: 0.85rem; }
.tiles dd { margin: 0; font-size: 1.25rem; font-weight: 600; overflow-wrap: anywhere; }
.tiles small { display: block; font-weight: 400; font-size: 0.8rem; color: var(--dim); }
.network { display: flex; flex-wrap: wrap; gap: 8px 26px; list-style: none; padding: 0 22px 0 0; margin: 0; }
.network li { position: relative; border: 1px solid var(--line); border-radius: 10px; padding: 8px 12px; background: var(--sunk);
  min-width: 116px; flex: 0 1 auto; max-width: 100%; }
.network li.layer { border-color: var(--accent); }
.network li:not(:last-child)::after { content: "→"; position: absolute; right: -21px; top: 50%; translate: 0 -50%; color: var(--dim); }
.network b, .network small { display: block; }
.network small { color: var(--dim); font-size: 0.8rem; }
.matrix { font-size: 0.85rem; max-height: none; }
.matrix th, .matrix td { padding: 0; border: 0; text-align: center; }
.matrix thead th { writing-mode: vertical-rl; rotate: 180deg; padding: 4px 2px; font-weight: 400; text-align: left; }
.matrix tbody th { text-align: right; padding-right: 8px; max-width: 7rem; white-space: nowrap; overflow: hidden; text-overflow: ellipsis;
  position: sticky; left: 0; background: var(--card); }
.matrix td > * { display: block; width: 34px; height: 28px; line-height: 28px; margin: 1px; border: 0; border-radius: 5px; padding: 0;
  font: inherit; line-height: 28px; color: var(--ink); background: var(--sunk); }
.matrix td > .some { background: color-mix(in oklab, var(--c) var(--share), var(--sunk)); }
.matrix td > .much { color: var(--on); }
.matrix button { cursor: pointer; text-decoration: underline; text-underline-offset: 3px; }
.clips { list-style: none; padding: 0; margin: 0; display: grid; gap: 6px; max-height: 400px; overflow-y: auto; }
.clips li { display: grid; grid-template-columns: minmax(0, 1fr) auto; gap: 8px; align-items: center; }
audio { height: 34px; max-width: 210px; }
.strips { display: grid; gap: 6px; }
.strip { display: grid; gap: 2px 12px; grid-template-columns: 120px minmax(0, 1fr); align-items: center; font-size: 0.85rem; }
.strip small { display: block; color: var(--dim); }
.picture { position: relative; border-radius: 6px; background: var(--sunk); overflow: hidden; }
.picture img, .picture svg { display: block; width: 100%; height: 100%; }
.picture i { position: absolute; top: 0; bottom: 0; width: 2px; margin-left: -1px; background: var(--hit); }
.axis { display: flex; justify-content: space-between; color: var(--dim); }
@media (max-width: 600px) {
  body { padding: 0 12px 24px; }
  .card { padding: 12px; }
  .pair { grid-template-columns: minmax(0, 1fr); }
  .strip { grid-template-columns: minmax(0, 1fr); }
  .strip small { display: inline; }
  .clips li { grid-template-columns: minmax(0, 1fr); }
  .network { flex-direction: column; gap: 22px; padding: 0; }
  .network li:not(:last-child)::after { content: "↓"; right: 50%; top: auto; bottom: -24px; translate: 50% 0; }
  .matrix td > * { width: 27px; }
}
@media print {
  :root { color-scheme: light; --paper: #fff; }
  body { max-width: none; padding: 0; font-size: 11px; }
  .card, .strip, .tiles div { break-inside: avoid; }
  .grid { grid-template-columns: 1fr 1fr; }
  .scroll { max-height: none; overflow: visible; }
  nav, audio, summary { display: none; }
  * { print-color-adjust: exact; }
}
`;
