"""The view of pages leaves out those that their site names as articles, and that are read as one."""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

# The latest capture of a URL that is a page counts. A revisit reads as its original. A capture is
# read as an article because a source names it where the article was seen then or later.
PAGES_VIEW = """
SELECT p.name AS publisher, c.url, e.outcome, e.reason, e.language AS in_language,
       {headline} AS headline, e.text, e.evidence, e.confidence, e.confidence_reasons,
       c.fetched_at, w.name AS warc_file, c.warc_offset, c.warc_record_id
FROM capture AS c
JOIN publisher AS p ON p.id = c.publisher_id
LEFT JOIN capture AS o ON o.warc_record_id = c.refers_to
JOIN extraction AS e ON e.capture_id = coalesce(o.id, c.id)
JOIN warc_file AS w ON w.id = c.warc_file_id
WHERE c.hidden IS NULL AND e.text IS NOT NULL AND NOT EXISTS (
    SELECT 1
    FROM capture AS later
    LEFT JOIN capture AS lo ON lo.warc_record_id = later.refers_to
    JOIN extraction AS le ON le.capture_id = coalesce(lo.id, later.id)
    WHERE later.publisher_id = c.publisher_id AND later.url = c.url AND later.hidden IS NULL
          AND le.outcome IN ('article', 'listing', 'page')
          AND (later.fetched_at > c.fetched_at
               OR (later.fetched_at = c.fetched_at AND later.warc_record_id > c.warc_record_id))
) AND NOT EXISTS (
    SELECT 1
    FROM address AS a
    JOIN article AS r ON r.id = a.article_id
    WHERE a.publisher_id = c.publisher_id AND a.url = c.url AND a.role <> 'part'
          AND (e.is_in_place OR EXISTS (
              SELECT 1
              FROM discovery AS d
              WHERE d.publisher_id = a.publisher_id AND d.url = a.url
                    AND d.via IN ('news_sitemap', 'feed')
          ))
          AND r.seen_from <= c.fetched_at AND c.fetched_at <= r.seen_until
)
"""
HEADLINE = {"sqlite": "json_extract(e.fields, '$.headline')", "postgresql": "e.fields->>'headline'"}


def upgrade() -> None:
    engine = op.get_bind().dialect.name
    op.execute("DROP VIEW pages")
    op.execute("CREATE VIEW pages AS " + PAGES_VIEW.format(headline=HEADLINE[engine]))
