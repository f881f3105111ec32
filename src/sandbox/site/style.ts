export const STYLE = `:root {
  color-scheme: light dark;
  --paper: #f6f4ef; --card: #fffdf9; --ink: #1f2623; --dim: #56605b;
  --line: #d9d4c7; --accent: #0f6b52; --soft: #e4efe9; --warm: #a85212;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #131816; --card: #1b2220; --ink: #edf1ee; --dim: #aab6b0;
    --line: #34403b; --accent: #6fd0b0; --soft: #1f342c; --warm: #f0a468;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 17px/1.6 ui-sans-serif, system-ui, sans-serif; }
a { color: var(--accent); text-underline-offset: .18em; }
:focus-visible { outline: 3px solid var(--accent); outline-offset: 3px; border-radius: 3px; }
header, main, footer { max-width: 62rem; margin: 0 auto; padding: 0 1.25rem; }
header { display: flex; flex-wrap: wrap; gap: .5rem 1.5rem; align-items: baseline; padding-top: 1.5rem; }
.brand { font: 600 1.15rem/1.2 ui-serif, Georgia, serif; color: inherit; text-decoration: none; margin-right: auto; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; margin: 0; padding: 0; }
nav a[aria-current] { color: inherit; font-weight: 600; text-decoration: none; }
#account { flex-basis: 100%; margin: 0; padding: .5rem .9rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--soft); font-size: .95rem; display: flex; flex-wrap: wrap; gap: .25rem 1rem; justify-content: space-between; overflow-wrap: anywhere; }
#account[hidden] { display: none; }
h1 { font: 600 clamp(1.9rem, 6vw, 3rem)/1.1 ui-serif, Georgia, serif; letter-spacing: -.015em; margin: 3rem 0 .75rem; text-wrap: balance; }
h2 { font: 600 1.35rem/1.25 ui-serif, Georgia, serif; margin: 0 0 .4rem; }
.lead { max-width: 40rem; color: var(--dim); font-size: 1.1rem; margin: 0 0 2rem; }
.grid { display: grid; gap: 1rem; grid-template-columns: repeat(auto-fit, minmax(min(17rem, 100%), 1fr)); padding: 0; list-style: none; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1.25rem 1.4rem; }
.card p { margin: .25rem 0 .75rem; color: var(--dim); }
figure { margin: 0 0 1.5rem; }
figure img { display: block; width: 100%; height: auto; }
figcaption { color: var(--dim); font-size: .92rem; padding-top: .5rem; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); }
td + td, th + th { text-align: right; }
code { font: .92em ui-monospace, monospace; background: var(--soft); border-radius: .25rem; padding: .1em .35em; overflow-wrap: anywhere; }
dl { display: grid; grid-template-columns: auto 1fr; gap: .35rem 1rem; margin: .5rem 0 0; }
dt { color: var(--dim); } dd { margin: 0; overflow-wrap: anywhere; }
section { margin: 0 0 1.5rem; }
footer { color: var(--dim); font-size: .92rem; padding-block: 2.5rem; }
`
