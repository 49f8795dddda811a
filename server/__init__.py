"""The HTTP service: pages for people, SPARQL and linked data for machines.

Imports nothing, so that what starts the service starts quickly.
"""
