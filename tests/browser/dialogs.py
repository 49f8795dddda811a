"""Dialogs that a page opens: a hostile text's `alert`, a question before it is left."""

from __future__ import annotations

from playwright.sync_api import Dialog, Page


def dialogs_of(page: Page) -> list[str]:
    """What dialogs of a page say from now on, in a list that grows; each is dismissed."""
    said: list[str] = []

    def dismissed(dialog: Dialog) -> None:
        said.append(dialog.message)
        dialog.dismiss()

    page.on("dialog", dismissed)
    return said
