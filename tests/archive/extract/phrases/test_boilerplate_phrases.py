"""What a publisher says for itself, and what only sounds like it."""

import pytest

from archive.extract.phrases.boilerplate_phrases import (
    asks_for_readers,
    heads_other_stories,
    tells_of_commission,
)


@pytest.mark.parametrize(
    "text",
    [
        "Sign up for our morning newsletter.",
        "Want more of this? Subscribe now for two pounds a week.",
        "Follow us on WhatsApp for the latest.",
        "Have a tip? Write to the desk.",
        "For the latest news from Leeds, sign up for our newsletters.",
        "We would like to hear what you think about this.",
        "Fehler gefunden? Jetzt melden.",
        "Abonnieren Sie unseren Newsletter.",
        "Abonnez-vous pour lire la suite.",
        "¿Te ha gustado? Suscríbete a nuestro boletín.",
        "Inscreva-se no nosso canal.",
        "Iscriviti alla newsletter del mattino.",
        "Подписывайтесь на наш канал.",
        "欢迎关注我们的公众号。",
        "구독하기",
    ],
)
def test_it_asks_its_readers_to_subscribe_to_follow_and_to_write(text):
    assert asks_for_readers(text)


@pytest.mark.parametrize(
    "text",
    [
        "The council asked residents to sign up for the new bins.",
        "Register at the town hall by Friday, the mayor said.",
        "Those who subscribe to this view are few.",
        "The newsletter that he founded has 3,000 readers.",
        "She said that the app had been downloaded twice.",
        "Follow the river north for two miles.",
        "The court found an error in the count, and he would like to hear why.",
        f"Sign up for our newsletter. {'It speaks of bridges and of rivers. ' * 10}",
    ],
)
def test_what_others_ask_and_what_is_told_of_newsletters_is_text(text):
    assert not asks_for_readers(text)


@pytest.mark.parametrize(
    "text",
    [
        "We may earn a commission if you buy through links on this page.",
        "Buying through us may earn us a commission, which supports our work.",
        "Herald Media may earn an affiliate commission from purchases.",
        "Wir erhalten für einen Kauf über unseren Link eine Provision vom Händler.",
    ],
)
def test_it_tells_that_it_earns_by_what_readers_buy(text):
    assert tells_of_commission(text)


@pytest.mark.parametrize(
    "text",
    [
        "Agents earn a commission of six per cent on every house.",
        "The European Commission earned praise for it.",
        "Der Makler verlangt eine Provision.",
    ],
)
def test_the_commission_of_others_is_text(text):
    assert not tells_of_commission(text)


def test_a_heading_for_other_stories_is_short_and_begins_with_it():
    assert heads_other_stories("Read more:")
    assert heads_other_stories("Latest news from Leeds")
    assert heads_other_stories("เรื่องที่เกี่ยวข้อง")
    assert heads_other_stories("Διαβάστε επίσης:")
    assert heads_other_stories("یہ بھی پڑھیں")
    assert not heads_other_stories("What the council may read next")
    assert not heads_other_stories("Related: a long history of bridges that were never to be built")
    assert not heads_other_stories("Relatedness")
