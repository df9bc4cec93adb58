"""The keys of a language's file, each with what its phrases say and where they are looked for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

PhraseList = tuple[str, ...]

Words = Annotated[PhraseList, "single words"]
"""Entries that are compared with single words of a text, not searched in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrases:
    """The phrases of one language, or of all of them together.

    Entries are in the notation of ``archive.extract.phrases.notation``; ``Words`` are single words
    without any notation.
    """

    calendar: bool
    """Whether lines with a date are recognised by the names of months and days that Unicode's CLDR
    has. They take some milliseconds to load, in each process."""

    # What a publisher says for itself in an article. Each begins a sentence of a short paragraph.
    subscribe: PhraseList
    """Subscribe, sign up for the newsletter, support our journalism."""
    subscribe_to_ours: PhraseList
    """"Sign up for our": the same, anywhere in a sentence."""
    follow_us: PhraseList
    """Follow us on a social network."""
    get_app: PhraseList
    """Download our app."""
    write_to_us: PhraseList
    """Tell us what you think, send us a tip, report an error."""
    commission: PhraseList
    """We earn a commission on what you buy. Anywhere in a short paragraph."""

    # Lines between the paragraphs of an article.
    other_stories: PhraseList
    """A heading above other stories: "Read more", "Related stories"."""
    other_stories_at_end: PhraseList
    """A paragraph that says the same, as the last line of a text."""
    related_label: PhraseList
    """The label before a link to one other story: "Related: …"."""
    advertisement: PhraseList
    """A line that labels an advertisement, and says no more."""
    source_label: PhraseList
    """Names the source of a table or a figure, before a colon."""
    new_window: PhraseList
    """"New window", "new tab": said of a link to those who hear the page."""

    # Lines at the ends of an article.
    share: PhraseList
    """The whole line, with an object: "Share", "Share this article"."""
    share_object: PhraseList
    """What comes after it."""
    leave_mobile_version: PhraseList
    """The whole line that leads from the AMP page to the ordinary one."""
    contact_label: PhraseList
    email_label: PhraseList
    address_label: PhraseList
    phone_label: PhraseList
    """Before the contact details of a newsroom."""
    byline: PhraseList
    """Before the name of an author, as a line above a text."""
    contributed: PhraseList
    """Behind the name of somebody else who worked on the article."""
    credit: PhraseList
    """Before or beside who else worked on the article."""
    write_to_author: PhraseList
    """Begins a line with the author's address or account on a network."""
    write_at: PhraseList
    """Before the address in such a line."""
    more_at: PhraseList
    """Begins a line that ends in the address of the publisher: "More news at: https:"."""
    rights_reserved: PhraseList
    """Part of a note on the copyright."""
    filed_under: PhraseList
    """Before the keywords of the article and a colon."""
    about_author: PhraseList
    """Before the name of the author, at the beginning of a biography."""
    agency_sign: PhraseList
    """Names of news agencies, as they end the last line of a text: "dpa", "Reuters"."""

    # Dates, and the time to read an article.
    published_label: Words
    updated_label: Words
    """Words beside the date on which a page was published or changed."""
    date_word: Words
    """Other words in a line with a date: "on", "at", short names of days, and names of months that
    CLDR does not have: "sept"."""
    publish_word: PhraseList
    """Says, before a date, that the article was published on it."""
    update_word: PhraseList
    """Says, before a date near the headline, that the article was changed on it."""
    event_period: PhraseList
    """Says, before a date near the headline, that it is no date of publication: "until", "member
    since", "release date"."""
    date_joint: PhraseList
    """Between the parts of a date: "3 *de* mayo *de* 2026"."""
    day_suffix: PhraseList
    """Behind the day of a date: "3*rd*"."""
    month_name: PhraseList
    """Names of months that CLDR does not have, each with its number: ``"mrz = 3"``. A month of the
    Solar Hijri calendar has ``persian`` before it: ``"مهر = persian 7"``."""
    zone_name: PhraseList
    """What is said behind a clock of its time zone, each with a name of the tz database in lower
    case: ``"giờ việt nam = asia/ho_chi_minh"``."""
    reading_time: PhraseList
    """Before the minutes that it takes to read the article."""
    minutes: PhraseList
    minutes_read: PhraseList
    """What comes after these minutes: "3 *min* *read*"."""

    rounded_number: PhraseList
    """Before the number of a time that passes, or in its place: "*about* 3 hours ago", "*an* hour
    ago"."""
    counted: PhraseList
    """What a page counts of itself, beside the number: "1,204 *views*", "12 *comments*"."""

    # Authors, agencies and pictures.
    byline_in_name: PhraseList
    """Before a name, in the field that holds the author: "by". No beginning of a name, as "di" is
    in Italian. What a reporter is called counts as well: "记者"."""
    according_to: PhraseList
    """Before the outlet from which a text is taken, in this language alone: "theo"."""
    name_joint: PhraseList
    """Between the names of two authors. Those of the page's language are known from CLDR too."""
    byline_place: Words
    """Before the place or the outlet for which an author writes, in this language alone: "in"."""
    place_word: Words
    """Begins the names of places, and no person's: "new", "san"."""
    name_particle: Words
    """A word of names that is not capitalized: "van"."""
    author_role: PhraseList
    """What an author is, behind the name and a comma: "staff *writer*"."""
    desk: Words
    """A word in the name of a newsroom, a desk or an outlet, which no person's name has."""
    agency: PhraseList
    """A news agency, or another that newspapers credit without a person: its words in a row."""
    picture_credit: PhraseList
    """In a caption, before a colon and who took the picture."""
    other_credit: PhraseList
    """Before the name of somebody who is no author: who took the pictures, edited, translated."""

    # Pages that are served in place of an article. Read in titles, headings and buttons.
    not_found: PhraseList
    """There is nothing at this address. Also within a word."""
    challenge: PhraseList
    """Prove that you are human; access is denied."""
    paywall: PhraseList
    """A box that stands where the article goes on: subscribe to read on. Anywhere in the box."""
    consent_accept: Words
    """On the button that gives consent."""
    consent_name: Words
    """Consent, as programmers name it in classes and addresses."""
    personal_data: PhraseList
    """Whose use is asked for. Also within a word."""

    # Addresses. Whole segments of a path.
    list_path: PhraseList
    """Before the name of a list: a category, a tag, an author's articles."""
    static_path: PhraseList
    """The page about the publisher, its terms, its imprint."""
    author_path: PhraseList
    """Before the name of an author."""
    page_parameter: Words
    """The parameter of a query that has the number of an article's page."""

    # What a new version of an article says.
    correction: PhraseList
    """Begins a note on what was corrected."""
