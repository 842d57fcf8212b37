"""Terminals in browsers: who gets one, what goes through it, and how it ends."""

from __future__ import annotations

import stat
import sys
from pathlib import Path

import aiohttp
import pytest
from homes import SITE
from sqlalchemy import select, update
from web.browsing import Floor, browser, gone, served, tab

from floorhand.ops.devices import seat_holder
from floorhand.store.db import Transactions
from floorhand.store.schema import Scan, Worker
from floorhand.web.browsers import COOKIE
from floorhand.web.kept import WAITING_MAX, Kept
from floorhand.web.sessions import Closed, Limits
from floorhand.web.visitors import Door

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="hosts are for Linux")

GS1 = "]C1010950600013437610LOT\x1d21S-1"


def scans(transactions: Transactions) -> list[str]:
    with transactions.begin() as tx:
        return list(tx.scalars(select(Scan.scanned).order_by(Scan.at, Scan.scan_no)))


async def test_who_signs_in_scans_as_at_any_terminal_and_no_byte_is_lost(
    floor: Floor, transactions: Transactions
) -> None:
    async with (
        served(floor) as at,
        browser(at, "P1", "PACK-1") as one,
        tab(at, one) as page,
    ):
        await page.until(b"Scan your badge")
        await page.type("BADGE-ANA\r")
        await page.until(b"Hello Ana")
        await page.type(f"{GS1}\r")
        await page.until(b"Whose goods?")
    assert scans(transactions)[-1] == GS1


async def test_the_terminal_has_the_size_of_the_page(floor: Floor) -> None:
    async with (
        served(floor) as at,
        browser(at) as one,
        tab(at, one, columns=40, lines=33) as page,
    ):
        await page.until(b"Scan your badge")
        await page.until(b"\x1b[33;")
        assert b"\x1b[34;" not in page.seen
        page.seen.clear()
        await page.tell("resize", {"width": 60, "height": 45})
        await page.until(b"\x1b[45;")


async def test_a_server_that_comes_back_shows_the_same_question(floor: Floor) -> None:
    async with served(floor) as at, browser(at, "P1", "PACK-1") as one:
        async with tab(at, one) as page:
            await page.until(b"Scan your badge")
            await page.type("BADGE-ANA\r")
            await page.until(b"Hello Ana")
            pid = at.terminal()
            await at.stop()
            assert await page.closed() == Closed.RESTARTS
        await gone(pid)
        await at.start()
        async with tab(at, one) as page:
            await page.until("Menu · Ana".encode())


@pytest.mark.parametrize("origin", ["http://evil.example", "null", "", "http://127.0.0.1:1"])
async def test_a_page_of_a_stranger_gets_no_terminal(floor: Floor, origin: str) -> None:
    async with served(floor) as at, browser(at) as one:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            async with tab(at, one, Origin=origin):
                pass
        assert refused.value.status == 403
        async with one.post(f"{at.url}/seat", data={"seat": "X"}, headers={"Origin": origin}) as no:
            assert no.status == 403


async def test_who_calls_us_by_a_name_of_his_own_is_not_answered(floor: Floor) -> None:
    door = Door(frozenset({"floor.example"}))
    async with served(floor, door=door) as at, browser(at, "") as one:
        for host, status in (
            ("evil.example", 421),
            (f"evil.example:{at.port}", 421),
            ("", 421),
            ("127.0.0.1.evil.example", 421),
            ("10.0.0.1", 421),
            ("floor.example", 200),
            (f"localhost:{at.port}", 200),
        ):
            async with one.get(at.url, headers={"Host": host}) as answer:
                assert answer.status == status, host


async def test_every_answer_forbids_what_a_page_must_not_do(floor: Floor) -> None:
    async with served(floor) as at, browser(at) as one:
        for path in ("/", "/seat", "/nothing", "/own/page.js", "/static/js/textual.js"):
            async with one.get(at.url + path) as answer:
                policy = answer.headers["Content-Security-Policy"]
                assert "default-src 'self'" in policy
                assert "frame-ancestors 'none'" in policy
                assert answer.headers["X-Content-Type-Options"] == "nosniff"
                kept = path.startswith(("/own", "/static"))
                assert answer.headers["Cache-Control"] == ("no-cache" if kept else "no-store")
                if answer.content_type == "text/html":
                    assert "://" not in (await answer.text()).replace(
                        f"ws://127.0.0.1:{at.port}", ""
                    )
        async with one.get(f"{at.url}/static/") as listed:
            assert listed.status == 403


