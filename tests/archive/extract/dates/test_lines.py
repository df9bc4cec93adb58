from datetime import date, datetime

import pytest

from archive.extract.dates.habits import NO_HABITS, habits_of
from archive.extract.dates.lines import dates_in


def read(line, *tags, url=""):
    """The wall clocks of the dates in *line*, with their offsets from UTC in hours."""
    return [
        (moment.replace(tzinfo=None), None if (off := moment.utcoffset()) is None else hours(off))
        for found in dates_in(line, habits_of(tags, url))
        for moment in found.reading.moments
    ]


def hours(offset):
    return offset.total_seconds() / 3600


def one(line, *tags, url=""):
    found = read(line, *tags, url=url)
    assert len(found) == 1, found
    return found[0]


DAY = datetime(2022, 2, 4)  # noqa: DTZ001 - what the page writes has no zone
CLOCK = datetime(2022, 2, 4, 15, 5)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("language", "line"),
    [
        *(("cs", "4. 2. 2022"), ("cs", "4. února 2022"), ("sk", "4. februára 2022")),
        *(("de", "Freitag, 4. Februar 2022"), ("de", "04.02.22"), ("de-AT", "4. Feber 2022")),
        *(("en", "Feb. 4th, 2022"), ("en", "04-Feb-22"), ("en", "the 4th of February 2022")),
        *(("en-GB", "4 / 2 / 2022"), ("en-US", "2/4/2022"), ("en", "4 Feb '22")),
        *(
            ("es", "4 de febrero de 2022"),
            ("ca", "4 de febrer de 2022"),
            ("pt", "4 de fev. de 2022"),
        ),
        *(("fr", "le 4 février 2022"), ("fr", "4 FEVRIER 2022"), ("it", "4 febbraio 2022")),
        *(
            ("hu", "2022. február 4."),
            ("lt", "2022 m. vasario 4 d."),
            ("lv", "2022. gada 4. februārī"),
        ),
        *(("el", "4 Φεβρουαρίου 2022"), ("el", "4 ΦΕΒΡΟΥΑΡΙΟΥ 2022"), ("el", "4 Φλεβάρη 2022")),
        *(("ru", "4 февраля 2022 г."), ("ru", "4 фев 2022"), ("uk", "4 лютого 2022 року")),
        *(("pl", "4 lutego 2022 r."), ("hr", "4. veljače 2022."), ("fi", "4. helmikuuta 2022")),
        *(("tr", "4 Şubat 2022"), ("tr", "04.02.2022"), ("id", "4 Februari 2022")),
        *(
            ("vi", "ngày 4 tháng 2 năm 2022"),
            ("vi", "4 Tháng Hai, 2022"),
            ("vi", "Thứ sáu, 4/2/2022"),
        ),
        *(("ja", "2022年2月4日"), ("ja", "令和4年2月4日"), ("ja", "２０２２年２月４日（金）")),
        *(("zh", "2022年2月4日"), ("zh", "二〇二二年二月四日"), ("zh-TW", "民國111年2月4日")),
        *(
            ("zh-TW", "111年2月4日"),
            ("ko", "2022년 2월 4일"),
            ("ko", "2022. 2. 4."),
            ("ko", "22. 2. 4."),
        ),
        *(("th", "4 กุมภาพันธ์ 2565"), ("th", "4 ก.พ. 2565"), ("th", "4 ก.พ. 65"), ("th", "๔/๒/๒๕๖๕")),
        *(("fa", "۱۴۰۰/۱۱/۱۵"), ("fa", "۱۵ بهمن ۱۴۰۰"), ("fa", "۴ فوریهٔ ۲۰۲۲")),
        *(("ar", "٤ فبراير ٢٠٢٢"), ("ar", "4 شباط 2022"), ("ar", "4 فبراير/شباط 2022")),
        *(("he", "4 בפברואר 2022"), ("hi", "४ फ़रवरी २०२२"), ("bn", "৪ ফেব্রুয়ারি ২০২২")),
        *(("ar", "15 رجب 1443 هـ - 4 فبراير 2022 م"), ("sv", "den 4 februari 2022")),
    ],
)
def test_a_day_is_read_in_the_language_the_calendar_and_the_digits_of_its_page(language, line):
    assert one(line, language) == (DAY, None)


