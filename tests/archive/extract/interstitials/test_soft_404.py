import pytest

from archive.model import Flag, Outcome
from tests.support.pages import PROSE, STORY, paragraphs, read, story

NOINDEX = '<meta name="robots" content="noindex, follow">'
SIDEBAR = (
    '<aside class="widget-area"><h2>Latest</h2><ul>'
    + "".join(
        f'<li><a href="/story-{n}/">A story with the number {n}</a><time>3 March</time></li>'
        for n in range(5)
    )
    + "</ul></aside>"
)


def sorry(
    title, text="", *, head="", body_class="", section="", site=" - The News", sidebar=SIDEBAR
):
    return f"""<!doctype html><html lang="en"><head><title>{title}{site}</title>{head}</head>
    <body class="{body_class}"><header><nav><a href="/">Home</a><a href="/town/">Town</a></nav>
    </header><main><section class="{section}"><h1>{title}</h1><p>{text}</p>
    <form role="search"><input name="s"></form></section></main>{sidebar}
    <footer><p>The News, Bridge Street 1</p></footer></body></html>"""


WORDINGS = [
    ("Page not found", "It looks like nothing was found at this location."),
    ("Oops! That page can’t be found.", "Maybe try a search?"),
    ("404", "Sorry, the page you are looking for is no longer there."),
    ("Error 404", ""),
    ("Seite nicht gefunden", "Die gewünschte Seite existiert nicht oder nicht mehr."),
    ("Page introuvable", "La page demandée n’existe plus."),
    ("Cette page n’existe pas", ""),
    ("Página no encontrada", "La página que busca no existe."),
    ("Pagina non trovata", ""),
    ("Página não encontrada", ""),
    ("Pagina niet gevonden", ""),
    ("Siden ble ikke funnet", ""),
    ("Sidan hittades inte", ""),
    ("Sivua ei löytynyt", ""),
    ("Nie znaleziono strony", ""),
    ("Stránka nenalezena", ""),
    ("Страница не найдена", ""),
    ("Η σελίδα δεν βρέθηκε", ""),
    ("Sayfa bulunamadı", ""),
    ("Không tìm thấy trang", "Có vẻ như không có gì ở địa chỉ này."),
    ("ページが見つかりません", ""),
    ("页面不存在", ""),
    ("페이지를 찾을 수 없습니다", ""),
    ("الصفحة غير موجودة", ""),
]


@pytest.mark.parametrize(("title", "text"), WORDINGS)
def test_a_page_that_says_in_any_language_that_there_is_nothing_is_missing(title, text):
    found = read(sorry(title, text, head=NOINDEX))

    assert (found.outcome, found.flags) == (Outcome.MISSING, (Flag.SOFT_404,))
    assert found.reason.startswith("soft 404: title, heading")


@pytest.mark.parametrize(
    "page",
    [
        sorry("Hoppla", "Hier ist nichts.", body_class="error404", head=NOINDEX),
        sorry("Page not found", section="error-404 not-found"),
        sorry("Page not found", head='<meta name="prerender-status-code" content="404">'),
        sorry("Page not found", head='<link rel="canonical" href="https://news.test/">'),
        sorry("Page not found", head='<link rel="canonical" href="https://news.test/404">'),
        sorry(
            "This page could not be found",
            head='<script id="__NEXT_DATA__" type="application/json">{"page":"/_error","props":'
            '{"pageProps":{"statusCode":404}}}</script>',
        ),
        sorry("Not found", head='<meta property="og:type" content="article">' + NOINDEX),
    ],
)
def test_signs_of_several_kinds_together_make_a_page_missing(page):
    found = read(page)

    assert (found.outcome, found.article, found.flags) == (Outcome.MISSING, None, (Flag.SOFT_404,))
    assert (found.candidates, found.edges) == ((), ())


@pytest.mark.parametrize(
    "title",
    [
        "404",
        "Page not found",
        "Page not found: what readers see",
        "Peugeot 404, the car that stayed",
    ],
)
def test_an_article_about_error_pages_is_an_article(title):
    long = read(story(title=title, body=paragraphs(*PROSE * 3)))
    short = read(
        story(
            title=title,
            body=paragraphs(PROSE[0]),
            above='<time datetime="2026-02-16T10:00:00Z">16 February</time>',
        )
    )

    assert (long.outcome, long.flags) == (Outcome.ARTICLE, ())
    assert (short.outcome, short.flags) == (Outcome.ARTICLE, ())


def test_words_alone_do_not_make_a_page_missing():
    itself = f'<link rel="canonical" href="{STORY}">'

    assert read(sorry("Page not found", head=itself)).outcome is not Outcome.MISSING


def test_a_search_without_results_is_no_missing_page():
    page = sorry(
        "Nothing found",
        "No story matches your words.",
        head=NOINDEX,
        body_class="search search-no-results",
        section="no-results not-found",
    )

    assert read(page, url="https://news.test/?s=bridges").outcome is Outcome.LISTING


def test_an_empty_category_is_no_missing_page():
    page = sorry(
        "Nothing found", head=NOINDEX, body_class="archive category", section="no-results not-found"
    )

    assert read(page, url="https://news.test/category/town/").outcome is Outcome.LISTING


def test_the_front_page_is_never_missing():
    page = sorry("Not found", head=NOINDEX, body_class="error404")

    assert read(page, url="https://news.test/").outcome is not Outcome.MISSING
