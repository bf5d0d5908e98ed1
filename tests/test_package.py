"""The wheel and the editable install hold everything; a foreign package named ``web`` is noticed."""

import subprocess
import sys
import zipfile
from pathlib import Path

import kg
import web

ROOT = Path(__file__).resolve().parents[1]


def test_the_web_package_is_ours() -> None:
    assert web.__file__ is not None
    assert Path(web.__file__).resolve().parent == ROOT / "web", "another 'web' won: use a virtual environment of its own"
    assert kg.__file__ is not None
    assert Path(kg.__file__).resolve().parent == ROOT / "kg"


def test_the_wheel_holds_ontology_shapes_packs_questions_and_templates(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", tmp_path, ROOT], check=True, capture_output=True
    )
    [wheel] = tmp_path.glob("budget_kg-*.whl")
    names = zipfile.ZipFile(wheel).namelist()
    for wanted in ("kg/_bundled/ontology/core.ttl", "kg/_bundled/ontology/codes/functional-2024.ttl", "kg/_bundled/shapes/sums.ttl"):
        assert wanted in names
    assert any(name.startswith("kg/forms/packs/") and name.endswith("pack.yaml") for name in names)
    assert sum(name.startswith("kg/questions/") and name.endswith(".rq") for name in names) >= 10
    assert any(name.startswith("web/templates/") for name in names)
    assert any(name.startswith("web/static/") for name in names)
    unpacked = tmp_path / "unpacked"
    zipfile.ZipFile(wheel).extractall(unpacked)
    script = "from kg.ingest import Toolbox; from kg.resources import shape_files; print(len(Toolbox.load().families), len(shape_files()))"
    environment = {"PYTHONPATH": str(unpacked)}
    shown = subprocess.run([sys.executable, "-c", script], cwd=unpacked, env=environment, capture_output=True, text=True, check=True)
    families, shapes = map(int, shown.stdout.split())
    assert families >= 1
    assert shapes >= 5
