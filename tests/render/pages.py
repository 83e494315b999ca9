"""What all our web pages promise: whole HTML, no network, one script that the page itself names."""

import re
from html.parser import HTMLParser

VOID = {"meta", "br", "input", "link", "path", "use", "rect", "circle", "image", "line"}


class Balanced(HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.tags = [], []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        if tag not in VOID:
            assert self.open.pop() == tag


def parsed(page):
    parser = Balanced()
    parser.feed(page)
    assert parser.open == []
    return parser.tags


def require_one_known_script(folder):
    for path in folder.rglob("*.html"):
        tags = parsed(path.read_text(encoding="utf-8"))
        assert [tag for tag, _ in tags].count("script") == 1
        for tag, attributes in tags:
            assert tag not in {"link", "img", "iframe", "object"}
            assert not any(name.startswith("on") for name in attributes)
            for name in ("src", "href", "xlink:href"):
                value = attributes.get(name, "")
                assert not re.match(r"(https?:)?//", value or ""), value
        policy = next(a["content"] for _, a in tags if a.get("http-equiv"))
        assert policy.startswith("default-src 'none'") and "script-src 'sha256-" in policy
