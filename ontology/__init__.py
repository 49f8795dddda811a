"""What may be said: the vocabulary, its shapes, its JSON-LD context and its prefixes."""

from ontology.vocabulary import CANONICAL_BASE, FOLDER, Property, Vocabulary, load

__all__ = ["CANONICAL_BASE", "FOLDER", "Property", "Vocabulary", "load"]
