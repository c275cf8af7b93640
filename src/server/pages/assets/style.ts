/** The style sheet of every page. */
export const STYLE = `
:root {
  color-scheme: light dark;
  --ink: #1b1f24; --soft: #57606a; --paper: #fff; --ground: #f3f4f6; --line: #d0d7de;
  --act: #0b57d0; --on-act: #fff; --good: #1a7f37; --bad: #b3261e;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ink: #e6edf3; --soft: #9aa4af; --paper: #161b22; --ground: #0d1117; --line: #30363d;
    --act: #a8c7fa; --on-act: #062e6f; --good: #56d364; --bad: #ff7b72;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0; min-height: 100vh; padding: 1rem; background: var(--ground); color: var(--ink);
  font: 1rem/1.5 system-ui, sans-serif; display: flex; flex-direction: column; align-items: center; justify-content: center;
}
body.wide { justify-content: flex-start; }
main {
  width: 100%; max-width: 30rem; padding: 2rem; background: var(--paper); border: 1px solid var(--line);
  border-radius: .75rem; overflow-wrap: anywhere;
}
.wide main { max-width: 64rem; }
header, footer { width: 100%; max-width: 30rem; padding: .5rem 0; color: var(--soft); }
.wide header, .wide footer { max-width: 64rem; }
header { display: flex; flex-wrap: wrap; gap: .25rem 1rem; align-items: baseline; }
header strong { color: var(--ink); margin-right: auto; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; }
nav a { white-space: nowrap; }
[aria-current=page] { color: var(--ink); font-weight: 600; text-decoration: none; }
td.at { white-space: nowrap; }
.tick { font-weight: 400; }
td p, td details { margin: 0; }
td p { max-width: 20rem; }
td.details { overflow-wrap: anywhere; }
h1 { margin: 0 0 1rem; font-size: 1.4rem; line-height: 1.3; }
h2 { margin: 2rem 0 .75rem; font-size: 1.1rem; }
p, dl, ul, table, form { margin: 0 0 1rem; }
main > :last-child { margin-bottom: 0; }
label { display: block; margin: 0 0 .75rem; font-weight: 600; }
label small { display: block; font-weight: 400; }
input:not([type=hidden]):not([type=checkbox]), textarea, select {
  display: block; width: 100%; margin-top: .25rem; padding: .55rem .7rem; font: inherit; font-weight: 400; color: inherit;
  background: var(--ground); border: 1px solid var(--soft); border-radius: .5rem;
}
textarea { min-height: 12rem; font-family: ui-monospace, monospace; font-size: .9rem; }
button {
  font: inherit; font-weight: 600; padding: .6rem 1.1rem; border-radius: .5rem; cursor: pointer;
  border: 1px solid var(--act); background: var(--act); color: var(--on-act);
}
button.quiet { background: none; color: inherit; border-color: var(--soft); font-weight: 400; }
button.danger { background: none; color: var(--bad); border-color: var(--bad); }
button[disabled] { opacity: .6; cursor: progress; }
.choice { display: flex; flex-wrap: wrap; gap: .75rem; align-items: center; margin: 0 0 1rem; }
.choice form { margin: 0; }
a { color: var(--act); }
a:focus-visible, button:focus-visible, input:focus-visible, textarea:focus-visible, select:focus-visible, summary:focus-visible, .scroll:focus-visible {
  outline: 3px solid var(--act); outline-offset: 2px;
}
dl {
  display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; padding: .75rem 1rem;
  border: 1px solid var(--line); border-radius: .5rem;
}
dt { color: var(--soft); }
dd { margin: 0; font-weight: 600; }
.scroll { overflow-x: auto; margin: 0 0 1rem; overflow-wrap: normal; }
.scroll table { min-width: 42rem; }
td input:not([type=hidden]):not([type=checkbox]) { min-width: 12rem; margin: 0 0 .4rem; }
table { width: 100%; border-collapse: collapse; margin: 0; }
th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 400; white-space: nowrap; }
td form { margin: 0; display: inline; }
td button { padding: .2rem .6rem; font-size: .9rem; }
details { margin: 0 0 1rem; }
summary { cursor: pointer; }
details[open] > summary { margin-bottom: .75rem; }
small, .soft { color: var(--soft); }
.good { color: var(--good); }
.bad, [role=alert]:not(:empty) { color: var(--bad); }
[role=alert]:empty, [role=status]:empty { display: none; }
code, .code { font-family: ui-monospace, monospace; font-size: .95em; }
.code { font-size: 1.6rem; letter-spacing: .1em; font-weight: 600; }
pre { margin: 0 0 1rem; padding: .75rem 1rem; overflow-x: auto; background: var(--ground); border: 1px solid var(--line); border-radius: .5rem; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; padding: .5rem; background: var(--paper); }
@media (max-width: 30rem) { main { padding: 1.25rem; } dl { grid-template-columns: 1fr; } dd { margin-bottom: .5rem; } }
@media (prefers-reduced-motion: no-preference) { button { transition: opacity .15s; } }
`;
