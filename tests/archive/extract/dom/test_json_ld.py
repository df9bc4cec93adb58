import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extract.dom.json_ld import json_ld_nodes, loads


@pytest.mark.parametrize(
    ("script", "value"),
    [
        ('{"a": 1, "b": [1, 2,],}', {"a": 1, "b": [1, 2]}),
        ('{"a": 1 "b": 2}', {"a": 1, "b": 2}),
        ('[{"a": 1} {"a": 2}]', [{"a": 1}, {"a": 2}]),
        ('{"a": 1}{"a": 2}', [{"a": 1}, {"a": 2}]),
        ('{"a": "line\nbreak"}', {"a": "line\nbreak"}),
        ('{"a": "the "new" bridge", "b": 1}', {"a": 'the "new" bridge', "b": 1}),
        ('{"a": "she said "yes""}', {"a": 'she said "yes"'}),
        (r'{"a": "Ann\'s", "b": "\\"}', {"a": "Ann's", "b": "\\"}),
        ('{"a": 1, // one\n /* two */ "b": "http://x"}', {"a": 1, "b": "http://x"}),
        ("{&quot;a&quot;: 1}", {"a": 1}),
        ('/*<![CDATA[*/ {"a": 1} /*]]>*/', {"a": 1}),
        ('{"a": 1};', {"a": 1}),
        ('{"a": {"b": 1, "c": "broken of', {"a": {"b": 1}}),
        ('{"a": [1, {"b": 2}, ', {"a": [1, {"b": 2}]}),
        ('{"a": 1, "b":', {"a": 1}),
    ],
)
def test_what_templates_break_is_repaired_where_the_meaning_is_plain(script, value):
    assert loads(script) == value


@pytest.mark.parametrize("script", ["", "var x = 1", '{"a": ]}', "{a: 1}", "[" * 100_000, '"' * 9])
def test_what_cannot_be_read_safely_is_passed_over(script):
    assert [*json_ld_nodes([script, '{"@type": "B"}'])] == [{"@type": "B"}]


@given(st.text(alphabet='{}[]",:\\/*tfn1 \n', max_size=60))
def test_no_script_raises(script):
    loads(script)


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.text(), VALUES, min_size=1))
def test_what_is_json_is_never_changed(value):
    assert loads(json.dumps(value)) == value
