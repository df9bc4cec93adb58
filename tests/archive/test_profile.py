"""Profiles: what a file may say, which file wins, and what a bare URL makes."""

import pytest

from archive.errors import HomeError, NotFoundError, SettingsError
from archive.profile import (
    BUILT_IN,
    Profile,
    find_profile,
    make_profile,
    name_for,
    owner_of,
    read_profile,
    read_profiles,
    write_profile,
)

HOME = 'home = "https://example.org/"\n'


def written(folder, name, text):
    file = folder / "publishers" / f"{name}.toml"
    file.parent.mkdir(exist_ok=True)
    file.write_text(text, encoding="utf-8")
    return file


def test_a_profile_needs_no_more_than_a_front_page(tmp_path):
    profile = read_profile(written(tmp_path, "example", HOME))

    assert profile == Profile(name="example", home="https://example.org/")


def test_urls_are_kept_in_their_one_spelling(tmp_path):
    text = (
        'home = "HTTPS://Example.org"\nfeeds = ["https://example.org:443/feed/#x"]\nsitemaps = []'
    )

    profile = read_profile(written(tmp_path, "example", text))

    assert profile.home == "https://example.org/"
    assert profile.feeds == ("https://example.org/feed/",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", 'home: is missing; expected the front page, such as "https://example.org/"'),
        ('home = "example.org"', "home: has 'example.org'; expected an absolute http or https URL"),
        ('home = "https://example.org:x/"', "home: has 'https://example.org:x/'"),
        (
            HOME + 'feed = ["/feed/"]',
            "feed: is not a known key; expected one of allow_addresses,",
        ),
        (HOME + 'feeds = ["/feed/"]', "feeds: has '/feed/'"),
        (HOME + 'feeds = "https://example.org/feed/"', "feeds: is 'https://example.org/feed/'"),
        (HOME + "sitemaps = [1]", "sitemaps: is [1]; expected a list of texts"),
        (HOME + 'hosts = ["https://example.org/"]', "hosts: has 'https://example.org/'"),
        (HOME + 'hosts = ["a b"]', "hosts: has 'a b'; expected a host"),
        (HOME + 'exclude = ["("]', "exclude: has '(' (missing )"),
        (HOME + 'allow_addresses = ["a"]', "allow_addresses: has 'a'; expected a host and a port"),
        (HOME + 'allow_addresses = ["a:0"]', "allow_addresses: has 'a:0'"),
        (HOME + 'allow_addresses = ["a:65536"]', "allow_addresses: has 'a:65536'"),
        (HOME + 'allow_addresses = ["http://a:80"]', "allow_addresses: has 'http://a:80'"),
        (HOME + 'amp = "maybe"', 'amp: is \'maybe\'; expected "skip" or "fetch"'),
        (HOME + "max_depth = 0", "max_depth: is 0; expected a whole number above 0"),
        (HOME + "delay_seconds = -1", "delay_seconds: is -1; expected a number of seconds"),
        (HOME + 'name = "other"', "name: is 'other'; expected the file's own name"),
    ],
)
def test_a_wrong_value_is_named_with_its_file_and_a_valid_one(tmp_path, text, message):
    file = written(tmp_path, "example", text)

    with pytest.raises(SettingsError) as raised:
        read_profile(file)

    assert f"{file}: {message}" in str(raised.value)


def test_a_file_whose_name_cannot_be_a_spiders_is_refused(tmp_path):
    with pytest.raises(SettingsError, match="of a-z, 0-9, dot, dash and underscore"):
        read_profile(written(tmp_path, "My Site", HOME))


def test_a_delay_may_be_zero_and_is_a_float_either_way(tmp_path):
    whole = read_profile(written(tmp_path, "example", HOME + "delay_seconds = 0"))
    broken = read_profile(written(tmp_path, "example", HOME + "delay_seconds = 0.0"))

    assert whole.digest == broken.digest


