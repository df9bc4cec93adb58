import pytest

from archive.extract.language import language_of, written_language
from tests.support.heads import article, meta
from tests.support.pages import PROSE, read, story

ENGLISH = " ".join(PROSE)
FRENCH = (
    "Le pont que la ville attendait depuis la crue de 2011 a ouvert mardi matin. Quatre cents "
    "personnes environ l'ont traversé dans la première heure, beaucoup avec des poussettes et "
    "des vélos. La maire a remercié les ouvriers et annoncé que le vieux bac circulerait encore "
    "jusqu'à la fin du mois de juin, puisque la province avait payé la plus grande partie."
)
DANISH = (
    "Broen, som byen har ventet på siden oversvømmelsen i 2011, åbnede tirsdag morgen. Omkring "
    "fire hundrede mennesker gik over den i den første time, mange af dem med barnevogne. "
    "Borgmesteren takkede håndværkerne og sagde, at den gamle færge sejler indtil slutningen af "
    "juni, og at provinsen havde betalt det meste af arbejdet."
)
SHORT = "<p>Ready soon, said the mayor, and went home to her dog.</p>"


@pytest.mark.parametrize(
    ("tag", "language"),
    [
        ("en-GB", "en"),
        ("VI", "vi"),
        ("fr_FR", "fr"),
        ("zh-Hant-TW", "zh-hant"),
        ("iw", "he"),
        ("fil", "fil"),
        ("x", None),
        ("english", None),
        ("utf-8", None),
    ],
)
def test_the_language_is_that_of_the_html_element_without_its_region(tag, language):
    found = read(story(body=SHORT).replace('lang="en-GB"', f'lang="{tag}"'))

    assert (found.article.in_language, found.language) == (language, language)


def test_where_html_names_no_language_the_head_does():
    page = story(head=meta(og__locale="fr_CA"), body=SHORT).replace(' lang="en-GB"', "")

    assert read(page).article.in_language == "fr"


def test_where_the_page_names_no_language_the_text_tells():
    found = read(story().replace(' lang="en-GB"', ""))

    assert (found.article.in_language, found.language, found.flags) == ("en", "en", ())


def test_a_text_that_is_surely_in_another_language_is_believed_and_flagged():
    found = read(story(body=f"<p>{FRENCH}</p>"))

    assert (found.article.in_language, found.language) == ("fr", "fr")
    assert found.flags == ("language: declared en, text fr",)


@pytest.mark.parametrize(
    ("declared", "text"),
    [
        ("en", FRENCH[:100]),
        ("en", ENGLISH + FRENCH),
        ("nb", DANISH),
        ("zh-hant", "桥今天早上开放了。" * 40),
        ("en", "12 34 56 " * 100),
        ("en", "\x00\ufffe\ud800" + "🌉" * 200),
    ],
)
def test_a_text_that_is_short_mixed_or_of_a_near_language_proves_nothing(declared, text):
    assert language_of((declared,), text) == (declared, ())


VIETNAMESE = "Chuyến phà đầu tiên trong ngày rời bến trước khi tàu từ thủ đô đến nơi."
RUSSIAN = "Первый паром уходит раньше, чем приходит поезд из столицы."
GREEK = "Το πρώτο πλοίο φεύγει πριν από το τρένο."
THAI = "เรือเที่ยวแรกออกก่อนรถไฟจากเมืองหลวงจะมาถึง"
JAPANESE = "始発の船は首都からの列車が着く前に出る。"
KOREAN = "첫 배는 수도에서 오는 기차가 닿기 전에 떠난다."
CHINESE = "第一班船在首都来的火车到站之前就开走了。"


@pytest.mark.parametrize(
    ("text", "language"),
    [(GREEK, "el"), (THAI, "th"), (JAPANESE, "ja"), (KOREAN, "ko"), (CHINESE, "zh")],
)
def test_a_short_text_in_another_script_disproves_a_theme_s_language(text, language):
    flag = f"language: declared en, text {language}"

    assert language_of(("en",), text) == (language, (flag,))
    assert language_of((), text) == (language, ())


