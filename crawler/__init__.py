"""The Scrapy project: discovers articles, fetches them politely, captures every exchange."""
