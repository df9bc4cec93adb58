"""Scrapy's settings for the project: the components, their order, and the pace.

The spider of an archived crawl sets the rest (``PublisherSpider.update_settings``), so that
``scrapy shell`` and spiders without a profile work as in any Scrapy project.
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

# zstd is missing on purpose: no replay tool can decode it.
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Encoding": "gzip, br",
}
USER_AGENT = "Pressmark"
DOWNLOAD_DELAY_JITTER = 0
DOWNLOAD_TIMEOUT = 60
# Scrapy applies this limit to each response; a higher one only fills the memory.
CONCURRENT_ITEMS = 1
FEED_EXPORT_ENCODING = "utf-8"
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
# No uvloop, although Scrapy suggests it: libuv stops polling a socket when the socket is reset,
# although bytes that had arrived are still unread, so that the download hangs until its timeout.
# uvloop also saved no CPU time.
ASYNCIO_EVENT_LOOP = None
