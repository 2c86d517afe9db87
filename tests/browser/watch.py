"""What the browser says while a page is open: every error of its console, every request that leaves."""

from __future__ import annotations

import re

from playwright.sync_api import BrowserContext, Page

ALLOWED = {
    r"favicon\.ico": "a server need not have a picture for the browser's tab",
    r"/api/(me|contents|sessions|kernels).*(?:404|Failed to load resource)": (
        "JupyterLab asks for checkpoints and sessions that a fresh server does not have"
    ),
    r"/lsp/status|language server": "JupyterLab asks for language servers, which nobody installed",
    r"ResizeObserver loop": "a layout took two rounds; Chromium itself calls it benign",
}
"""Messages that are no fault of this project, and why."""


class Watch:
    """Collects what goes wrong on the pages of one browser context.

    Parameters
    ----------
    context : playwright.sync_api.BrowserContext
        The context; its requests to anywhere but this machine are refused.
    """

    def __init__(self, context: BrowserContext) -> None:
        self.errors: list[str] = []
        self.strangers: list[str] = []
        context.route(re.compile(r"^(?!http://127\.0\.0\.1|data:|blob:|file:).*"), self._refuse)
        context.on("page", self._attach)

    def _attach(self, page: Page) -> None:
        page.on("console", lambda message: message.type == "error" and self._meet(_told(message)))
        page.on("pageerror", lambda error: self._meet(f"uncaught: {error}"))

    def _meet(self, text: str) -> None:
        if not any(re.search(pattern, text) for pattern in ALLOWED):
            self.errors.append(text[:500])

    def _refuse(self, route) -> None:
        self.strangers.append(route.request.url)
        route.abort()

    def assert_quiet(self) -> None:
        """Assert that nothing went wrong and nothing was asked of a network."""
        assert not self.errors, "\n".join(self.errors)
        assert not self.strangers, f"asked of a network: {self.strangers}"


def _told(message) -> str:
    where = message.location or {}
    return f"{message.text} [{where.get('url', '')}]"
