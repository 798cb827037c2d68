"""Reading HTML and style sheets with the places of what stands in them."""

import pytest

from framewright.check.markup import Document
from framewright.check.styles import style_addresses


def read(text):
    return Document("a.html", text)


def by_id(document, name):
    (found,) = [one for one in document.elements if one.get("id") == name]
    return found


def test_elements_and_attributes_have_the_place_where_they_are_written():
    document = read('<!doctype html>\n<body>\n  <p\n   ID="x" data-start = "&quot;1"\n  >a</p><b id=y></b>')
    element = by_id(document, "x")
    assert str(element.place) == "a.html:3:3"
    assert str(element.at("id")) == "a.html:4:4"
    assert str(element.at("data-start")) == "a.html:4:11"
    assert element.get("data-start") == '"1'
    assert str(by_id(document, "y").place) == "a.html:5:9"
    assert element.at("class") == element.place


def test_attributes_inside_of_values_are_none():
    element = by_id(read('<p title="id=z data-start=3" id="x" id="y">'), "x")
    assert set(element.attributes) == {"title", "id"}
    assert str(element.at("id")) == "a.html:1:30"


def test_scripts_and_styles_hold_text():
    document = read("<style>p > a { }</style><script>if (a < b) '<p id=no>'</script><p id=x>")
    style, script, paragraph = document.elements
    assert (style.text, script.text) == ("p > a { }", "if (a < b) '<p id=no>'")
    assert document.text[script.text_offset :].startswith("if (a")
    assert paragraph.parent is None


@pytest.mark.parametrize(
    ("text", "parent"),
    [
        ("<div id=a><img><p id=x></div>", "a"),
        ("<div id=a><p>one<p id=x>two</div>", "a"),
        ("<ul id=a><li>one<li id=x></ul>", "a"),
        ("<div id=a><p>one<div id=x></div></div>", "a"),
        ("<svg id=a><rect/><circle id=x /></svg>", "a"),
        ("<div/><p id=x>", None),
        ("<div id=a></span><p id=x></p></div>", "a"),
        ("<div id=a><!-- <p id=no> --><p id=x>", "a"),
    ],
)
def test_the_tree_is_the_browsers_where_rules_look(text, parent):
    above = by_id(read(text), "x").parent
    if parent is None:
        assert above.tag == "div"
    else:
        assert above.get("id") == parent


def test_templates_hold_what_is_no_part_of_the_page():
    document = read("<template id=t><div><p id=x></p></div></template><p id=y data-composition-id=c>")
    assert by_id(document, "x").template is by_id(document, "t")
    assert by_id(document, "y").template is None
    assert document.root is by_id(document, "y")


def test_the_root_is_the_one_that_the_runtime_finds():
    assert (
        read("<p data-composition-id=a><p id=x data-composition-id=b data-root=true>").root.get("id") == "x"
    )
    assert read("<p id=x data-composition-id=a><p data-composition-id=b>").root.get("id") == "x"
    assert read("<p>").root is None


def test_elements_are_pointed_at_as_the_runtime_does():
    document = read("<body><p id=a></p><p class='clip big'></p><div></div><p></p></body>")
    assert [one.pointer for one in document.elements] == [
        "body", "#a", "p.clip:nth-of-type(2)", "div", "p:nth-of-type(3)",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text", ["", "<", "<p", "<p id='x", "<!--", "<script>", "</p>", "<p =a =b>", "a < b"]
)
def test_what_is_cut_off_is_read_too(text):
    assert isinstance(read(text).elements, tuple)


def test_a_page_of_many_elements_is_read_once_through():
    document = read("<div>" * 200 + "<p class=a></p>" * 5_000)
    assert document.elements[-1].pointer == "p.a:nth-of-type(5000)"


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ("a { background: url(a.png) }", ["a.png"]),
        ("a { background: url( 'a b.png' ), URL(\"c.png\") }", ["a b.png", "c.png"]),
        ("/* url(no.png) */ a { content: 'url(no.png)' }", []),
        ("@import 'a.css'; @import url(b.css);", ["a.css", "b.css"]),
        ("a { background: url(a\\ b.png) } b { src: url('\\41.png') }", ["a b.png", "A.png"]),
        ("a { background: url() url('') }", []),
        ("/* never closed url(a.png)", []),
    ],
)
def test_addresses_in_style_sheets(sheet, found):
    assert [one.address for one in style_addresses(sheet) if one.address] == found


def test_addresses_of_fonts_and_of_sheets_are_known():
    sheet = "@import url(a.css); @font-face { src: url(b.woff2) } p { background: url(c.png) }"
    told = [(one.address, one.is_import, one.of_font) for one in style_addresses(sheet)]
    assert told == [("a.css", True, False), ("b.woff2", False, True), ("c.png", False, False)]
    assert sheet[[*style_addresses(sheet)][2].offset :].startswith("url(c.png)")