def test_every_built_in_profile_can_be_read_and_loses_to_one_in_home(tmp_path):
    written(tmp_path, "demo", 'home = "https://mine.example/"')

    profiles = read_profiles(tmp_path)

    assert set(profiles) == {file.stem for file in BUILT_IN.glob("*.toml")}
    assert profiles["demo"].home == "https://mine.example/"
    assert find_profile(tmp_path, "demo") == profiles["demo"]
    assert find_profile(tmp_path / "none", "demo").home == "http://demo.test/"


@pytest.mark.parametrize("name", ["nobody", "../publishers/demo", ""])
def test_an_unknown_name_is_answered_with_the_known_ones(tmp_path, name):
    with pytest.raises(NotFoundError, match=r"known: demo, vietmetric; or give the URL"):
        find_profile(tmp_path, name)


def test_hosts_are_compared_in_one_spelling():
    profile = Profile(
        name="x",
        home="https://Example.org:443",
        hosts=("WWW.example.org", "bücher.example", "dev.example.org:8080"),
    )

    assert profile.all_hosts == {
        "example.org",
        "www.example.org",
        "xn--bcher-kva.example",
        "dev.example.org:8080",
    }


def test_a_url_belongs_to_the_first_profile_that_has_its_host():
    one = Profile(name="one", home="https://one.example/", hosts=("shared.example",))
    two = Profile(name="two", home="https://two.example/", hosts=("shared.example",))
    profiles = {"two": two, "one": one}

    assert owner_of("http://two.example/story", profiles) is two
    assert owner_of("https://shared.example/", profiles) is one
    assert owner_of("https://two.example:8443/", profiles) is None


def test_tuning_the_pace_makes_no_reading_stale():
    slow = Profile(name="x", home="https://example.org/", delay_seconds=5.0)
    fast = Profile(name="x", home="https://example.org/", delay_seconds=1.0)
    wide = Profile(name="x", home="https://example.org/", hosts=("news.example.org",))

    assert slow.digest != fast.digest
    assert slow.reading_digest == fast.reading_digest
    assert wide.reading_digest != fast.reading_digest


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.example.org/", "example.org"),
        ("http://127.0.0.1:8800/a", "127.0.0.1-8800"),
        ("http://[::1]:8080/", "1-8080"),
        (f"https://{'a' * 60}.example.org/", f"{'a' * 60}.exa"),
    ],
)
def test_a_name_made_from_a_url_is_one_that_a_file_may_have(tmp_path, url, name):
    file = write_profile(tmp_path, Profile(name=name_for(url), home=url))

    assert file.stem == name
    assert read_profile(file).name == name


@pytest.mark.parametrize(
    ("url", "home", "hosts"),
    [
        ("https://example.org/a/b", "https://example.org/", {"example.org", "www.example.org"}),
        ("http://WWW.example.org", "http://www.example.org/", {"example.org", "www.example.org"}),
        ("http://127.0.0.1:8800/", "http://127.0.0.1:8800/", {"127.0.0.1:8800"}),
        ("http://[::1]:8800/", "http://[::1]:8800/", {"[::1]:8800"}),
        ("http://localhost/", "http://localhost/", {"localhost"}),
    ],
)
def test_a_bare_url_makes_a_profile_of_its_site(url, home, hosts):
    profile = make_profile(url)

    assert profile.home == home
    assert profile.all_hosts == hosts


def test_a_written_profile_reads_back_equal_and_holds_no_defaults(tmp_path):
    profile = Profile(
        name="example",
        home="https://example.org/",
        feeds=("https://example.org/feed/",),
        amp="fetch",
    )

    file = write_profile(tmp_path, profile)

    assert read_profile(file) == profile
    assert "max_depth" not in file.read_text(encoding="utf-8")
    assert [entry.name for entry in file.parent.iterdir()] == ["example.toml"]


def test_a_home_that_cannot_be_written_says_so(tmp_path):
    (tmp_path / "publishers").write_text("in the way", encoding="utf-8")

    with pytest.raises(HomeError, match=r"example\.toml cannot be written"):
        write_profile(tmp_path, Profile(name="example", home="https://example.org/"))
