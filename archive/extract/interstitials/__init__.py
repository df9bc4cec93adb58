"""What servers send in place of the page that was asked for."""