async def test_the_first_visit_asks_which_terminal_this_is(floor: Floor) -> None:
    async with served(floor) as at, browser(at, "") as one:
        async with one.get(at.url, headers={"Accept-Language": "de-CH,de;q=0.9"}) as first:
            assert "Welches Terminal ist das?" in await first.text()
            (cookie,) = first.headers.getall("Set-Cookie")
            assert "HttpOnly" in cookie
            assert "SameSite=Strict" in cookie
        headers = {"Origin": at.url}
        for seat in ("", "a:1", "office", "x" * 41, "<b>", "\x1b[2J"):
            async with one.post(f"{at.url}/seat", data={"seat": seat}, headers=headers) as wrong:
                assert wrong.status == 400, seat
                assert "<b>" not in await wrong.text()
        async with one.post(f"{at.url}/seat", data={"seat": "P 7"}, headers=headers) as right:
            assert "P 7" in await right.text()
        (told,) = floor.folder.glob("browsers/*/seat.json")
        assert stat.S_IMODE(told.stat().st_mode) == 0o600
        assert stat.S_IMODE(told.parent.stat().st_mode) == 0o700
        (value,) = (one.value for one in one.cookie_jar if one.key == COOKIE)
        assert value not in str(told)


async def test_a_link_cannot_make_a_terminal_another_one(floor: Floor) -> None:
    async with served(floor) as at, browser(at, "P1") as one:
        async with one.get(f"{at.url}/?seat=P2") as asked:
            assert 'value="P2"' in await asked.text()
        async with one.get(at.url) as still:
            assert "P1 · floorhand" in await still.text()
        headers = {"Sec-Fetch-Site": "cross-site", "Cookie": ""}
        async with one.get(f"{at.url}/?seat=P2", headers=headers) as bounced:
            assert "Set-Cookie" not in bounced.headers
            assert 'content="0;url=/?seat=P2"' in await bounced.text()


async def test_a_browser_has_one_terminal_and_the_newer_page_gets_it(floor: Floor) -> None:
    async with served(floor) as at, browser(at) as one, tab(at, one) as first:
        await first.until(b"Scan your badge")
        pid = at.terminal()
        async with tab(at, one) as second:
            assert await first.closed() == Closed.TAKEN_OVER
            await second.until(b"Scan your badge")
            await gone(pid)
            assert len(at.server.sessions) == 1


async def test_a_seat_that_another_browser_has_is_asked_about(floor: Floor) -> None:
    async with served(floor) as at, browser(at) as one, browser(at) as other:
        async with tab(at, one) as page:
            await page.until(b"Scan your badge")
        async with tab(at, other) as page:
            await page.until(b"Seat P1 is in use")


async def test_a_terminal_whose_page_is_gone_ends(floor: Floor) -> None:
    async with served(floor) as at, browser(at) as one:
        async with tab(at, one) as page:
            await page.until(b"Scan your badge")
            pid = at.terminal()
        await gone(pid)
        assert len(at.server.sessions) == 0


async def test_a_page_is_told_that_its_terminal_has_ended(floor: Floor) -> None:
    async with (
        served(floor) as at,
        browser(at, "P1", "NOWHERE") as one,
        tab(at, one) as page,
    ):
        assert await page.closed() == Closed.ENDED
        assert b"NOWHERE" in page.seen


@pytest.mark.parametrize(
    ("limits", "others"), [(Limits(sessions=1), "192.0.2.9"), (Limits(per_address=1), "192.0.2.7")]
)
async def test_no_more_terminals_are_opened_than_are_allowed(
    floor: Floor, limits: Limits, others: str
) -> None:
    async with (
        served(floor, limits=limits) as at,
        browser(at, "P1") as one,
        browser(at, "P2") as two,
    ):
        async with tab(at, one, **{"X-Forwarded-For": "192.0.2.7"}) as page:
            await page.until(b"Scan your badge")
            async with tab(at, two, **{"X-Forwarded-For": others}) as full:
                assert await full.closed() == Closed.FULL
        await gone(*at.terminals())
        async with tab(at, two, **{"X-Forwarded-For": others}) as page:
            await page.until(b"Scan your badge")


@pytest.mark.parametrize("frame", ["[]", "x", '["stdin", 1]', '["resize", {}]', '"' + "x" * 70_000])
async def test_what_no_page_of_ours_sends_ends_the_line(floor: Floor, frame: str) -> None:
    async with served(floor) as at, browser(at) as one, tab(at, one) as page:
        await page.until(b"Scan your badge")
        await page.socket.send_str(frame)
        assert await page.closed() in (Closed.TOO_MUCH, aiohttp.WSCloseCode.MESSAGE_TOO_BIG)


