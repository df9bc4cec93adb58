"""When a URL is due again: the rule, its constants and inputs, and the rows that hold them.

- ``rule`` decides, and holds every constant of the decision; it is pure.
- ``inputs`` has what the rule is given, and its answer.
- ``failures`` says which captures count as failed; ``validators`` which validators to send.
- ``observations`` reads what captures showed; ``source_reports`` what sitemaps and feeds say.
- ``url_rows`` reads the schedule from the frontier, ``url_updates`` writes it.
- ``failing_hosts`` reads and writes the servers that cannot be asked.
- ``scheduling`` puts these together: after captures, and when a source reports a change.

No other package computes when something is due.
"""
