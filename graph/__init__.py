"""The knowledge graph: from articles to statements to a dataset that answers questions."""
