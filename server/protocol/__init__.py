"""The SPARQL 1.1 protocols, spoken without a web framework: requests in, replies out.

Query and Update: https://www.w3.org/TR/sparql11-protocol/
Graph Store: https://www.w3.org/TR/sparql11-http-rdf-update/
Service Description: https://www.w3.org/TR/sparql11-service-description/
"""
