"""The HTTP service: pages for people, SPARQL and linked data for machines."""

from server.application import create_app
from server.configuration import Configuration

__all__ = ["Configuration", "create_app"]
