"""Expendable processes that answer queries and apply writes, and who keeps them.

A reader answers one query at a time over one edition. The herd forks readers, watches
their time and memory, and ends those that take too much. Clients connect to a lane's
socket; the kernel hands each connection to an idle reader and keeps the queue.
"""
