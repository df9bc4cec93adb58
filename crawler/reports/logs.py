"""What Scrapy logs, made printable: servers wrote a good part of it."""

from __future__ import annotations

from scrapy.settings import BaseSettings

from archive.printable import mask


class PrintableLogs:
    """An add-on that masks output and logs, whoever runs Scrapy: a command, Scrapyd, a shell."""

    @classmethod
    def update_pre_crawler_settings(cls, settings: BaseSettings) -> None:  # noqa: ARG003
        """Mask from before the first crawler on; no setting is changed."""
        mask()
