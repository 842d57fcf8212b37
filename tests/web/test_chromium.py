"""The page in a real Chromium, on the screens of handhelds and of a desk."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select, update
from web.browsing import Floor, Served, served
from web.chromium import Page, chromium, program

from floorhand.store.db import Transactions
from floorhand.store.schema import Parcel, Scan, Worker

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux"),
    pytest.mark.skipif(program() is None, reason="there is no Chromium here"),
]

GS1 = "]C1010950600013437610LOT\x1d21S-1"

LISTEN = """
window.said = ""; const text = new TextDecoder();
window.line.addEventListener("message", e => window.said += text.decode(e.data)); true
"""
"""Keeps what the terminal shows, as text; the picture of it is for people."""

ALIEN = "Automatic fallback to software WebGL"


async def arrive(page: Page, at: Served) -> None:
    await page.go(f"{at.url}/?seat=H-1&station=PACK-1")
    await page.wait("!!window.line?.open")
    await page.run(LISTEN)
    await page.tell_until("BADGE-ANA\r", "Menu · Ana")


async def scanned(
    page: Page, transactions: Transactions, wanted: Callable[[list[str]], bool]
) -> None:
    def there() -> bool:
        with transactions.begin() as tx:
            return wanted(list(tx.scalars(select(Scan.scanned).order_by(Scan.scan_no))))

    await page.until(there)


@pytest.mark.parametrize(("width", "height"), [(360, 640), (412, 915), (1280, 800)])
async def test_a_parcel_is_packed_though_the_server_goes_away_in_the_middle(
    floor: Floor, transactions: Transactions, width: int, height: int
) -> None:
    kept = Path(os.environ.get("FLOORHAND_SCREENSHOTS", floor.folder))  # to look at
    async with served(floor) as at, chromium(width, height) as page:
        await arrive(page, at)
        await page.run("document.activeElement.blur(); document.body.click()")
        assert await page.run("document.activeElement.className") == "xterm-helper-textarea"
        assert await page.run("document.activeElement.inputMode") == "none"
        await page.tell_until("T-1\r", "ACME/1001")
        await page.tell_until("09506000134352\r", "complete")
        await at.stop()
        await page.wait("!document.getElementById('away').hidden")
        assert "Waiting for the server" in await page.run("away.textContent")
        await page.type("09506000134376\r")
        assert "Not taken, scan again: 1" in await page.run("away.textContent")
        await page.picture(kept / f"away-{width}.png")
        await page.run("window.said = ''")
        await at.start()
        await page.wait("window.said.includes('Resumed')")
        assert "Not taken, scan again: 1" in await page.run("away.textContent")
        await page.tell_until("09506000134376\r", "2 left")
        await page.wait("document.getElementById('away').hidden")
        await page.tell_until("3\r", "packed, 4 pieces")
        await page.picture(kept / f"packed-{width}.png")
        await page.type(f"{GS1}\r")
        await scanned(page, transactions, lambda all_: all_[-1] == GS1)
        strangers = [url for url in page.requested if not url.startswith((at.url, "data:"))]
        wrong = [one for one in page.wrong if ALIEN not in one]
        beeps = await page.run("window.beeps")
    assert strangers == []
    assert wrong == []
    assert beeps
    with transactions.begin() as tx:
        (parcel,) = tx.scalars(select(Parcel).where(Parcel.state == "closed"))
        pieces = list(tx.scalars(select(Scan.scanned).where(Scan.scanned == "09506000134376")))
    assert parcel.order == "1001"
    assert len(pieces) == 1


async def test_a_supervisor_looks_at_the_board_with_a_mouse_and_keeps_a_table(
    floor: Floor, transactions: Transactions
) -> None:
    with transactions.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W1").values(roles="supervisor"))
    kept = Path(os.environ.get("FLOORHAND_SCREENSHOTS", floor.folder))
    async with served(floor) as at, chromium(1090, 850) as page:  # 120 columns, 40 lines
        await page.do("Page.setDownloadBehavior", behavior="allow", downloadPath=str(floor.folder))
        await arrive(page, at)
        await page.tell_until("8\r", "Merchant service")
        await page.tell_until("NONSENSE\r", "not known")
        await page.tell_until("9\r", "Refused in the last hour: 1")
        await page.picture(kept / "board.png")
        await page.mouse("mouseWheel", 10, 10, deltaX=0, deltaY=120)
        await page.run("window.said = ''")
        await page.click(10, 4)
        await page.wait("window.said.includes('ACME/1004')")
        await page.click(3, 3)
        await page.wait("window.said.includes('▲')")
        await page.press("F9", 120)
        await page.wait("window.said.includes('Kept as')")
        await page.picture(kept / "kept.png")
        await page.until(lambda: any(floor.folder.glob("board-cut_off-*.csv")))
        await page.run("window.said = ''")
        await page.press("F1", 112)
        await page.wait("window.said.includes('Single pieces')")
        await page.press("F12", 123)
        await page.tell_until("8\r", "Which merchant asks?")
        await page.tell_until("1\r", "Service for ACME")
        await page.picture(kept / "service.png")
        wrong = [one for one in page.wrong if ALIEN not in one]
    assert wrong == []
    (file,) = floor.folder.glob("board-cut_off-*.csv")
    assert "ACME/1004" in file.read_text("utf-8-sig")
