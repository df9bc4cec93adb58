"""Make Scrapy's logs printable, since they contain text that servers sent."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from archive.printable import mask


class PrintableLogs:
    """An add-on that masks output and logs wherever Scrapy runs: a command, Scrapyd, a shell."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:  # noqa: ARG003
        """Start masking before the first crawler exists; no setting is changed."""
        mask()
