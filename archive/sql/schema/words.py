"""Words that the frontier and the discoveries store as numbers: their places in these lists.

A word may be added at the end of its list, with a migration that makes the SQL views anew, which
show the words; a place is never given to another word. A test compares the lists with the
enumerations.
"""

VIA_WORDS = (
    "link",
    "sitemap",
    "news_sitemap",
    "feed",
    "podcast",
    "canonical",
    "redirect",
    "amphtml",
    "hreflang",
    "part",
    "api",
    "seed",
    "robots",
    "well_known",
)
KIND_WORDS = ("page", "amp", "sitemap", "feed", "api", "robots")
STATE_WORDS = ("fetched", "pending", "retry", "disallowed", "skipped", "held_back")
REASON_WORDS = ("age", "new", "source", "lastmod", "feed", "vanished", "refresh", "probe", "retry")
OUTCOME_WORDS = (
    "article",
    "listing",
    "page",
    "feed",
    "sitemap",
    "robots",
    "api",
    "redirect",
    "empty",
    "blocked",
    "needs_script",
    "not_html",
    "missing",
    "error",
    "revisit",
    "failed",
    "hidden",
)
