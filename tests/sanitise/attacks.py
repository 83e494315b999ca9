"""What students may write so that it runs in the browser of whoever looks at it.

Each attack notes its name in `ran` of the page's own window, or asks a canary for something.
"""

from __future__ import annotations

from typing import Any

CANARY = "http://canary.invalid"
PATIENCE = 30


def runs(name: str) -> str:
    """JavaScript, without a slash or a space, that notes a name."""
    return f"(top.ran=top.ran||[]).push('{name}')"


HTML = {
    "img": f'<img src=x onerror="{runs("img")}">',
    "script": f"<script>{runs('script')}</script>",
    "svg": f'<svg onload="{runs("svg")}"></svg>',
    "details": f'<details open ontoggle="{runs("details")}">more</details>',
    "srcdoc": f'<iframe srcdoc="<script>{runs("srcdoc")}</script>"></iframe>',
    "mathml": f'<math><mtext><img src=x onerror="{runs("mathml")}"></mtext></math>',
    "animation": (
        "<style>@keyframes k{from{opacity:.9}to{opacity:1}}</style>"
        f'<b style="animation:k .01s" onanimationstart="{runs("animation")}">x</b>'
    ),
    "focus": f'<input autofocus onfocus="{runs("focus")}">',
    "video": f'<video><source onerror="{runs("video")}" src=x></video>',
    "anchor": f'<a href="javascript:{runs("anchor")}">click</a>',
    "pixel": f'<img src="{CANARY}/pixel">',
    "style": f"<style>body {{ background: url({CANARY}/style) }}</style>",
    "closing": f'</textarea></pre></title></div><img src=x onerror="{runs("closing")}">',
}
"""Attacks that any text may hold."""

MARKDOWN = {
    **HTML,
    "link": f"[click](<javascript:{runs('link')}>)",
    "reference": f"[click][here]\n\n[here]: <javascript:{runs('reference')}>",
    "autolink": f"<javascript:{runs('autolink')}>",
    "image": f"![x]({CANARY}/image)",
    "mermaid": f'```mermaid\n<img src=x onerror="{runs("mermaid")}">\n```',
    "backticks": f'```\n\n<img src=x onerror="{runs("backticks")}">\n',
    "tildes": f'~~~~\n\n<img src=x onerror="{runs("tildes")}">\n',
    "long_fence": f'{"`" * 70}\n\n<img src=x onerror="{runs("long_fence")}">\n',
    "separator": f'```\u2028```\u0085\n\n<img src=x onerror="{runs("separator")}">\n',
    "formula": f'$$\n\n<img src=x onerror="{runs("formula")}">\n\n$$',
    "entity": f"[click](javascript&colon;{runs('entity')})",
}
"""Attacks that Markdown makes live as well."""

NAMES = {
    "img_name": f"<img src=x onerror={runs('img_name')}>",
    "svg_name": f"<svg onload={runs('svg_name')}>",
    "details_name": f"<details open ontoggle={runs('details_name')}>",
    "quote_name": f'"-{runs("quote_name")}-"',
    "attribute_name": f'" autofocus tabindex=1 onfocus="{runs("attribute_name")}',
    "script_name": f'";{runs("script_name")};"',
    "entity_name": f"&lt;img src=x onerror={runs('entity_name')}&gt;",
    "link_name": f"[click](javascript:{runs('link_name')})",
}
"""Attacks that fit into a folder's name, which holds no slash."""

_CONTROL = """
const done = arguments[arguments.length - 1];
const control = document.createElement('div');
control.innerHTML = '<style>@keyframes control{from{opacity:.9}to{opacity:1}}</style>'
    + '<b style="animation:control .01s">x</b><details open>x</details>';
let left = 3;
const one = () => { if (!--left) setTimeout(done, 0); };
control.querySelector('b').addEventListener('animationstart', one);
control.querySelector('details').addEventListener('toggle', one);
document.body.append(control);
const image = new Image();
image.onerror = one;
image.src = 'data:image/png,nothing';
"""


def what_ran(browser: Any) -> set[str]:
    """The attacks of the open page that ran, once events like theirs had the time to."""
    browser.execute_script(
        "document.querySelectorAll('details').forEach(one => { one.open = true; });"
        "document.querySelectorAll('a').forEach(one => {"
        " if (one.href.trim().toLowerCase().startsWith('javascript:')) one.click(); });"
    )
    browser.set_script_timeout(PATIENCE)
    browser.execute_async_script(_CONTROL)
    asked = browser.execute_script(
        "return performance.getEntriesByType('resource').map(one => one.name)"
    )
    names = [one.removeprefix(CANARY + "/") for one in asked if one.startswith(CANARY)]
    return set(browser.execute_script("return top.ran || []")) | set(names)
