"""The pictures in the documents can be taken again, and are what the documents show."""

from __future__ import annotations

from tests.browser.pictures import FOLDER, LARGEST, NAMED, take_pictures

PNG = b"\x89PNG\r\n\x1a\n"


def test_the_pictures_of_the_documents_can_be_taken_again(browser, site, tmp_path):
    """Each picture is taken, is one, is no larger than a reader should load, and is in the documents by its name."""
    take_pictures(browser, site, tmp_path / "pictures")
    shown = (FOLDER.parent / "pages.md").read_text(encoding="utf-8")
    for folder in (tmp_path / "pictures", FOLDER):
        assert sorted(NAMED) == sorted(path.name for path in folder.iterdir())
        for path in folder.iterdir():
            assert path.read_bytes().startswith(PNG), path
            assert 5_000 < path.stat().st_size < LARGEST[folder == FOLDER], path
            assert f"](pictures/{path.name})" in shown
