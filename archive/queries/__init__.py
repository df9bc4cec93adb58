"""Everything that reads an archive for people and for other programs, and only reads.

The functions take a connection to the database of an archive that is open, at best for reading
only::

    with open_archive(home, read_only=True) as archive, archive.database.reading() as connection:
        page = search_articles(connection, "night bus", language="en")

An archive may stay open for as long as a program runs, and may be used by several threads. A
connection belongs to one thread and one piece of work, such as an answer to a request: what is
committed meanwhile is read by the next one.

- Results are frozen dataclasses. Their docstrings give units, and say what None means. All times
  are aware and in UTC.
- Functions that may find many results take *limit* and *cursor*, and return a ``ResultPage``. Its
  *next_cursor* leads to the next page; ``every`` goes through all pages.
- ``json_object``, ``history_objects`` and ``diff_object`` turn results into what ``--json`` prints.
- Links and citations should name a record id (*warc_record_id*), or a URL and an instant. Row ids,
  *seq* and *number* may change with the next crawl, import or rebuild.
- What is archived was written by strangers. It may contain markup and control characters.

Raises ``DatabaseError`` when the database cannot be read.
"""

from archive.queries.articles import ArchivedArticle, ArticleVersion, VersionDetail
from archive.queries.changes import ArticleChange, article_changes
from archive.queries.events import Event, EventKind, article_events
from archive.queries.export_rows import ExportFilter, export_page, export_rows
from archive.queries.history import (
    ArticleHistory,
    HistoryEntry,
    article_histories,
    publisher_histories,
)
from archive.queries.json_objects import diff_object, history_objects, json_object
from archive.queries.learned import (
    BoilerplateRule,
    ChangedPage,
    TemplatePlace,
    boilerplate_rules,
    pages_changed_by_template,
    template_places,
)
from archive.queries.pages import ArchivedPage, latest_text, pages_at
from archive.queries.paging import CursorError, ResultPage, every
from archive.queries.publishers import PublisherSummary, publisher_summaries
from archive.queries.search import find_article, search_articles
from archive.queries.status import FailingUrl, LastCrawlStatus, PublisherStatus, publisher_status
from archive.queries.stories import ArticleAddress, FoundArticle, article_addresses, stories_at
from archive.queries.translations import (
    TranslatedArticle,
    TranslationEvidence,
    TranslationGroup,
    named_translations,
    translation_group_of,
    translation_groups,
)
from archive.queries.versions import (
    ShownPart,
    VersionDiff,
    article_versions,
    compare_versions,
    latest_article,
    version_blocks,
    version_parts,
)

__all__ = [
    "ArchivedArticle",
    "ArchivedPage",
    "ArticleAddress",
    "ArticleChange",
    "ArticleHistory",
    "ArticleVersion",
    "BoilerplateRule",
    "ChangedPage",
    "CursorError",
    "Event",
    "EventKind",
    "ExportFilter",
    "FailingUrl",
    "FoundArticle",
    "HistoryEntry",
    "LastCrawlStatus",
    "PublisherStatus",
    "PublisherSummary",
    "ResultPage",
    "ShownPart",
    "TemplatePlace",
    "TranslatedArticle",
    "TranslationEvidence",
    "TranslationGroup",
    "VersionDetail",
    "VersionDiff",
    "article_addresses",
    "article_changes",
    "article_events",
    "article_histories",
    "article_versions",
    "boilerplate_rules",
    "compare_versions",
    "diff_object",
    "every",
    "export_page",
    "export_rows",
    "find_article",
    "history_objects",
    "json_object",
    "latest_article",
    "latest_text",
    "named_translations",
    "pages_at",
    "pages_changed_by_template",
    "publisher_histories",
    "publisher_status",
    "publisher_summaries",
    "search_articles",
    "stories_at",
    "template_places",
    "translation_group_of",
    "translation_groups",
    "version_blocks",
    "version_parts",
]
