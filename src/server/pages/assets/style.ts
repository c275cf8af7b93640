/** The style sheet of every page. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --soft: #57606a; --paper: #fff; --ground: #f3f4f6; --line: #d8dee4; --edge: #8c959f;
  --act: #0b57d0; --on-act: #fff; --tint: #e8f0fe; --good: #1a7f37; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --soft: #9aa4af; --paper: #161b22; --ground: #0d1117; --line: #30363d; --edge: #6e7681;
    --act: #a8c7fa; --on-act: #062e6f; --tint: #1f2d46; --good: #56d364; --bad: #ff7b72;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1rem; background: var(--ground); color: var(--ink); overflow-wrap: anywhere;
  font: 1rem/1.5 system-ui, sans-serif; display: flex; flex-direction: column; align-items: center; justify-content: center;
}
body.wide { justify-content: flex-start; padding-bottom: 3rem; }
header, main { width: 100%; max-width: 30rem; }
.wide header, .wide main { max-width: 76rem; }
main {
  padding: 2rem; background: var(--paper); border: 1px solid var(--line); border-radius: .75rem;
  box-shadow: 0 1px 2px #0000000d, 0 4px 16px #0000000a;
}
main:focus { outline: none; }
header { display: flex; flex-wrap: wrap; gap: .5rem .6rem; align-items: center; padding: .25rem 0 .75rem; }
header img { border-radius: .4rem; flex: none; }
header strong { margin-right: auto; }
nav { display: flex; flex-wrap: wrap; gap: .25rem; }
nav a { padding: .25rem .6rem; border-radius: .5rem; color: var(--soft); text-decoration: none; white-space: nowrap; }
nav a:hover { background: var(--tint); color: var(--ink); }
nav [aria-current=page] { background: var(--tint); color: var(--ink); font-weight: 600; }
.pager a { border: 1px solid var(--edge); color: inherit; }
h1 { margin: 0 0 1.25rem; font-size: 1.5rem; line-height: 1.3; }
h2 { margin: 2.25rem 0 .75rem; font-size: 1.1rem; }
p, dl, ul, table, form, .pager { margin: 0 0 1rem; }
main > :last-child, td > :last-child, td p { margin-bottom: 0; }
label { display: block; margin: 0 0 .75rem; font-weight: 600; }
label small { display: block; font-weight: 400; }
input:not([type=hidden]):not([type=checkbox]), textarea, select {
  display: block; width: 100%; margin-top: .25rem; padding: .5rem .7rem; font: inherit; font-weight: 400; color: inherit;
  background: var(--paper); border: 1px solid var(--edge); border-radius: .5rem;
}
input[type=checkbox] { width: 1.25rem; height: 1.25rem; margin: 0 .35rem 0 0; vertical-align: -.2rem; accent-color: var(--act); }
::placeholder { color: var(--soft); opacity: 1; }
input:not([type=checkbox]), select { min-height: 2.65rem; }
textarea { min-height: 12rem; field-sizing: content; font-family: ui-monospace, monospace; font-size: .9rem; }
.fields { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(14rem, 100%), 1fr)); gap: .75rem 1rem; align-items: end; }
.wide form:not(.fields, :has(textarea)) { max-width: 44rem; }
.fields label { margin: 0; }
.fields button { justify-self: start; }
@media (min-width: 48rem) { .fields .long { grid-column: span 2; } }
button {
  font: inherit; font-weight: 600; padding: .5rem 1.1rem; border-radius: .5rem; cursor: pointer;
  border: 1px solid var(--act); background: var(--act); color: var(--on-act);
}
button:hover:not([disabled]) { box-shadow: 0 0 0 3px var(--tint); }
button.quiet { background: none; color: inherit; border-color: var(--edge); font-weight: 400; }
button.danger { background: none; color: var(--bad); border-color: var(--bad); font-weight: 400; }
button[disabled], [aria-busy=true] button { opacity: .6; cursor: progress; }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 0 0 1rem; }
.choice form { margin: 0; }
form:last-child .choice:last-of-type { margin-bottom: 0; }
a { color: var(--act); }
:focus-visible { outline: 3px solid var(--act); outline-offset: 2px; }
dl {
  display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; padding: .75rem 1rem;
  border: 1px solid var(--line); border-radius: .5rem;
}
dt { color: var(--soft); }
dd { margin: 0; font-weight: 600; }
table { width: 100%; border-collapse: collapse; font-size: .925rem; }
th, td { text-align: left; padding: .6rem 1rem .6rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 400; white-space: nowrap; }
th:last-child, td:last-child { padding-right: 0; }
tbody tr:last-child td { border-bottom: 0; }
td form { margin: 0; }
td .choice { gap: .4rem; }
td button, td input:not([type=hidden]):not([type=checkbox]) { padding: .2rem .6rem; min-height: 0; font-size: .9rem; }
.short, td button, time { white-space: nowrap; }
td code { word-break: break-all; }
td input:not([type=hidden]):not([type=checkbox]) { min-width: 10rem; margin: 0 0 .4rem; }
td p { max-width: 20rem; }
time { font-variant-numeric: tabular-nums; }
.mark { padding: .05rem .5rem; border-radius: 1rem; background: var(--tint); font-size: .8rem; white-space: nowrap; }
.tick { font-weight: 400; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; padding: .1rem 0; }
details[open] > summary { margin-bottom: .75rem; }
.notice { padding: .75rem 1rem; border: 1px solid var(--edge); border-left: .3rem solid var(--act); border-radius: .5rem; background: var(--tint); }
.notice strong { display: block; }
small, .soft { color: var(--soft); }
.good { color: var(--good); }
.bad, [role=alert]:not(:empty) { color: var(--bad); }
[role=alert]:empty, [role=status]:empty { display: none; }
code, .code { font-family: ui-monospace, monospace; font-size: .95em; }
.code { font-size: 1.6rem; letter-spacing: .1em; font-weight: 600; }
pre {
  margin: 0 0 1rem; padding: .75rem 1rem; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem;
  white-space: pre-wrap;
}
@media print { header, .skip, .offers, main a { display: none; } main { border: 0; box-shadow: none; } }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--paper); }
@media (max-width: 48rem) {
  main { padding: 1.25rem; }
  dl { grid-template-columns: 1fr; }
  dd { margin-bottom: .5rem; }
  nav { margin: 0 -.6rem; }
  table, tbody, tr { display: block; }
  thead { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); }
  tr { padding: .6rem .8rem; margin: 0 0 .75rem; border: 1px solid var(--line); border-radius: .5rem; }
  td { display: flow-root; padding: .1rem 0 .1rem 6.5rem; border: 0; min-height: 1.6rem; }
  .short { white-space: normal; }
  td:empty { display: none; }
  td:has(> form, > .choice, > small) { padding: .3rem 0 0; }
  td:has(> form, > .choice, > small)::before { display: none; }
  td::before { content: attr(data-column); float: left; width: 6rem; margin-left: -6.5rem; color: var(--soft); font-size: .85rem; }
}
@media (max-width: 30rem) { .narrow .choice > button, .narrow .choice > form, .narrow .choice > form > button { flex: 1 1 auto; width: 100%; } }
@media (prefers-reduced-motion: no-preference) { button { transition: opacity .15s, box-shadow .15s; } }
`;