async def test_a_browser_without_a_seat_is_sent_to_the_question(floor: Floor) -> None:
    async with served(floor) as at, browser(at, "") as one, tab(at, one) as page:
        assert await page.closed() == Closed.NO_SEAT


async def test_a_terminal_finds_no_secret_of_the_server(
    floor: Floor, transactions: Transactions, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CLOUD_SECRET", "hush")
    monkeypatch.setenv("FLOORHAND_SEAT", "OTHER")
    async with (
        served(floor, path=str(floor.folder / "none.sock")) as at,
        browser(at) as one,
        tab(at, one, **{"X-Forwarded-For": "203.0.113.5, 192.0.2.7"}) as page,
    ):
        await page.until(b"Scan your badge")
        pid = at.terminal()
        told = Path(f"/proc/{pid}/environ").read_text().split("\0")
        words = Path(f"/proc/{pid}/cmdline").read_text()
    assert not [one for one in told if "hush" in one or "OTHER" in one]
    assert floor.home not in words
    with transactions.begin() as tx:
        assert seat_holder(tx, SITE, "P1") == "192.0.2.7"


def test_a_visitor_is_believed_only_through_a_known_proxy() -> None:
    door = Door(proxies=frozenset({"10.0.0.2"}))
    assert door._behind(["203.0.113.5", " 192.0.2.7", "10.0.0.2"]) == "192.0.2.7"
    assert door._behind(["203.0.113.5", "no address"]) == ""
    assert door._behind(["127.0.0.1"]) == ""
    assert not door._is_proxy("192.0.2.7")


async def test_behind_a_proxy_that_encrypts_the_page_and_the_cookie_are_secure(
    floor: Floor,
) -> None:
    door = Door(frozenset({"floor.example"}))
    async with served(floor, door=door) as at, browser(at, "") as one:
        headers = {"Host": "floor.example", "X-Forwarded-Proto": "https"}
        asked = f"{at.url}/?seat=P1"
        async with one.get(asked, headers=headers, allow_redirects=False) as first:
            (cookie,) = first.headers.getall("Set-Cookie")
            assert "Secure" in cookie
        headers["Cookie"] = cookie.partition(";")[0]
        async with one.get(at.url, headers=headers) as page:
            assert "wss://floor.example/ws" in await page.text()


def lets_serve(transactions: Transactions) -> None:
    """Let Ana do nothing but tell merchants who ask."""
    with transactions.begin() as tx:
        tx.execute(update(Worker).where(Worker.code == "W1").values(roles="service"))


async def test_a_table_that_is_kept_is_taken_once_by_its_own_browser(
    floor: Floor, transactions: Transactions
) -> None:
    lets_serve(transactions)
    async with served(floor) as at, browser(at) as one, browser(at, "P2") as other:
        async with tab(at, one) as page:
            await page.until(b"Scan your badge")
            await page.type("BADGE-ANA\r")
            await page.until(b"Menu")
            for asked in (b"desk", b"Which merchant asks?", b"Service for ACME"):
                await page.type("1\r")
                await page.until(asked)
            await page.type("\x1b[C")
            await page.until(b"1001")
            await page.type("\x1b[20~")
            (name,) = await page.told_of("kept")
        wanted, own = f"{at.url}/kept/{name}", {"Origin": at.url}
        async with other.post(wanted, headers=own) as answer:
            assert answer.status == 404
        async with one.post(wanted, headers={"Origin": "http://evil.example"}) as answer:
            assert answer.status == 403
        for way in ("..%2Fseat.json", "seat.json", "board-x-20260101-000000.csv"):
            async with one.post(f"{at.url}/kept/{way}", headers=own) as answer:
                assert answer.status == 404
        async with one.post(wanted, headers=own) as answer:
            assert answer.content_type == "text/csv"
            assert "1001" in (await answer.read()).decode("utf-8-sig")
        async with one.post(wanted, headers=own) as answer:
            assert answer.status == 404


def test_files_that_no_browser_takes_do_not_pile_up(tmp_path: Path) -> None:
    for number in range(WAITING_MAX + 5):
        (tmp_path / f"board-found-20260301-1000{number:02}.csv").touch()
    (tmp_path / "board-found-20260301-110000.part").touch()
    kept = Kept(tmp_path)
    assert [name[-7:-4] for name in kept.news()[:2]] == ["005", "006"]
    assert len(list(tmp_path.glob("*.csv"))) == WAITING_MAX
    (tmp_path / "board-home-20260301-090000.csv").touch()
    assert kept.news() == []
    (tmp_path / "board-home-20260301-120000.csv").touch()
    assert kept.news() == ["board-home-20260301-120000.csv"]
