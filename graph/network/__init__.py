"""The dataset as a network: things, and the facts that link them.

A networkx graph is the model; pyvis turns it into the nodes, edges and options that
vis-network draws. Small datasets are held in memory, large ones asked for piece by piece.
"""

from graph.network.first_view import is_settled, open_links, picture, read_network

__all__ = ["is_settled", "open_links", "picture", "read_network"]
