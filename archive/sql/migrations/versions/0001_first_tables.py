"""First tables: captures, extractions, articles with versions and search, the frontier."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ARTICLES_VIEW = """
SELECT p.name AS publisher, a.canonical_url, a.in_language, a.translation_group,
       v.headline, v.text, v.description, v.author, v.date_published, v.date_modified,
       v.section, v.keywords, v.word_count, a.seen_from, a.seen_until, a.gone_at,
       w.name AS warc_file, c.warc_offset, c.warc_record_id
FROM article AS a
JOIN publisher AS p ON p.id = a.publisher_id
JOIN version AS v ON v.article_id = a.id
     AND v.seq = (SELECT max(latest.seq) FROM version AS latest WHERE latest.article_id = a.id)
JOIN extraction AS e ON e.id = v.extraction_id
JOIN capture AS c ON c.id = e.capture_id
JOIN warc_file AS w ON w.id = c.warc_file_id
"""

# FTS5 keeps the index only; the folded words themselves lie in article_text. Folding is done in
# Python, the same for both engines, so the tokenizer must not fold a second time, and must not cut
# words of Indic scripts at their marks.
SQLITE_SEARCH = [
    """CREATE VIRTUAL TABLE article_fts USING fts5(
        headline, author, text, content='article_text', content_rowid='article_id',
        tokenize="unicode61 remove_diacritics 0 categories 'L* N* Co Mn Mc'")""",
    """CREATE TRIGGER article_text_added AFTER INSERT ON article_text BEGIN
        INSERT INTO article_fts(rowid, headline, author, text)
        VALUES (new.article_id, new.headline, new.author, new.text);
    END""",
    """CREATE TRIGGER article_text_removed AFTER DELETE ON article_text BEGIN
        INSERT INTO article_fts(article_fts, rowid, headline, author, text)
        VALUES ('delete', old.article_id, old.headline, old.author, old.text);
    END""",
    """CREATE TRIGGER article_text_changed AFTER UPDATE ON article_text BEGIN
        INSERT INTO article_fts(article_fts, rowid, headline, author, text)
        VALUES ('delete', old.article_id, old.headline, old.author, old.text);
        INSERT INTO article_fts(rowid, headline, author, text)
        VALUES (new.article_id, new.headline, new.author, new.text);
    END""",
]
POSTGRESQL_SEARCH = [
    """ALTER TABLE article_text ADD COLUMN document tsvector GENERATED ALWAYS AS (
        setweight(to_tsvector('simple', headline), 'A')
        || setweight(to_tsvector('simple', author), 'B')
        || setweight(to_tsvector('simple', text), 'C')) STORED""",
    "CREATE INDEX ix_article_text_document ON article_text USING gin (document)",
]


def upgrade() -> None:
    op.create_table('publisher',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('title', sa.Text(), nullable=True),
    sa.Column('home', sa.Text(), nullable=True),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_publisher')),
    sa.UniqueConstraint('name', name=op.f('uq_publisher_name'))
    )
    op.create_table('article',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publisher_id', sa.Integer(), nullable=False),
    sa.Column('canonical_url', sa.Text(), nullable=False),
    sa.Column('in_language', sa.Text(), nullable=True),
    sa.Column('translation_group', sa.Text(), nullable=True),
    sa.Column('seen_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('gone_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_article_publisher_id_publisher'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_article')),
    sa.UniqueConstraint('publisher_id', 'canonical_url', name=op.f('uq_article_publisher_id_canonical_url'))
    )
    op.create_table('crawl',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publisher_id', sa.Integer(), nullable=False),
    sa.Column('command', sa.Text(), nullable=False),
    sa.Column('started_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('ended_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('profile_digest', sa.Text(), nullable=False),
    sa.Column('software', sa.JSON(), nullable=False),
    sa.Column('counts', sa.JSON(), nullable=False),
    sa.Column('exit_state', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_crawl_publisher_id_publisher'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_crawl'))
    )
    op.create_table('unsettled',
    sa.Column('publisher_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_unsettled_publisher_id_publisher'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('publisher_id', 'url', name=op.f('pk_unsettled'))
    )
    op.create_table('url',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publisher_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('via', sa.Text(), nullable=False),
    sa.Column('state', sa.Text(), nullable=False),
    sa.Column('skip_reason', sa.Text(), nullable=True),
    sa.Column('priority', sa.Integer(), nullable=False),
    sa.Column('depth', sa.Integer(), nullable=False),
    sa.Column('redirects', sa.Integer(), nullable=False),
    sa.Column('source_url', sa.Text(), nullable=True),
    sa.Column('lastmod', sa.Text(), nullable=True),
    sa.Column('fail_count', sa.Integer(), nullable=False),
    sa.Column('next_due_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=True),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_url_publisher_id_publisher'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_url')),
    sa.UniqueConstraint('publisher_id', 'url', name=op.f('uq_url_publisher_id_url'))
    )
    op.create_index(op.f('ix_url_publisher_id_state_next_due_at'), 'url', ['publisher_id', 'state', 'next_due_at'], unique=False)
    op.create_index(op.f('ix_url_publisher_id_state_priority_id'), 'url', ['publisher_id', 'state', 'priority', 'id'], unique=False)
    op.create_table('warc_file',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publisher_id', sa.Integer(), nullable=True),
    sa.Column('name', sa.Text(), nullable=False),
    sa.Column('size_bytes', sa.BigInteger(), nullable=True),
    sa.Column('complete', sa.Boolean(), nullable=False),
    sa.Column('digest', sa.Text(), nullable=True),
    sa.Column('location', sa.Text(), nullable=True),
    sa.Column('publishers', sa.JSON(none_as_null=True), nullable=True),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_warc_file_publisher_id_publisher'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_warc_file')),
    sa.UniqueConstraint('name', name=op.f('uq_warc_file_name'))
    )
    op.create_table('address',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publisher_id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('role', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_address_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_address_publisher_id_publisher'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_address')),
    sa.UniqueConstraint('publisher_id', 'url', name=op.f('uq_address_publisher_id_url'))
    )
    op.create_index(op.f('ix_address_article_id'), 'address', ['article_id'], unique=False)
    op.create_table('article_text',
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('headline', sa.Text(), nullable=False),
    sa.Column('author', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_article_text_article_id_article'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('article_id', name=op.f('pk_article_text'))
    )
    op.create_table('capture',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publisher_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('fetched_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('http_status', sa.Integer(), nullable=True),
    sa.Column('content_type', sa.Text(), nullable=True),
    sa.Column('payload_digest', sa.Text(), nullable=True),
    sa.Column('record_type', sa.Text(), nullable=False),
    sa.Column('refers_to', sa.Text(), nullable=True),
    sa.Column('refers_to_url', sa.Text(), nullable=True),
    sa.Column('refers_to_at', sa.DateTime(timezone=True), nullable=True),
    sa.Column('etag', sa.Text(), nullable=True),
    sa.Column('last_modified', sa.Text(), nullable=True),
    sa.Column('ip', sa.Text(), nullable=True),
    sa.Column('truncated', sa.Text(), nullable=True),
    sa.Column('error', sa.Text(), nullable=True),
    sa.Column('warc_file_id', sa.Integer(), nullable=False),
    sa.Column('warc_offset', sa.BigInteger(), nullable=False),
    sa.Column('warc_length', sa.BigInteger(), nullable=False),
    sa.Column('warc_record_id', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_capture_publisher_id_publisher'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['warc_file_id'], ['warc_file.id'], name=op.f('fk_capture_warc_file_id_warc_file'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_capture')),
    sa.UniqueConstraint('warc_file_id', 'warc_offset', name=op.f('uq_capture_warc_file_id_warc_offset')),
    sa.UniqueConstraint('warc_record_id', name=op.f('uq_capture_warc_record_id'))
    )
    op.create_index(op.f('ix_capture_publisher_id_url_fetched_at'), 'capture', ['publisher_id', 'url', 'fetched_at'], unique=False)
    op.create_index(op.f('ix_capture_publisher_id_refers_to_url'), 'capture', ['publisher_id', 'refers_to_url'], unique=False)
    op.create_index(op.f('ix_capture_refers_to'), 'capture', ['refers_to'], unique=False)
    op.create_table('discovery',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publisher_id', sa.Integer(), nullable=False),
    sa.Column('url', sa.Text(), nullable=False),
    sa.Column('via', sa.Text(), nullable=False),
    sa.Column('source_url', sa.Text(), nullable=False),
    sa.Column('first_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('last_seen_at', sa.DateTime(timezone=True), nullable=False),
    sa.Column('lastmod', sa.Text(), nullable=True),
    sa.Column('capture_id', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['capture_id'], ['capture.id'], name=op.f('fk_discovery_capture_id_capture'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_discovery_publisher_id_publisher'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_discovery')),
    sa.UniqueConstraint('publisher_id', 'url', 'via', 'source_url', name=op.f('uq_discovery_publisher_id_url_via_source_url'))
    )
    op.create_table('edge',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('publisher_id', sa.Integer(), nullable=False),
    sa.Column('capture_id', sa.Integer(), nullable=False),
    sa.Column('kind', sa.Text(), nullable=False),
    sa.Column('source_url', sa.Text(), nullable=False),
    sa.Column('target_url', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['capture_id'], ['capture.id'], name=op.f('fk_edge_capture_id_capture'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['publisher_id'], ['publisher.id'], name=op.f('fk_edge_publisher_id_publisher'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_edge')),
    sa.UniqueConstraint('capture_id', 'kind', 'target_url', name=op.f('uq_edge_capture_id_kind_target_url'))
    )
    op.create_index(op.f('ix_edge_publisher_id_source_url'), 'edge', ['publisher_id', 'source_url'], unique=False)
    op.create_index(op.f('ix_edge_publisher_id_target_url'), 'edge', ['publisher_id', 'target_url'], unique=False)
    op.create_table('extraction',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('capture_id', sa.Integer(), nullable=False),
    sa.Column('extractor', sa.Text(), nullable=False),
    sa.Column('profile_digest', sa.Text(), nullable=False),
    sa.Column('outcome', sa.Text(), nullable=False),
    sa.Column('reason', sa.Text(), nullable=True),
    sa.Column('evidence', sa.JSON(), nullable=False),
    sa.Column('flags', sa.JSON(), nullable=False),
    sa.Column('language', sa.Text(), nullable=True),
    sa.Column('alternates', sa.JSON(), nullable=False),
    sa.Column('fields', sa.JSON(), nullable=True),
    sa.Column('blocks', sa.JSON(), nullable=True),
    sa.Column('text_sha256', sa.Text(), nullable=True),
    sa.ForeignKeyConstraint(['capture_id'], ['capture.id'], name=op.f('fk_extraction_capture_id_capture'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_extraction')),
    sa.UniqueConstraint('capture_id', name=op.f('uq_extraction_capture_id'))
    )
    op.create_index(op.f('ix_extraction_outcome'), 'extraction', ['outcome'], unique=False)
    op.create_table('version',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('article_id', sa.Integer(), nullable=False),
    sa.Column('seq', sa.Integer(), nullable=False),
    sa.Column('extraction_id', sa.Integer(), nullable=False),
    sa.Column('seen_from', sa.DateTime(timezone=True), nullable=False),
    sa.Column('seen_until', sa.DateTime(timezone=True), nullable=False),
    sa.Column('change_kind', sa.Text(), nullable=True),
    sa.Column('headline', sa.Text(), nullable=False),
    sa.Column('text', sa.Text(), nullable=False),
    sa.Column('description', sa.Text(), nullable=True),
    sa.Column('author', sa.JSON(), nullable=False),
    sa.Column('date_published', sa.DateTime(timezone=True), nullable=True),
    sa.Column('date_published_raw', sa.Text(), nullable=True),
    sa.Column('date_source', sa.Text(), nullable=True),
    sa.Column('date_precision', sa.Text(), nullable=True),
    sa.Column('date_modified', sa.DateTime(timezone=True), nullable=True),
    sa.Column('date_modified_raw', sa.Text(), nullable=True),
    sa.Column('section', sa.JSON(), nullable=False),
    sa.Column('keywords', sa.JSON(), nullable=False),
    sa.Column('image', sa.Text(), nullable=True),
    sa.Column('word_count', sa.Integer(), nullable=False),
    sa.Column('text_sha256', sa.Text(), nullable=False),
    sa.ForeignKeyConstraint(['article_id'], ['article.id'], name=op.f('fk_version_article_id_article'), ondelete='CASCADE'),
    sa.ForeignKeyConstraint(['extraction_id'], ['extraction.id'], name=op.f('fk_version_extraction_id_extraction'), ondelete='CASCADE'),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_version')),
    sa.UniqueConstraint('article_id', 'seq', name=op.f('uq_version_article_id_seq'))
    )
    op.create_index(op.f('ix_version_extraction_id'), 'version', ['extraction_id'], unique=False)
    search = SQLITE_SEARCH if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_SEARCH
    for statement in search:
        op.execute(sa.text(statement.replace(":", "\\:")))
    op.execute(sa.text("CREATE VIEW articles AS " + ARTICLES_VIEW))