@pytest.mark.parametrize(
    ("language", "line"),
    [
        *(("de", "04.02.2022, 15.05 Uhr"), ("de", "4. Februar 2022 um 15:05")),
        *(("en", "February 4, 2022 at 3:05 p.m."), ("en", "3:05 PM, Friday, February 4, 2022")),
        *(("fr", "4 février 2022 à 15h05"), ("pt", "4 de fevereiro de 2022 - 15h05")),
        *(
            ("ja", "令和4年2月4日 午後3時05分"),
            ("zh", "2022年2月4日 下午3:05"),
            ("ko", "2022.02.04 오후 3:05"),
        ),
        *(
            ("vi", "15:05 | 4/2/2022"),
            ("vi", "15:05, Thứ sáu, ngày 4/2/2022"),
            ("el", "04/02/22-15:05"),
        ),
        *(
            ("pl", "4 lut 22 15:05"),
            ("ru", "15:05, 4 февраля 2022"),
            ("th", "4 ก.พ. 2565 15:05 น."),
        ),
        *(("fa", "۱۵ بهمن ۱۴۰۰ ۱۵:۰۵"), ("el", "4 Φεβρουαρίου 2022 3:05 μ.μ.")),
    ],
)
def test_a_clock_stands_before_or_behind_its_day(language, line):
    assert one(line, language) == (CLOCK, None)


@pytest.mark.parametrize(
    ("language", "zone", "offset"),
    [
        *(("en", "GMT+7", 7), ("en", "(GMT+7)", 7), ("en", "UTC +07:00", 7), ("en", "+0700", 7)),
        *(("vi", "(+7)", 7), ("en", "GMT-5", -5), ("en", "UTC−05:30", -5.5), ("en", "+5:45", 5.75)),
        *(("en", "EDT", -4), ("fr", "CET", 1), ("de", "Uhr MEZ", 1), ("de", "Uhr (MESZ)", 2)),
        *(("vi", "ICT", 7), ("en", "UTC", 0), ("en", "gmt", 0), ("ja", "JST", 9), ("en", "ET", -5)),
        *(("ru", "мск", 3), ("ru", "по московскому времени", 3), ("ru", "(МСК)", 3)),
        *(("vi", "giờ Việt Nam", 7), ("vi", "(giờ Hà Nội)", 7), ("zh", "北京时间", 8)),
        *(
            ("pt", "horário de Brasília", -3),
            ("es", "hora peninsular", 1),
            ("en", "India Standard Time", 5.5),
        ),
        *(("en-IN", "IST", 5.5), ("en-IE", "IST", 0), ("he", "IST", 2), ("hi", "IST", 5.5)),
        *(
            ("de", "Mitteleuropäische Zeit", 1),
            ("en", "(Indochina Time)", 7),
            ("en", "Europe/Berlin", 1),
            ("en", "Pacific Standard Time", -8),
            ("vi", "Giờ Đông Dương", 7),
            ("en-US", "CST", -6),
            ("zh-CN", "CST", 8),
            ("bn-BD", "BST", 6),
            ("ar-SA", "AST", 3),
        ),
    ],
)
def test_the_zone_beside_a_clock_is_read(language, zone, offset):
    if (language, zone) == ("en-IE", "IST"):  # Ireland has no summer time in winter
        assert one(f"4 Feb 2022 15:05 {zone}", language) == (CLOCK, None)
        return

    assert one(f"15:05 {zone}, 4 Feb 2022", language)[1] == offset
    assert one(f"4 Feb 2022 15:05 {zone}", language) == (CLOCK, offset)


