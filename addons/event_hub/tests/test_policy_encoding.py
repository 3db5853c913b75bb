import gzip
import zlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from odoo.addons.event_hub.policies import encoding

BODY = b'{"specversion": "1.0"}'
LIMIT = 1024 * 1024


@pytest.mark.parametrize("coding", [None, "", "identity", "Identity "])
def test_a_plain_body_is_taken_as_it_is(coding):
    assert encoding.known(coding)
    assert encoding.decode(BODY, coding, LIMIT) == BODY


@pytest.mark.parametrize("coding", ["br", "deflate", "gzip, gzip", "zstd", "x"])
def test_other_encodings_are_not_known(coding):
    assert not encoding.known(coding)


@pytest.mark.parametrize("coding", ["gzip", "GZIP"])
def test_gzip_is_undone(coding):
    assert encoding.decode(gzip.compress(BODY), coding, LIMIT) == BODY


@pytest.mark.parametrize("size,limit", [(1025, 1024), (10 * LIMIT, LIMIT)])
def test_a_body_that_grows_beyond_the_limit_is_refused(size, limit):
    with pytest.raises(encoding.TooLarge, match="once decompressed"):
        encoding.decode(gzip.compress(b"a" * size), "gzip", limit)


def test_a_bomb_is_refused_by_its_ratio_below_the_limit():
    bomb = gzip.compress(b" " * (30 * LIMIT))
    assert len(bomb) * encoding.MAX_RATIO < 30 * LIMIT
    with pytest.raises(encoding.TooLarge):
        encoding.decode(bomb, "gzip", 64 * LIMIT)


def test_a_small_body_may_have_any_ratio():
    body = b" " * encoding.FREE_BYTES
    assert encoding.decode(gzip.compress(body), "gzip", LIMIT) == body


@pytest.mark.parametrize(
    "body",
    [
        BODY,
        b"",
        zlib.compress(BODY),
        gzip.compress(BODY)[:-1],
        gzip.compress(BODY)[:-8] + b"\0" * 8,
        gzip.compress(BODY) + b"x",
        gzip.compress(BODY) + gzip.compress(BODY),
    ],
)
def test_what_is_not_one_whole_gzip_is_refused(body):
    with pytest.raises(encoding.BadEncoding):
        encoding.decode(body, "gzip", LIMIT)


@settings(deadline=None)  # a busy machine is no failure
@given(st.binary(), st.integers(1, 300))
def test_any_bytes_are_undone_or_refused(body, limit):
    for sent in (body, gzip.compress(body)):
        try:
            assert len(encoding.decode(sent, "gzip", limit)) <= limit
        except (encoding.TooLarge, encoding.BadEncoding) as error:
            assert str(error)
