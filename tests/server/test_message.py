"""Parameters of a request, with the standard library's reading as the judge."""

from __future__ import annotations

from urllib.parse import parse_qsl

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from graph.errors import InvalidQuery
from server.protocol.message import Parameters

SCRAPS = [
    b"%", b"%4", b"%41", b"%e4%b8%ad", b"%E4", b"%0A", b"%0d%0a", b"%3D", b"%25", b"%%", b"%+1",
    b"=", b"==", b"+", b"&", b"\n", b"=\n", b"\r\n", b" \n", b"\t", b"_", b".", "釘".encode(), b"a",
]  # fmt: skip


@given(st.lists(st.sampled_from(SCRAPS) | st.binary(max_size=3), max_size=12).map(b"".join))
@example(b"query=SELECT+*%20%7B%3Fs+%3Fp+%3D%3D%7D&=&&x=%0A=\n")
def test_parameters_are_read_as_the_standard_library_reads_them(text: bytes) -> None:
    try:
        expected = parse_qsl(text.decode(), keep_blank_values=True, errors="strict")
    except UnicodeDecodeError:
        with pytest.raises(InvalidQuery, match="UTF-8"):
            Parameters.parse(text)
    else:
        assert Parameters.parse(text).pairs == expected


def test_too_many_parameters_are_refused() -> None:
    assert len(Parameters.parse(b"&".join([b"a=1"] * 1000)).pairs) == 1000
    with pytest.raises(InvalidQuery, match="1000 parameters"):
        Parameters.parse(b"&".join([b"a=1"] * 1001))
