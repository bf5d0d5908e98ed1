"""`kg dump`: a store given away."""

from pathlib import Path

import click

from kg.cli.common import base_option, examples, guarded, say
from kg.cli.stores import local_folder_of, local_option, open_view, place_option
from kg.settings import Settings

_LICENCE = "https://creativecommons.org/licenses/by/4.0/"


@click.command(
    epilog=examples(
        "kg dump public/",
        "kg dump --parquet --licence https://creativecommons.org/publicdomain/zero/1.0/ public/",
        "kg dump --restricted owner-only/",
    )
)
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
@place_option
@local_option
@base_option
@click.option("--parquet", is_flag=True, help="The figures as Parquet too; needs budget-kg[parquet].")
@click.option("--licence", default=_LICENCE, show_default=True, metavar="IRI", help="The licence that the catalogue states.")
@click.option("--restricted", is_flag=True, help="For the owner: personal data too, as a file of its own (mode 600). 含个人信息。")
@click.option("--overwrite", is_flag=True, help="Replace a folder that is there. 替换已有文件夹。")
@guarded
def dump(folder: Path, place: str, local: Path | None, base: str, parquet: bool, licence: str, restricted: bool, overwrite: bool) -> None:
    """Write the published state into a folder that can be given away. 导出可发布的数据包。

    N-Quads (compressed), every figure as CSV with its data package (datapackage.json), and a DCAT catalogue of the files. Money is
    exact, in 元 with two decimals. No personal data, unless --restricted is given.
    """
    from kg.store import Snapshot
    from kg.upkeep.dump import dump as write

    view = open_view(place)
    rooms = local_folder_of(place, local)
    room = (rooms.beside(view.folder.name) / "restricted" if isinstance(view, Snapshot) else rooms.restricted) if restricted else None
    done = write(view, Settings(base), folder, licence, parquet=parquet, restricted=room, overwrite=overwrite)
    say(f"{folder}: {', '.join(done.files)}; {done.quads} quads, {done.observations} 个数字 figures")