@pytest.mark.parametrize(
    ("name", "url", "offset"),
    [
        *(("EST", "https://a.com.au/", 10), ("EDT", "https://a.com.au/", 11)),
        *(("CST", "https://a.com.au/", 9.5), ("PST", "https://a.com.ph/", 8)),
        *(("EST", "https://a.com/", -5), ("EST", "https://a.ca/", -5)),
    ],
)
def test_an_american_abbreviation_means_the_zone_of_a_country_that_has_it_too(name, url, offset):
    assert one(f"4 Feb 2022 15:05 {name}", "en", url=url) == (CLOCK, offset)


def test_the_letter_of_a_japanese_era_stands_before_its_year():
    assert one("R4.2.4", "ja") == (DAY, None)


def test_a_zone_behind_the_day_belongs_to_the_clock_before_it():
    assert one("15:05, 4/2/2022 (GMT+7)", "vi") == (CLOCK, 7)


@pytest.mark.parametrize("name", ["IST", "CST", "BST", "AST"])
def test_a_zone_with_several_meanings_is_named_and_not_assumed(name):
    (found,) = dates_in(f"4 July 2022 15:05 {name}", habits_of(["en"], "https://news.test/a"))

    assert found.reading.moments[0].tzinfo is None
    assert found.reading.unclear == name


def test_the_country_of_the_site_and_the_season_decide_between_zones():
    summer, winter = "4 July 2022 15:05 BST", "4 January 2022 15:05 BST"

    assert one(summer, "en", url="https://news.co.uk/a")[1] == 1
    assert one(winter, "en", url="https://news.co.uk/a")[1] is None
    assert one(winter, "en", url="https://news.com.bd/a")[1] == 6


@pytest.mark.parametrize("word", ["est", "et", "cat", "mst"])
def test_words_in_lower_case_are_no_zones(word):
    assert one(f"4 Feb 2022 15:05 {word} la suite", "fr")[1] is None


def test_two_hours_with_a_dash_between_are_no_offset():
    assert one("4 Feb 2022, 15:05-16:30", "en") == (CLOCK, None)
    assert one("4 Feb 2022, 15:05 – 16:30", "en") == (CLOCK, None)


def test_day_and_month_are_not_guessed_where_nothing_tells_their_order():
    (found,) = dates_in("3/4/2022", NO_HABITS)

    assert {each.date() for each in found.reading.moments} == {date(2022, 4, 3), date(2022, 3, 4)}
    assert not found.reading.is_guess


def test_dots_stand_behind_the_day_first_and_are_doubted_where_the_page_may_be_american():
    (open_page,) = dates_in("4. 2. 2022", habits_of(["en"]))
    (czech,) = dates_in("4. 2. 2022", habits_of(["cs"]))

    assert open_page.reading.moments[0] == czech.reading.moments[0] == DAY
    assert (open_page.reading.is_guess, czech.reading.is_guess) == (True, False)


def test_the_day_of_the_week_tells_the_order_of_day_and_month():
    assert one("Thu, 01/12/2012 - 09:52", "en")[0].date() == date(2012, 1, 12)
    assert one("Wednesday, 01.11.12", "en")[0].date() == date(2012, 1, 11)
    assert one("mercredi 1/2/2023")[0].date() == date(2023, 2, 1)


def test_dates_that_the_page_shows_elsewhere_tell_the_order_of_day_and_month():
    american = habits_of(["en"], text="10/29/2021 - a story. 12/23/2021 - another")
    british = habits_of(["en"], text="29/10/2021 - a story")
    torn = habits_of(["en"], text="29/10/2021 and 12/23/2021")

    read_by = [list(dates_in("3/4/2022", habits)) for habits in (american, british, torn)]

    assert [len(found[0].reading.moments) for found in read_by] == [1, 1, 2]
    assert read_by[0][0].reading.moments[0].month == 3
    assert read_by[1][0].reading.moments[0].month == 4


def test_the_country_of_the_site_tells_the_order_of_day_and_month():
    assert one("3/4/2022", "en", url="https://paper.com.au/a")[0].month == 4
    assert one("3/4/2022", url="https://paper.us/a")[0].month == 3
    assert len(read("3/4/2022", "en-US", url="https://paper.vn/a")) == 2


