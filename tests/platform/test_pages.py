"""What is not the API: the frontend's page, its assets, the API's human page."""

import asyncio
from pathlib import Path

import pytest
from django.test import AsyncClient, Client, RequestFactory
from pytest_django import Settings

from boxwright.assets import AssetsMiddleware


@pytest.fixture
def built(settings: Settings, tmp_path: Path) -> Path:
    (tmp_path / "dist" / "assets").mkdir(parents=True)
    (tmp_path / "dist" / "index.html").write_text("<title>Boxwright</title>")
    (tmp_path / "dist" / "assets" / "index-Ab3_d-9z.js").write_text("export {}")
    (tmp_path / "dist" / "mark.svg").write_text("<svg/>")
    settings.FRONTEND_DIST = settings.WHITENOISE_ROOT = tmp_path / "dist"
    return tmp_path / "dist"


@pytest.mark.parametrize("path", ["/", "/p/cars/images", "/p/cars/label/3", "/t/plates", "/join/a-b_c", "/login"])
def test_every_address_of_the_frontend_is_its_one_page(client: Client, built: Path, path: str) -> None:
    answer = client.get(path)
    assert answer.content == b"<title>Boxwright</title>"
    assert answer["Cache-Control"] == "no-cache"
    assert "script-src 'self';" in answer["Content-Security-Policy"]
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert answer["X-Content-Type-Options"] == "nosniff"


def test_a_frontend_that_is_not_built_says_what_to_do(client: Client, settings: Settings, tmp_path: Path) -> None:
    settings.FRONTEND_DIST = tmp_path / "nothing"
    answer = client.get("/")
    assert answer.status_code == 503
    assert "make run" in answer.content.decode()


def test_assets_are_kept_for_ever_by_browsers(client: Client, built: Path) -> None:
    asset = client.get("/assets/index-Ab3_d-9z.js")
    assert asset.status_code == 200
    assert "immutable" in asset["Cache-Control"]
    assert asset["Content-Type"].startswith("text/javascript")
    assert b"".join(asset.streaming_content) == b"export {}"  # type: ignore[attr-defined]
    mark = client.get("/mark.svg")
    assert "immutable" not in mark["Cache-Control"]
    assert b"".join(mark.streaming_content) == b"<svg/>"  # type: ignore[attr-defined]


def test_an_asset_that_is_gone_is_no_page(client: Client, built: Path) -> None:
    assert client.get("/assets/index-old12345.js").status_code == 404


def test_the_page_takes_reads_only(client: Client, built: Path) -> None:
    assert client.post("/").status_code == 405


def test_the_bucket_is_the_only_other_place(client: Client, built: Path, settings: Settings) -> None:
    settings.S3_BUCKET, settings.S3_PUBLIC_ENDPOINT = "boxes", "https://s3.example.org"
    assert "img-src 'self' blob: data: https://s3.example.org;" in client.get("/")["Content-Security-Policy"]


def test_the_docs_ask_nobody_outside(client: Client, db: None) -> None:
    answer = client.get("/api/v1/docs/")
    html = answer.content.decode()
    assert "https://" not in html
    assert "//cdn" not in html
    assert "default-src 'self'" in answer["Content-Security-Policy"]
    script = html.split('src="/static/')[1].split('"')[0]
    served = client.get(f"/static/{script}")
    assert served.status_code == 200
    assert len(b"".join(served.streaming_content)) > 10_000  # type: ignore[attr-defined]


def test_assets_go_out_in_pieces_too(built: Path) -> None:
    (built / "assets" / "big-12345678.js").write_bytes(b"x" * 600_000)
    serve = AssetsMiddleware(lambda request: None)
    answer = serve(RequestFactory().get("/assets/big-12345678.js"))

    async def read() -> list[int]:
        return [len(part) async for part in answer]

    assert max(asyncio.run(read())) <= 256 * 1024


@pytest.mark.django_db(transaction=True)
def test_the_pages_work_under_asgi(built: Path) -> None:
    async def read() -> tuple[int, int]:
        client = AsyncClient()
        return (await client.get("/")).status_code, (await client.get("/api/v1/me/")).status_code

    assert asyncio.run(read()) == (200, 401)
