from tests.support.heads import article, json_ld, meta

OWN = "https://news.test/2026/bridge-at-dawn.jpg"


def figure(caption, address=OWN):
    return f'<figure><img src="{address}"><figcaption>{caption}</figcaption></figure>'


def test_caption_and_credit_come_from_the_image_node():
    node = {"@type": "ImageObject", "url": OWN, "caption": "At dawn", "creditText": "Cy Poe"}

    found = article(json_ld(image=[node]))

    assert (found.image, found.image_caption, found.image_credit) == (OWN, "At dawn", "Cy Poe")


def test_an_image_node_is_looked_up_though_only_referred_to():
    node = {"@type": "ImageObject", "@id": "#one", "contentUrl": OWN, "caption": "At dawn"}

    found = article(json_ld(node, image={"@id": "#one"}))

    assert (found.image, found.image_caption) == (OWN, "At dawn")


def test_caption_and_credit_come_from_the_figure_that_shows_the_picture_in_any_size():
    shown = figure("Another", "/ferry-at-noon.jpg") + figure(
        'At dawn. <span class="credit">Cy Poe/AFP</span>', "/cache/bridge-at-dawn-300x200.jpg"
    )

    found = article(meta(og__image=OWN), above=shown)

    assert (found.image_caption, found.image_credit) == ("At dawn.", "Cy Poe/AFP")


def test_a_credit_inside_the_caption_is_taken_out_of_it():
    found = article(meta(og__image=OWN), above=figure("At dawn (Photo: Cy Poe)"))

    assert (found.image_caption, found.image_credit) == ("At dawn", "Cy Poe")


def test_a_picture_that_no_figure_shows_has_no_caption():
    found = article(meta(og__image=OWN), above=figure("Another", "/ferry-at-noon.jpg"))

    assert (found.image, found.image_caption, found.image_credit) == (OWN, None, None)
