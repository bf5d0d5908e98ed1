"""`kg backup`, `kg restore`, `kg verify`, `kg remove`: a store kept well."""

import sys
from pathlib import Path

import click

from kg.cli.common import base_option, examples, guarded, say
from kg.cli.stores import local_folder_of, local_option, open_writer, place_option
from kg.settings import DEFAULT_STORE, Settings

store_option = click.option(
    "--store",
    type=click.Path(path_type=Path, file_okay=False),
    default=DEFAULT_STORE,
    show_default=True,
    envvar="KG_STORE",
    help="The store directory.",
)


@click.command(epilog=examples("kg backup budgets.tar", "kg backup --store /srv/budgets --overwrite /backup/budgets.tar.gz"))
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
@store_option
@click.option("--overwrite", is_flag=True, help="Replace an archive that is there. 替换已有存档。")
@guarded
def backup(archive: Path, store: Path, overwrite: bool) -> None:
    """Write the published state into one archive. 备份为一个存档文件。

    Readers and a writer go on; what a writer has not published yet is not in it. Sources, superseded revisions, personal data,
    manifest and kept validations go with it, so keep the file where only its owner reads it (it has mode 600).
    """
    from kg.store.backup import back_up

    saved = back_up(store, archive, overwrite)
    say(f"{archive}: {saved.disclosures} 份文件 documents, {saved.files} files, {saved.size / 2**20:.1f} MiB, version {saved.version}")


@click.command(epilog=examples("kg restore budgets.tar --store kg-store", "kg restore --overwrite budgets.tar.gz"))
@click.argument("archive", type=click.Path(path_type=Path, dir_okay=False))
@store_option
@click.option("--overwrite", is_flag=True, help="Put it in the place of a store that is there. 覆盖已有存储。")
@guarded
def restore(archive: Path, store: Path, overwrite: bool) -> None:
    """Make a store of an archive of `kg backup`. 从存档恢复。

    Every file is checked by its hash before anything is put in place; a store that is there stays unless --overwrite is given.
    """
    from kg.store.backup import restore as bring_back

    saved = bring_back(archive, store, overwrite)
    say(f"store {store}: {saved.disclosures} 份文件 documents, {saved.files} files, {saved.size / 2**20:.1f} MiB")


@click.command(epilog=examples("kg verify", "kg verify --store /srv/budgets && echo sound"))
@store_option
@base_option
@guarded
def verify(store: Path, base: str) -> None:
    """Hold a store against itself; nothing is changed. 核对存储。

    Engine files, graphs, sources, manifest, archive, personal data, findings, what documents share, search index. A line for each
    thing that is wrong; notes are about what is only not finished. Exit status: 0 sound, 1 faults, 2 no store of this program.
    """
    from kg.upkeep.verify import verify as look

    faults = 0
    for found in look(store, Settings(base), lambda part: say(f"… {part}")):
        click.echo(str(found))
        faults += found.fault
    say(f"store {store}: {f'{faults} 处错误 faults' if faults else '完好 sound'}")
    sys.exit(1 if faults else 0)


@click.command(
    epilog=examples(
        "kg remove budget.txt", "kg remove 3f2a9c0d51e7b846", "kg remove --revisions https://budget-kg.example/disclosure/3f2a9c0d51e7b846"
    )
)
@click.argument("documents", nargs=-1, required=True)
@place_option
@local_option
@base_option
@click.option("--revisions", is_flag=True, help="With a document also the older revisions that it superseded. 连同被它取代的版本。")
@click.option("--validate/--no-validate", default=True, show_default=True, help="Run the rules again on the documents that saw it.")
@guarded
def remove(documents: tuple[str, ...], place: str, local: Path | None, base: str, revisions: bool, validate: bool) -> None:
    """Take documents out of the store: graphs, personal data, source, findings, manifest, search index. 从存储中删除文件。

    DOCUMENTS are file names, hashes (eight digits or more) or addresses. All of them go or none. A removal that is broken off
    is ended by whoever writes next. Readers that hold an older state keep it until they let go; backups are not changed.
    """
    from kg.cli.linking import refresh
    from kg.store import Rooms, Snapshot
    from kg.store.endpoint import is_url
    from kg.upkeep.remove import forget_ready, renew_index
    from kg.upkeep.remove import remove as take_out
    from kg.validate.jobs import Judge, validate_store

    settings, judge = Settings(base), Judge.load()
    with open_writer(place, local, must_exist=True) as store:
        removed = take_out(documents, store, local_folder_of(place, local), settings, judge.rules, revisions=revisions)
        refresh(store, base)
        if validate:
            list(validate_store(store, settings, judge, say, only_missing=True))
    if not is_url(place):
        renew_index(Snapshot(Path(place)))
        forget_ready(Rooms(Path(place)))
    for one in removed:
        say(f"已删除 removed {one.sha256[:16]} {one.file}")
