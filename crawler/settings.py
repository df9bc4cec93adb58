"""Scrapy's settings for the project: which components, in what order, how politely.

What an archived crawl needs beyond these is set by its spider
(``PublisherSpider.update_settings``), so that ``scrapy shell`` and spiders without a profile work
as everywhere in Scrapy.
"""

BOT_NAME = "pressmark"
SPIDER_LOADER_CLASS = "crawler.spiders.publisher.ProfileLoader"

DOWNLOAD_HANDLERS = {
    "http": "crawler.download.wire.WireHandler",
    "https": "crawler.download.wire.WireHandler",
    "ftp": None,
    "s3": None,
}
ADDONS = {"crawler.reports.logs.PrintableLogs": 0}
EXTENSIONS = {"crawler.run.Run": 0, "crawler.reports.progress.Progress": 1}
TWISTED_DNS_RESOLVER = "crawler.download.guard.GuardedResolver"
DOWNLOAD_VERIFY_CERTIFICATES = True

# zstd is left out on purpose: no replay tool can decode it.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, br",
}
USER_AGENT = "Pressmark"
DOWNLOAD_DELAY_JITTER = 0
DOWNLOAD_TIMEOUT = 60
# Scrapy counts items for each response apart; more than one at a time only fills the memory.
CONCURRENT_ITEMS = 1
FEED_EXPORT_ENCODING = "utf-8"
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# No uvloop, though Scrapy suggests it: libuv stops to poll a socket once it is reset, with what
# had arrived still unread, and the download hangs until its timeout. It saved no CPU either.
ASYNCIO_EVENT_LOOP = None
