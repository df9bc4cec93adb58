"""Import WARC files as the command does, in this process."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from archive.library import CaughtUp, open_archive
from archive.maintenance.import_warc import Imported, Importer
from archive.maintenance.rebuild import rebuild
from archive.maintenance.verify import verify
from archive.profile import Profile, write_profile
from tests.support.foreign import response
from tests.support.pages import story
from tests.support.view import View, dump_view

NEWS = ("http://news.test/one/", "http://news.test/two/")
OTHER = "http://other.test/three/"


def make_profiles(home: Path, *names: str) -> None:
    """Write the profile of ``http://NAME.test/`` for each of *names*."""
    for name in names:
        write_profile(home, Profile(name=name, home=f"http://{name}.test/"))


def import_file(
    home: Path,
    path: Path,
    *,
    copy: bool = False,
    publishers: Iterable[str] | None = None,
    new: Profile | None = None,
) -> tuple[Imported, CaughtUp]:
    """Import and ingest *path* for the profiles called *publishers* (None: for all)."""
    home.mkdir(parents=True, exist_ok=True)
    if not (home / "archive.toml").exists():
        (home / "archive.toml").write_text("workers = 1\n")
    with open_archive(home, create=True) as archive:
        profiles = archive.profiles
        if publishers is not None:
            profiles = {name: profiles[name] for name in publishers}
        made = {} if new is None else {new.name: new}
        importer = Importer(archive.store, archive.database, profiles, made)
        [done] = importer.take_in(path, copy=copy)
        del archive.profiles
        return done, archive.catch_up()


def import_package(home: Path, path: Path) -> list[Imported]:
    """Import and ingest the WACZ at *path* for all profiles, as the command does."""
    with open_archive(home, create=True) as archive:
        importer, results = Importer(archive.store, archive.database, archive.profiles), []
        for done in importer.take_in(path):
            archive.__dict__.pop("profiles", None)
            archive.catch_up()
            results.append(done)
        return results


def problems(home: Path) -> list[str]:
    """Return what ``verify`` says is wrong."""
    with open_archive(home) as archive:
        reports = list(verify(archive.database, archive.store, archive.find_owner))
    return [problem for report in reports for problem in report.problems]


def remarks(home: Path) -> list[str]:
    """Return what ``verify`` remarks on without calling it wrong."""
    with open_archive(home) as archive:
        reports = list(verify(archive.database, archive.store, archive.find_owner))
    return [remark for report in reports for remark in report.remarks]


def view(home: Path, database: str | None = None) -> View:
    """Return the view, of the archive's own database or another."""
    with open_archive(home, database=database) as archive:
        return dump_view(archive.database)


def page(url: str, **fields: str) -> bytes:
    """Return the record of the page of a story that names its address."""
    return response(url, story(title=f"What was seen at {url[-6:]}"), **fields)


def in_warc_folder(home: Path) -> list[str]:
    """Return the names of all files in the folder of the WARC files."""
    return sorted(path.name for path in (home / "warc").iterdir())


def rebuilt(home: Path, tmp_path: Path) -> View:
    """Return the view of a rebuild, made in *tmp_path*."""
    url = f"sqlite:///{tmp_path / 'rebuilt.db'}"
    rebuild(home, url)
    return view(home, url)