@pytest.mark.parametrize(
    ("claims", "text", "language"),
    [
        (("en", "vi"), VIETNAMESE, "vi"),
        (("en", "uk", "ru"), RUSSIAN, "ru"),
        (("en", "da"), DANISH, "da"),
        (("nb", "da"), DANISH, "da"),
        (("ja", "zh-hant"), CHINESE, "zh-hant"),
    ],
)
def test_a_later_claim_is_taken_if_the_text_confirms_it(claims, text, language):
    flag = f"language: declared {claims[0]}, text {language}"

    assert language_of(claims, text) == (language, (flag,))


@pytest.mark.parametrize("tag", ["sr", "sr-latn", "uz", "zh-hans", "ja", "ku"])
def test_a_language_with_several_scripts_is_not_disproved_by_one(tag):
    text = {"zh-hans": CHINESE, "ja": JAPANESE}.get(tag, "Most koji je grad čekao " * 2)

    assert language_of((tag,), text) == (tag, ())


def test_the_page_s_own_hreflang_comes_before_what_the_site_says_of_all_pages():
    page = read(
        story(
            head='<link rel="alternate" hreflang="vi-VN" href="https://news.test/2026/02/the-bridge'
            '-over-the-river-opens/"><link rel="alternate" hreflang="fr" href="/fr/">'
            + meta(og__locale="en_US"),
            body=f"<p>{VIETNAMESE}</p>",
        )
    )

    assert page.article.in_language == "vi"
    assert page.flags == ("language: declared en, text vi",)


@pytest.mark.parametrize(
    ("tag", "language"), [("zh-TW", "zh-hant"), ("zh_HK", "zh-hant"), ("zh-CN", "zh"), ("zh", "zh")]
)
def test_chinese_of_regions_with_traditional_characters_says_so(tag, language):
    found = read(story(body=f"<p>{CHINESE * 3}</p>").replace('lang="en-GB"', f'lang="{tag}"'))

    assert found.article.in_language == language


def test_names_that_no_language_has_do_not_make_a_text_unsure():
    text = "КАМАЗ-мастер ВЦИОМ МЧС РФ ТАСС " + RUSSIAN * 4

    assert written_language(text) == "ru"


def test_a_text_in_one_language_is_told_from_others():
    assert [written_language(text) for text in (ENGLISH, FRENCH)] == ["en", "fr"]


def test_an_english_page_keeps_its_language_without_a_flag():
    assert article().in_language == "en"


UKRAINIAN = (
    "Міст, на який місто чекало з часів повені 2011 року, відкрили у вівторок уранці. Близько "
    "чотирьохсот людей перейшли його за першу годину, багато хто з дитячими візками. Міська "
    "голова подякувала будівельникам і сказала, що старий пором ходитиме до кінця червня."
)
RUSSIAN = (
    "Мост, которого город ждал со времён наводнения 2011 года, открыли во вторник утром. Около "
    "четырёхсот человек перешли его за первый час, многие с детскими колясками. Мэр поблагодарила "
    "строителей и сказала, что старый паром будет ходить до конца июня, ведь работы оплачены."
)
CZECH = (
    "Most, na který město čekalo od povodně v roce 2011, se otevřel v úterý ráno. Během první "
    "hodiny jej přešly asi čtyři stovky lidí, mnozí s kočárky. Starostka poděkovala dělníkům a "
    "řekla, že starý přívoz bude jezdit do konce června, protože většinu zaplatil kraj."
)


@pytest.mark.parametrize(
    ("claim", "text", "language"),
    [("ru", UKRAINIAN, "uk"), ("uk", RUSSIAN, "ru"), ("bg", RUSSIAN, "ru"), ("sk", CZECH, "cs")],
)
def test_letters_that_a_language_does_not_have_disprove_it_though_another_is_similar(
    claim, text, language
):
    flag = f"language: declared {claim}, text {language}"

    assert language_of((claim,), text) == (language, (flag,))


def test_a_few_foreign_letters_in_names_disprove_no_language():
    assert language_of(("ru",), f"{RUSSIAN} Об этом пишет газета «Вiстi» и Ірина Їжак.") == (
        "ru",
        (),
    )
