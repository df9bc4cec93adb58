"""Which hosts belong to one site."""

import pytest

from archive.extract.sites import registrable_domain


@pytest.mark.parametrize(
    ("host", "site"),
    [
        ("www.news.co.uk", "news.co.uk"),
        ("sport.wnp.pl", "wnp.pl"),
        ("news.in.gr", "in.gr"),
        ("abc.net.au", "abc.net.au"),
        ("ann.blogspot.com", "ann.blogspot.com"),
        ("www.vietmetric.vn", "vietmetric.vn"),
        ("baotintuc.com.vn", "baotintuc.com.vn"),
        ("a.b.test", "b.test"),
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("co.uk", "co.uk"),
    ],
)
def test_a_site_is_one_label_more_than_a_public_suffix(host, site):
    assert registrable_domain(host) == site