def test_a_month_of_no_declared_language_is_read_where_its_name_means_one_month():
    assert one("4 Şubat 2022")[0] == DAY
    assert one("4. helmikuuta 2022", "en")[0] == DAY
    assert read("10. listopada 2022") == []  # October in Croatian, November in Polish
    assert one("10. listopada 2022", "hr")[0].month == 10
    assert one("10 listopada 2022", "pl")[0].month == 11


@pytest.mark.parametrize(
    "line",
    [
        *("31 February 2022", "Call 13.02.20267 now", "version 1.2.10.4", "2022", "February 2022"),
        *("15 رجب 1443", "32.13.2022", "12:30", "0000-00-00", "13/13/13", "1.234.567"),
    ],
)
def test_what_is_no_day_of_a_calendar_is_left_out(line):
    assert read(line, "ar") == []


def test_each_date_of_a_line_has_its_own_clock_and_the_words_before_it():
    line = "Published 4 Feb 2022 10:30 | Updated 5 Feb 2022 11:45"

    found = list(dates_in(line, NO_HABITS))

    assert [each.raw for each in found] == ["4 Feb 2022 10:30", "5 Feb 2022 11:45"]
    assert [each.before.strip(" |") for each in found] == ["Published", "Updated"]


def test_a_number_before_the_month_is_not_its_day_where_the_day_stands_behind_it():
    assert one("Vol. 12, No. 7, February 3, 2026", "en")[0].date() == date(2026, 2, 3)


@pytest.mark.parametrize(
    ("language", "line", "hour"),
    [
        *(("ar", "4 فبراير 2022 10:30 م", 22), ("ar", "4 فبراير 2022 10:30 ص", 10)),
        *(("ar", "4 فبراير 2022 - 12:30 صباحاً", 0), ("ar", "4 فبراير 2022م 10:30", 10)),
        *(("bn", "৪ ফেব্রুয়ারি ২০২২, ১০:৩০ পিএম", 22), ("bn", "৪ ফেব্রুয়ারি ২০২২, রাত ১২:৩০", 0)),
        *(("hi", "4 फ़रवरी 2022, रात 10:30", 22), ("hi", "4 फ़रवरी 2022, 10:30 अपराह्न", 22)),
        *(("id", "4 Februari 2022 11.30 siang", 11), ("id", "4 Februari 2022 1.30 siang", 13)),
        *(("vi", "4/2/2022 10:30 đêm", 22), ("vi", "4/2/2022 11:30 trưa", 11)),
        *(("zh", "2022年2月4日 凌晨12:30", 0), ("zh", "2022年2月4日 中午12:30", 12)),
        *(("zh", "2022年2月4日 晚上12:30", 0), ("ko", "2022. 2. 4. 밤 11:30", 23)),
        *(("fr", "4 février 2022 à 1h30 du matin", 1), ("ru", "4 февраля 2022, 11:30 ночи", 23)),
        *(
            ("es", "4 de febrero de 2022, 10:30 de la noche", 22),
            ("tr", "4 Şubat 2022 10:30 ÖS", 22),
        ),
        *(("en", "Feb 4, 2022 12:30 am", 0), ("en", "Feb 4, 2022 12:30 midnight", 0)),
    ],
)
def test_a_word_for_a_part_of_the_day_says_which_of_two_hours_is_meant(language, line, hour):
    assert one(line, language)[0] == datetime(2022, 2, 4, hour, 30)  # noqa: DTZ001


@pytest.mark.parametrize(
    ("language", "line"),
    [
        ("ko", "2022년 2월 4일 오후 3시 5분"),
        ("ja", "2022年2月4日 午後3時5分"),
        ("zh", "2022年2月4日 15时5分"),
    ],
)
def test_minutes_with_their_sign_need_no_zero_before_them(language, line):
    assert one(line, language)[0] == CLOCK


def test_zones_of_canada_have_french_names():
    assert one("4 février 2022 à 15 h 05 HNE", "fr-CA") == (CLOCK, -5)
