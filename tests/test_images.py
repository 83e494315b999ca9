"""The images of the documents show what is shown today."""

import re
from html import unescape

from docs.images.draw_terminal import IMAGE, ROOT, drawn, result


def words(svg):
    """The texts of an image, without their places, which are the drawing library's."""
    return [unescape(text).split() for text in re.findall(r"<text[^>]*>(.*?)</text>", svg)]


def test_the_terminal_in_the_readme_is_that_of_today():
    """Run `make images` when it is not."""
    image = IMAGE.read_text(encoding="utf-8")
    assert words(image) == words(drawn(result()))
    assert "url(http" not in image.replace('"', "")
    assert IMAGE.relative_to(ROOT).as_posix() in (ROOT / "README.md").read_text(encoding="utf-8")
