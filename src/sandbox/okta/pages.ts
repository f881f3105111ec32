const escapes: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (char) => escapes[char] ?? char)
}

const STYLE = `
:root{color-scheme:light dark;--bg:#f4f4f6;--card:#fff;--ink:#1d1d21;--dim:#5c5f66;--line:#8c8f97;--blue:#0b5bd3;--bad:#b3121d}
@media(prefers-color-scheme:dark){:root{--bg:#16171b;--card:#22242a;--ink:#f2f2f4;--dim:#b3b6bf;--line:#7d818c;--blue:#7fb0ff;--bad:#ff9ba1}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:grid;place-items:start center;padding:12vh 16px 24px;background:var(--bg);color:var(--ink);font:16px/1.5 system-ui,sans-serif}
main{width:100%;max-width:25rem;background:var(--card);border:1px solid color-mix(in srgb,var(--line) 45%,transparent);border-radius:6px;padding:2rem}
.org{margin:0 0 1.5rem;padding-bottom:1.25rem;border-bottom:1px solid color-mix(in srgb,var(--line) 45%,transparent);text-align:center;font-weight:650;letter-spacing:.01em}
.org span{display:block;color:var(--dim);font-weight:400;font-size:.8125rem}
h1{font-size:1.25rem;font-weight:600;line-height:1.3;margin:0 0 .25rem;text-align:center}
p{margin:.25rem 0 1rem;overflow-wrap:anywhere}
.app{color:var(--dim);text-align:center;margin-bottom:1.5rem}
label{display:block;font-size:.875rem;font-weight:600;margin:1rem 0 .35rem}
input{width:100%;min-height:2.75rem;padding:.5rem .7rem;font:inherit;color:inherit;background:transparent;border:1px solid var(--line);border-radius:4px}
button{width:100%;min-height:2.75rem;margin-top:1.75rem;font:inherit;font-weight:600;border:0;border-radius:4px;background:var(--blue);color:var(--card);cursor:pointer}
:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
[role=alert]{border:1px solid var(--bad);border-left-width:4px;border-radius:4px;color:var(--bad);padding:.6rem .8rem;margin:1rem 0}
`

function html(title: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<main>
<p class="org">Sandbox Okta<span>a stand-in on this computer</span></p>
${body}
</main>
</body>
</html>
`
}

export interface LoginForm {
  action: string
  appLabel: string
  username: string
  failed: boolean
}

/** Okta's sign-in, as plain as it can be: works without script. */
export function loginPage(form: LoginForm): string {
  const alert = form.failed ? '<p role="alert">Unable to sign in</p>' : ''
  return html(
    'Sandbox Okta - Sign in',
    `<h1>Sign in</h1>
<p class="app">to ${escapeHtml(form.appLabel)}</p>
${alert}
<form method="post" action="${escapeHtml(form.action)}">
<label for="username">Username</label>
<input id="username" name="username" autocomplete="username" autocapitalize="none" spellcheck="false" required value="${escapeHtml(form.username)}">
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required>
<button type="submit">Sign in</button>
</form>`,
  )
}

/** What Okta shows when there is no safe place to send the browser back to. */
export function errorPage(error: string, description: string): string {
  return html(
    'Sandbox Okta - Error',
    `<h1>Your request resulted in an error</h1>
<p role="alert"><strong>${escapeHtml(error)}</strong> ${escapeHtml(description)}</p>`,
  )
}

/** The org's front page: there is no dashboard here. */
export function homePage(): string {
  return html(
    'Sandbox Okta',
    `<h1>You are not signed in here</h1>
<p class="app">Open an app to sign in.</p>`,
  )
}
