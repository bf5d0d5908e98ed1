"""The figures of the first page are made when newer data is opened, before a reader comes."""

from pathlib import Path

import pytest

from kg.errors import StoreError
from kg.settings import Settings
from web import home, warming
from web.app import create_app
from web.site import site


def test_the_first_page_finds_its_figures_made(example_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(example_store, Settings())
    with app.app_context():
        warming.warm()

    def made_again(data: object) -> None:
        raise AssertionError("the figures were to be there")

    monkeypatch.setattr(home, "overview", made_again)
    assert app.test_client().get("/").status_code == 200
    with app.app_context():
        warming.warm()


def test_a_store_that_is_gone_for_a_moment_does_not_end_the_watch(example_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = create_app(example_store, Settings())

    def gone(self: object) -> None:
        raise StoreError("no store", "here")

    monkeypatch.setattr("web.site.Site.view", gone)
    with app.app_context():
        warming.warm()
        with pytest.raises(StoreError):
            site().view()
