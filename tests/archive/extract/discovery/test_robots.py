import pytest

from archive.extract.discovery.robots import robots_candidates, well_known_candidates

ROBOTS = "https://kestrel.example/robots.txt"
NEWS = "https://kestrel.example/news.xml"
PAGES = "https://kestrel.example/pages.xml"


def named(text):
    return [candidate.url for candidate in robots_candidates(text, ROBOTS)]


@pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
def test_sitemaps_are_found_whatever_ends_a_line(end):
    lines = [f"Sitemap: {NEWS}", "User-agent: *", "Disallow: /x", f"Sitemap: {PAGES}"]

    assert named(end.join(lines)) == [NEWS, PAGES]


@pytest.mark.parametrize(
    "line",
    [
        "Sitemap: {}",
        "SITEMAP:{}",
        "sitemaps : {}",
        "site-map: {}",
        "Sitemap {}",
        "\ufeffSitemap: {}",
        "   Sitemap:\t{}   # all pages",
        "Sitemap: <{}>",
        "\0Sitemap: {}",
    ],
)
def test_sitemaps_are_found_in_the_spellings_of_real_files(line):
    assert named(line.format(NEWS)) == [NEWS]


@pytest.mark.parametrize("between", [" ", ", ", " Sitemap: ", ";"])
def test_a_line_may_name_two_sitemaps(between):
    assert named(f"Sitemap: {NEWS}{between}{PAGES}") == [NEWS, PAGES]


def test_an_address_with_a_space_is_never_cut_at_it():
    assert named("Sitemap: https://kestrel.example/all pages.xml") == [
        "https://kestrel.example/all%20pages.xml"
    ]


def test_a_relative_address_is_resolved():
    assert named("Sitemap: /news.xml") == [NEWS]


@pytest.mark.parametrize("text", ["", "Disallow: /Sitemap: x", "# Sitemap: /x", "Sitemap:"])
def test_without_a_sitemap_the_usual_addresses_are_tried(text):
    assert robots_candidates(text, ROBOTS) == well_known_candidates(ROBOTS)


@pytest.mark.parametrize(
    "line",
    [
        "Sitemap: kestrel.example/news.xml",
        "Sitemap: https:kestrel.example/news.xml",
        "Sitemap: https//kestrel.example/news.xml",
        "Sitemap: https://https://kestrel.example/news.xml",
        "Sitemap: [https://kestrel.example/news.xml]",
        "Sitemap = https://kestrel.example/news.xml",
    ],
)
def test_a_host_is_no_folder_however_the_address_is_written(line):
    assert named(line) == [NEWS]


@pytest.mark.parametrize("between", ["|", " ", ", "])
def test_a_line_may_name_two_paths(between):
    assert named(f"Sitemap: /news.xml{between}/pages.xml") == [NEWS, PAGES]


@pytest.mark.parametrize("word", ["none", "n/a", "sitemap"])
def test_a_word_may_be_an_address_or_say_that_there_is_no_sitemap(word):
    assert named(f"Sitemap: {word}") == [
        f"https://kestrel.example/{word}",
        *(candidate.url for candidate in well_known_candidates(ROBOTS)),
    ]
