"""What keeps a service up: tokens, budgets, deadlines, memory, queues, and clients that stall."""

from __future__ import annotations

import json
import re
import socket
import statistics
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import quote, urlencode, urlsplit
from uuid import uuid4

import psutil
import pytest

from graph.readers import allocator
from tests.conftest import run
from tests.server.http import FORM, Answer, connect, exchange, get, post, request
from tests.server.scratch import (
    BEARER,
    CROSS_PRODUCT,
    SPARQL_QUERY,
    SPARQL_UPDATE,
    TOKEN,
    Scratch,
    serving,
)

DATA = """
PREFIX e: <http://e.example/>
e:a e:p "one" , "two" . e:g { e:b e:p "three" }
"""
INSERT = b"INSERT DATA { <http://e.example/x> <http://e.example/p> 1 }"
SOON_S = 20  # far below the deadline of the service that is patient, far above any answer
_NINE = " ".join(f"VALUES ?v{i} {{ 1 2 3 4 5 6 7 8 9 }}" for i in range(5))
_SEVEN = " ".join(f"VALUES ?w{i} {{ 1 2 3 4 }}" for i in range(7))  # 16,384 solutions
MANY = f"SELECT * WHERE {{ {_NINE} }}"  # 59,049 solutions, 14 MB of JSON
DOUBLED = " ".join(f"BIND(CONCAT(?x{i}, ?x{i}) AS ?x{i + 1})" for i in range(20))
BOMB = (
    "SELECT (GROUP_CONCAT(?x20) AS ?all) WHERE { VALUES ?n { 1 2 3 4 5 6 7 8 9 } "
    f'VALUES ?m {{ 1 2 3 4 5 6 7 8 9 }} BIND("{"x" * 64}" AS ?x0) {DOUBLED} }}'
)


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A service as it is when nothing but the tokens is set."""
    with serving(tmp_path_factory.mktemp("guarded"), DATA) as scratch:
        yield scratch


@pytest.fixture(scope="module")
def patient(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """One reader, a short queue, a long deadline, little memory."""
    arguments = ["--readers", "1", "--query-timeout", "90", "--reader-memory", "100M"]
    folder = tmp_path_factory.mktemp("patient")
    with serving(folder, DATA, *arguments, queue="4", answer_size_bytes="1M") as scratch:
        yield scratch


@pytest.fixture(scope="module")
def twin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """As `patient`, with two workers and a longer queue."""
    arguments = ["--readers", "1", "--query-timeout", "90", "--workers", "2"]
    with serving(tmp_path_factory.mktemp("twin"), DATA, *arguments, queue="8") as scratch:
        yield scratch


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """A query may take a second, and so may a write; little is kept of answers."""
    arguments = ["--query-timeout", "1", "--write-timeout", "1"]
    folder = tmp_path_factory.mktemp("hasty")
    with serving(folder, DATA, *arguments, cache_size_bytes="1M") as scratch:
        yield scratch


@pytest.fixture(scope="module")
def thrifty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scratch]:
    """Behind one proxy, with a second of queries a minute for each client."""
    arguments = ["--query-timeout", "1", "--trusted-proxies", "1", "--budget", "1"]
    with serving(tmp_path_factory.mktemp("thrifty"), DATA, *arguments) as scratch:
        yield scratch


@contextmanager
def asking(
    scratch: Scratch, *queries: str, identifiers: list[str] | None = None
) -> Iterator[list[Future[Answer]]]:
    """Ask in the background, each query by a client of its own."""

    def ask(query: str, identifier: str) -> Answer:
        return post(f"{scratch.url}/sparql", query.encode(), SPARQL_QUERY, {"Query-Id": identifier})

    identifiers = identifiers or [str(uuid4()) for _ in queries]
    with ThreadPoolExecutor(len(queries)) as pool:
        asked = [pool.submit(ask, *each) for each in zip(queries, identifiers, strict=True)]
        try:
            yield asked
        finally:
            cancel_all(scratch, identifiers, asked)


def cancel(scratch: Scratch, identifier: str) -> Answer:
    return request("DELETE", f"{scratch.url}/api/queries/{identifier}")


def cancel_all(scratch: Scratch, identifiers: list[str], asked: list[Future[Answer]]) -> None:
    """Cancel until all have an answer; one that waits in the queue can be cancelled later."""
    deadline = time.monotonic() + SOON_S
    while not all(each.done() for each in asked) and time.monotonic() < deadline:
        for identifier in identifiers:
            cancel(scratch, identifier)
        wait(asked, timeout=0.1)


def send(scratch: Scratch, query: str) -> socket.socket:
    """Send a query and do not wait for its answer."""
    connection = connect(scratch.url, SOON_S)
    target = f"/sparql?{urlencode({'query': query})}"
    connection.sendall(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return connection


def is_busy(scratch: Scratch) -> bool:
    """Whether the only reader comes to be at something: a small query waits, or is sent away."""
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        url = f"{scratch.url}/sparql?query={quote(f'ASK {{}} # {uuid4()}')}"
        try:
            if request("GET", url, timeout_s=1.0).status == 503:
                return True
        except TimeoutError:
            return True
    return False


def assert_free(scratch: Scratch) -> None:
    """The reader answers, well before the deadline of what was before it."""
    url = f"{scratch.url}/sparql?query={quote(f'ASK {{}} # {uuid4()}')}"
    deadline = time.monotonic() + SOON_S
    while (answer := request("GET", url, timeout_s=SOON_S)).status == 503:
        assert time.monotonic() < deadline, "the queue stays full"
    assert answer.status == 200, answer.body


# --- tokens -----------------------------------------------------------------------------------

WRITES = {
    "update": ("POST", "/update", INSERT, SPARQL_UPDATE),
    "update by form": ("POST", "/update", b"update=" + quote(INSERT).encode(), FORM),
    "update to the query's address": ("POST", "/sparql", INSERT, SPARQL_UPDATE),
    "put": ("PUT", "/store?default", b"", "text/turtle"),
    "post": ("POST", "/store", b"", "text/turtle"),
    "put below the store": ("PUT", "/store/x", b"", "text/turtle"),
    "delete": ("DELETE", "/store?graph=http://e.example/g", None, ""),
}
every_write = pytest.mark.parametrize("write", WRITES.values(), ids=WRITES)


def attempt(
    scratch: Scratch, write: tuple[str, str, bytes | None, str], authorization: str | None = None
) -> Answer:
    method, path, body, content_type = write
    headers = {"Content-Type": content_type} if content_type else {}
    if authorization is not None:
        headers["Authorization"] = authorization
    return request(method, scratch.url + path, body, headers)


@every_write
@pytest.mark.parametrize(
    "authorization",
    [None, "", "Bearer", "Bearer ", "Bearer wrong", f"Bearer {TOKEN}x", f"Basic {TOKEN}", TOKEN],
)
def test_a_write_without_the_token_is_refused(
    guarded: Scratch, write: tuple[str, str, bytes | None, str], authorization: str | None
) -> None:
    answer = attempt(guarded, write, authorization)
    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer ")
    assert "token" in answer.detail
    assert TOKEN not in answer.detail
    assert guarded.count() == 3


def test_a_token_is_known_by_any_spelling_of_bearer(guarded: Scratch) -> None:
    nothing = ("POST", "/update", b"", SPARQL_UPDATE)
    for scheme in ("Bearer", "bearer", "BEARER"):
        assert attempt(guarded, nothing, f"{scheme} {TOKEN}").status == 200


def test_reading_needs_no_token(guarded: Scratch) -> None:
    assert get(f"{guarded.url}/store", headers={"Authorization": "Bearer wrong"}).status == 200


def test_a_token_file_is_followed_while_the_service_runs(guarded: Scratch) -> None:
    nothing = ("POST", "/update", b"", SPARQL_UPDATE)
    assert attempt(guarded, nothing, "Bearer another").status == 401
    guarded.token_file.write_text(f"{TOKEN}\n\n  another  \r\n", encoding="utf-8")
    assert attempt(guarded, nothing, "Bearer another").status == 200
    guarded.token_file.write_text(f"{TOKEN}\n", encoding="utf-8")
    assert attempt(guarded, nothing, "Bearer another").status == 401
    assert attempt(guarded, nothing, f"Bearer {TOKEN}").status == 200


def test_tokens_are_made_and_revoked_while_the_service_runs(tmp_path: object) -> None:
    with serving(tmp_path, DATA, tokens=False) as scratch:  # type: ignore[arg-type]
        for write in WRITES.values():
            answer = attempt(scratch, write, "Bearer x")
            assert answer.status == 403
            assert "read-only" in answer.detail
            assert "shuangma token create" in answer.detail
        first, second = (
            run("token", "create", "--store", scratch.store, "--name", name).stdout.strip()
            for name in ("first", "second")
        )
        update = WRITES["update"]
        assert attempt(scratch, update, f"Bearer {first}").status == 200
        revoked = run("token", "revoke", "first", "--store", scratch.store)
        assert revoked.returncode == 0, revoked.stderr
        assert attempt(scratch, update, f"Bearer {first}").status == 401
        assert attempt(scratch, update, f"Bearer {second}").status == 200
        assert run("token", "revoke", "second", "--store", scratch.store).returncode == 0
        assert attempt(scratch, update, f"Bearer {second}").status == 403


def test_a_write_without_a_token_is_refused_before_its_body_is_sent(guarded: Scratch) -> None:
    head = (
        b"PUT /store?default HTTP/1.1\r\nHost: x\r\nContent-Type: text/turtle\r\n"
        b"Content-Length: 500000000\r\n\r\n"
    )
    answer = exchange(guarded.url, head, timeout_s=10)
    assert answer is not None
    assert answer.status == 401


@pytest.mark.parametrize("size", [2_000_000, 6_000_000])
def test_whoever_sends_what_is_refused_reads_why(guarded: Scratch, size: int) -> None:
    body = b"#" * size
    for _ in range(5):
        refused = post(f"{guarded.url}/sparql", body, SPARQL_QUERY)
        assert refused.status == 413
        assert "SHUANGMA_QUERY_SIZE_BYTES" in refused.detail
        assert request("PUT", f"{guarded.url}/store?default", body).status == 401
    pieces = (body[:65_536] for _ in range(size // 65_536))  # announces no size
    assert request("POST", f"{guarded.url}/api/view", pieces).status == 413


# --- deadlines, memory, crashes ---------------------------------------------------------------


def test_a_query_beyond_the_deadline_is_ended_and_says_why(hasty: Scratch) -> None:
    started = time.monotonic()
    answer = hasty.query(CROSS_PRODUCT)
    assert time.monotonic() - started < SOON_S
    assert answer.status == 504
    assert "--query-timeout" in answer.detail
    assert hasty.query("ASK {}").status == 200


def test_a_write_beyond_the_deadline_is_ended_and_changes_nothing(hasty: Scratch) -> None:
    where = CROSS_PRODUCT.partition("WHERE")[2]
    before = hasty.count()
    answer = hasty.update(
        f"INSERT {{ <http://e.example/x> <http://e.example/p> ?v0 }} WHERE {where}"
    )
    assert answer.status == 504
    assert "--write-timeout" in answer.detail
    assert hasty.count() == before
    assert hasty.update(INSERT.decode()).status == 200
    assert hasty.count() == before + 1


def test_a_query_that_needs_too_much_memory_is_ended_and_says_why(patient: Scratch) -> None:
    answer = patient.query(BOMB)
    assert answer.status == 422
    assert "--reader-memory" in answer.detail
    assert_free(patient)


def memory_bytes(scratch: Scratch) -> dict[int, int]:
    """What each process of a service holds in memory."""
    service = psutil.Process(scratch.service.process.pid)
    return {each.pid: each.memory_info().rss for each in service.children(recursive=True)}


def test_what_is_kept_of_answers_is_bounded_with_their_queries(hasty: Scratch) -> None:
    before = memory_bytes(hasty)
    connection = HTTPConnection(urlsplit(hasty.url).netloc, timeout=SOON_S)
    with closing(connection):
        for number in range(1500):  # 90 MB of queries, whose answers are small
            text = f"ASK%7B%7D%23{number}{'x' * 60_000}"
            connection.request("GET", f"/sparql?query={text}")
            assert connection.getresponse().read()
    grown = [size - before.get(pid, size) for pid, size in memory_bytes(hasty).items()]
    assert max(grown) < 40 * 2**20


NESTED = {
    "parentheses": f"ASK {{ FILTER({'(' * 5000}1{')' * 5000}) }}",
    "braces": f"ASK {'{' * 5000}{'}' * 5000}",
    "negations": f"ASK {{ FILTER({'!' * 100_000}true) }}",
    "a path": f"ASK {{ ?s {'^' * 100_000}<x:p> ?o }}",
    "collections": f"ASK {{ ?s <x:p> {'(' * 5000}{')' * 5000} }}",
    "triple terms": f"ASK {{ BIND({'<<(<x:s> <x:p> ' * 5000}1{')>>' * 5000} AS ?t) }}",
    "left open": f"ASK {{ FILTER({'(' * 5000}",
}


@pytest.mark.parametrize("query", NESTED.values(), ids=NESTED)
def test_a_query_that_ends_its_reader_is_told_and_the_next_one_is_answered(
    patient: Scratch, query: str
) -> None:
    answer = post(f"{patient.url}/sparql", query.encode(), SPARQL_QUERY)
    assert answer.status in {200, 400, 422}
    assert answer.status == 200 or answer.detail
    assert_free(patient)


@pytest.mark.parametrize("query", NESTED.values(), ids=NESTED)
def test_an_update_that_ends_its_writer_changes_nothing(patient: Scratch, query: str) -> None:
    where = query.removeprefix("ASK ")
    update = f"INSERT {{ <http://e.example/x> <http://e.example/nested> 1 }} WHERE {where}"
    answer = patient.update(update)
    assert answer.status in {200, 400, 422}
    told = json.loads(answer.body)
    assert patient.count("?s <http://e.example/nested> ?o") == told.get("added", 0)
    assert patient.update("DELETE WHERE { ?s <http://e.example/nested> ?o }").status == 200


def test_an_answer_beyond_the_limit_names_the_setting(patient: Scratch) -> None:
    answer = patient.query(MANY)
    assert answer.status == 422
    assert "SHUANGMA_ANSWER_SIZE_BYTES" in answer.detail
    assert "1 MiB" in answer.detail
    assert_free(patient)


# --- cancelling, leaving, queueing --------------------------------------------------------------


def test_a_query_is_cancelled_by_its_identifier(patient: Scratch) -> None:
    identifier = str(uuid4())
    with asking(patient, CROSS_PRODUCT, identifiers=[identifier]) as (asked,):
        deadline = time.monotonic() + SOON_S
        while cancel(patient, identifier).status == 404 and time.monotonic() < deadline:
            wait([asked], timeout=0.05)
        answer = asked.result(SOON_S)
    assert answer.status == 409
    assert "cancelled" in answer.detail
    assert_free(patient)
    assert cancel(patient, identifier).status == 404


def test_an_answer_names_its_query(patient: Scratch) -> None:
    identifier = str(uuid4())
    url = f"{patient.url}/sparql?query=ASK%7B%7D"
    answer = get(url, headers={"Query-Id": identifier})
    assert answer.headers["Query-Id"].replace("-", "") == identifier.replace("-", "")
    assert re.fullmatch(r"[0-9a-f-]{32,36}", get(url).headers["Query-Id"])


@pytest.mark.parametrize("identifier", ["x", "0" * 32, "g" * 32, "1" * 31, "1" * 64, "%00"])
def test_what_is_no_identifier_names_no_query(patient: Scratch, identifier: str) -> None:
    assert cancel(patient, identifier).status == 404
    answer = get(f"{patient.url}/sparql?query=ASK%7B%7D", headers={"Query-Id": identifier})
    assert answer.status == 400
    assert "Query-Id" in answer.detail


def test_a_client_that_leaves_ends_its_query(patient: Scratch) -> None:
    with closing(send(patient, CROSS_PRODUCT)):
        assert is_busy(patient)
    assert_free(patient)


def test_a_client_that_leaves_the_queue_never_has_its_query_run(patient: Scratch) -> None:
    identifier = str(uuid4())
    with asking(patient, CROSS_PRODUCT, identifiers=[identifier]) as (asked,):
        assert is_busy(patient)
        with closing(send(patient, CROSS_PRODUCT)) as waiting:
            waiting.settimeout(1.0)
            with pytest.raises(TimeoutError):
                waiting.recv(1)
        assert cancel(patient, identifier).status == 204
        assert asked.result(SOON_S).status == 409
    assert_free(patient)


def test_a_client_that_reads_no_answer_is_no_reader_lost(patient: Scratch) -> None:
    with ExitStack() as stack:
        for _ in range(5):
            stack.enter_context(closing(send(patient, "SELECT * { ?s ?p ?o }")))
        assert_free(patient)


def test_past_the_queue_one_is_asked_to_come_back(patient: Scratch) -> None:
    queries = [CROSS_PRODUCT] * 12
    with asking(patient, *queries) as asked:
        done, _ = wait(asked, timeout=SOON_S, return_when="FIRST_COMPLETED")
        answer = done.pop().result()
        assert answer.status == 503
        assert int(answer.headers["Retry-After"]) >= 1
        assert "queue" in answer.detail
    statuses = {each.result().status for each in asked}
    assert statuses == {409, 503}
    assert_free(patient)


def test_a_query_is_cancelled_while_it_waits(patient: Scratch) -> None:
    running, waiting = str(uuid4()), str(uuid4())
    with asking(patient, CROSS_PRODUCT, identifiers=[running]):
        assert is_busy(patient)
        with asking(patient, CROSS_PRODUCT, identifiers=[waiting]) as (asked,):
            deadline = time.monotonic() + SOON_S
            while cancel(patient, waiting).status == 404 and time.monotonic() < deadline:
                wait([asked], timeout=0.05)
            assert asked.result(SOON_S).status == 409
    assert_free(patient)


def test_a_query_that_waits_is_cancelled_by_whichever_worker(twin: Scratch) -> None:
    running, *waiting = [str(uuid4()) for _ in range(8)]
    with asking(twin, CROSS_PRODUCT, identifiers=[running]):
        assert is_busy(twin)
        queries = [CROSS_PRODUCT] * len(waiting)
        with asking(twin, *queries, identifiers=waiting) as asked:
            time.sleep(1.0)  # all have come
            told = [cancel(twin, identifier).status for identifier in waiting]
            statuses = [each.result(SOON_S).status for each in asked]
    assert told == [204] * len(waiting)
    assert statuses == [409] * len(waiting)
    assert_free(twin)


def test_the_queue_is_one_for_all_workers(twin: Scratch) -> None:
    room = 1 + 8
    with asking(twin, *[CROSS_PRODUCT] * (room + 12)) as asked:
        time.sleep(2.0)  # all have come
        away = [each.result().status for each in asked if each.done()]
    assert set(away) == {503}
    assert 11 <= len(away) <= 12  # two workers may give the last place away at one moment
    assert_free(twin)


def test_a_write_that_waits_is_not_said_to_be_cancelled(patient: Scratch) -> None:
    """It would be applied after that, with nobody to know."""
    where = CROSS_PRODUCT.partition("WHERE")[2]
    endless = f"INSERT {{ <http://e.example/x> <http://e.example/waits> ?v0 }} WHERE {where}"
    small = "INSERT DATA { <http://e.example/x> <http://e.example/waits> 1 }"
    running, waiting = str(uuid4()), str(uuid4())

    def write(text: str, identifier: str) -> Answer:
        told = BEARER | {"Query-Id": identifier}
        return post(f"{patient.url}/update", text.encode(), SPARQL_UPDATE, told)

    with ThreadPoolExecutor(2) as pool:
        first = pool.submit(write, endless, running)
        time.sleep(0.5)
        second = pool.submit(write, small, waiting)
        time.sleep(0.5)
        told = cancel(patient, waiting).status
        deadline = time.monotonic() + SOON_S
        while not first.done() and time.monotonic() < deadline:
            cancel(patient, running)
            wait([first], timeout=0.1)
        assert first.result(SOON_S).status == 409
        answer = second.result(SOON_S)
    applied = patient.count("?s <http://e.example/waits> ?o")
    assert patient.update("DELETE WHERE { ?s <http://e.example/waits> ?o }").status == 200
    assert (told, answer.status, applied) == (404, 200, 1)


def test_queries_of_one_identifier_have_each_their_own_answer(hasty: Scratch) -> None:
    identifier = str(uuid4())
    queries = [f"SELECT ({number} AS ?n) {{ {_SEVEN} }} LIMIT 1" for number in range(8)]
    with asking(hasty, *queries, identifiers=[identifier] * len(queries)) as asked:
        answers = [each.result(SOON_S) for each in asked]
    for number, answer in enumerate(answers):
        assert f'"value":"{number}"'.encode() in answer.body


def test_more_wait_than_the_kernel_queues_and_all_are_answered(hasty: Scratch) -> None:
    """What Linux keeps for a socket are eleven requests; the service's queue is 64."""
    query = f"SELECT (COUNT(*) AS ?n) {{ {_SEVEN} }}"
    with asking(hasty, *[query] * 60) as asked:
        answers = [each.result(60) for each in asked]
    assert {answer.status for answer in answers} == {200}
    assert all(b'"16384"' in answer.body for answer in answers)


def test_pages_are_answered_while_every_reader_is_busy(patient: Scratch) -> None:
    with asking(patient, CROSS_PRODUCT):
        assert is_busy(patient)
        assert get(f"{patient.url}/healthz").status == 200
        assert get(f"{patient.url}/resource?iri=http://e.example/a", "text/html").status == 200


def keeper_of(scratch: Scratch) -> psutil.Process:
    service = psutil.Process(scratch.service.process.pid)
    return next(each for each in service.children() if "graph.readers" in each.cmdline())


def readers_of(scratch: Scratch) -> list[psutil.Process]:
    return keeper_of(scratch).children()


def holder_of(keeper: psutil.Process, but: int = 0) -> psutil.Process:
    """The process that holds an edition in memory, once the disk's readers have gone."""
    deadline = time.monotonic() + SOON_S
    while time.monotonic() < deadline:
        with suppress(psutil.NoSuchProcess):
            children = [each for each in keeper.children() if each.pid != but]
            holders = [each for each in children if each.children()]
            if holders and len(children) == 2:  # the other is the writer
                return holders[0]
        time.sleep(0.1)
    raise AssertionError([each.cmdline() for each in keeper.children(recursive=True)])


def test_whose_reader_ended_with_all_its_herd_is_told_soon(tmp_path: Path) -> None:
    """A reader over memory ends with the process that holds the memory, which tells nobody."""
    with serving(tmp_path, DATA, "--hold", "1G", "--query-timeout", "90") as scratch:
        keeper = keeper_of(scratch)
        for end in (holder_of(keeper), keeper):
            with asking(scratch, CROSS_PRODUCT) as (asked,):
                time.sleep(1)
                end.kill()
                answer = asked.result(SOON_S)
            assert answer.status in {422, 500}, answer.body
            if end is not keeper:
                assert scratch.query("ASK {}").status == 200
        refused = scratch.query("ASK { }")
        assert refused.status == 500
        assert "not running" in refused.detail


def test_a_reader_of_an_edition_held_before_keeps_its_deadline(tmp_path: Path) -> None:
    """A new edition's readers must not take its place on the board while it runs."""
    with serving(tmp_path, DATA, "--hold", "1G", "--query-timeout", "8") as scratch:
        keeper = keeper_of(scratch)
        first, files = holder_of(keeper), keeper.num_fds()
        with asking(scratch, CROSS_PRODUCT, CROSS_PRODUCT) as asked:
            time.sleep(1)
            readers = first.children()
            assert scratch.update("INSERT DATA { <http://e.example/a> a 1 }").status == 200
            answers = [each.result(SOON_S) for each in asked]
        assert [answer.status for answer in answers] == [504, 504], answers[0].body
        second = holder_of(keeper, but=first.pid)
        assert not any(each.is_running() for each in [first, *readers])
        assert second.children()
        assert keeper.num_fds() == files
        assert scratch.query("ASK { <http://e.example/a> a 1 }").status == 200


def test_a_slow_query_gives_way_and_then_its_reader_hurries_again(patient: Scratch) -> None:
    own = psutil.Process(patient.service.process.pid).nice()

    def one_is_slowed() -> bool:
        nices = []
        for reader in readers_of(patient):
            with suppress(psutil.NoSuchProcess):
                nices.append(reader.nice())
        return max(nices, default=own) > own

    def all_hurry() -> bool:
        """Whether they come to: who was slowed at its end hurries after what it is asked next."""
        deadline = time.monotonic() + SOON_S
        while one_is_slowed() and time.monotonic() < deadline:
            assert_free(patient)
        return not one_is_slowed()

    assert all_hurry()
    slow = " ".join(f"VALUES ?v{i} {{ 1 2 3 4 5 6 7 8 }}" for i in range(7))
    seen = False
    with asking(patient, f"SELECT (COUNT(*) AS ?n) {{ {slow} FILTER(?v0 + ?v6 > 0) }}") as asked:
        while not asked[0].done():
            seen = seen or one_is_slowed()
        assert b"2097152" in asked[0].result().body
    assert seen
    assert all_hurry()


def test_readers_run_with_the_allocator_that_is_there(
    patient: Scratch, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = allocator.environment("auto").get("LD_PRELOAD")
    readers = readers_of(patient)
    assert readers
    for reader in readers:
        maps = Path(f"/proc/{reader.pid}/maps").read_text(encoding="utf-8")
        assert not wanted or Path(wanted).name in maps
    # One whose name the loader would take for several is left alone.
    (tmp_path / "a b" / "lib").mkdir(parents=True)
    (tmp_path / "a b" / "lib" / "libtcmalloc_minimal.so.4").touch()
    monkeypatch.setattr(sys, "prefix", str(tmp_path / "a b"))
    assert str(tmp_path) not in allocator.environment("auto").get("LD_PRELOAD", "")


# --- budgets ------------------------------------------------------------------------------------


def test_a_client_behind_a_proxy_has_a_budget_of_its_own(thrifty: Scratch) -> None:
    def ask(query: str, forwarded: str) -> Answer:
        url = f"{thrifty.url}/sparql?query={quote(query)}"
        return get(url, headers={"X-Forwarded-For": forwarded})

    spent = [ask(CROSS_PRODUCT, "203.0.113.7").status for _ in range(2)]
    assert spent == [504, 429] or spent == [504, 504]
    refused = ask("ASK {}", "203.0.113.7")
    assert refused.status == 429
    assert int(refused.headers["Retry-After"]) >= 1
    assert "SHUANGMA_BUDGET" in refused.detail
    assert ask("ASK { }", "203.0.113.8").status == 200
    # What a client writes before what the proxy adds is the client's own invention.
    assert ask("ASK {  }", "198.51.100.1, 203.0.113.7").status == 429
    assert ask("ASK {   }", "203.0.113.7, 203.0.113.9").status == 200
    page = get(f"{thrifty.url}/", "text/html", {"X-Forwarded-For": "203.0.113.7"})
    assert (page.status, page.media_type) == (429, "text/html")


def test_a_proxy_that_adds_a_line_of_its_own_is_believed(thrifty: Scratch) -> None:
    target = f"/sparql?{urlencode({'query': CROSS_PRODUCT})}"
    head = f"GET {target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
    told = "X-Forwarded-For: 198.51.100.2\r\nX-Forwarded-For: 203.0.113.17\r\n\r\n"
    for _ in range(2):
        exchange(thrifty.url, (head + told).encode())
    url = f"{thrifty.url}/sparql?query=ASK%7B%20%7D"
    assert (
        get(url, headers={"X-Forwarded-For": "203.0.113.17", "Query-Id": uuid4().hex}).status == 429
    )
    assert (
        get(url, headers={"X-Forwarded-For": "198.51.100.2", "Query-Id": uuid4().hex}).status == 200
    )


def test_a_direct_client_on_the_machine_has_no_budget(thrifty: Scratch) -> None:
    assert [thrifty.query(f"{CROSS_PRODUCT} #{i}").status for i in range(3)] == [504, 504, 504]
    assert thrifty.query("ASK {}", format="csv").status == 200


# --- nothing goes out ---------------------------------------------------------------------------

OUTWARD = {
    "SERVICE": "SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "a prefix": "PREFIX x: <{0}> SELECT * {{ SERVICE x: {{ ?s ?p ?o }} }}",
    "within a subquery": "SELECT * {{ {{ SELECT * {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }} }}",
    "within OPTIONAL": "SELECT * {{ ?a ?b ?c OPTIONAL {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "within EXISTS": "ASK {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "within NOT EXISTS": "ASK {{ ?s ?p ?o FILTER NOT EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "within MINUS": "SELECT * {{ ?s ?p ?o MINUS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} }}",
    "within an expression": "SELECT (EXISTS {{ SERVICE <{0}> {{ ?s ?p ?o }} }} AS ?x) {{}}",
    "CONSTRUCT": "CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
}
OUTWARD_UPDATES = {
    "LOAD": "LOAD <{0}>",
    "LOAD INTO": "LOAD <{0}> INTO GRAPH <http://e.example/g>",
    "SERVICE": "INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{0}> {{ ?s ?p ?o }} }}",
    "LOAD after another": "CLEAR SILENT GRAPH <http://e.example/none> ; LOAD <{0}>",
}


@contextmanager
def nobody_called() -> Iterator[str]:
    """An address on this machine; nothing may try to connect to it meanwhile."""
    with closing(socket.create_server(("127.0.0.1", 0))) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/sparql"
        listener.settimeout(0)
        with pytest.raises(BlockingIOError):
            listener.accept()


@pytest.mark.parametrize("query", OUTWARD.values(), ids=OUTWARD)
def test_a_query_that_asks_another_host_is_refused_and_asks_nobody(
    guarded: Scratch, query: str
) -> None:
    with nobody_called() as address:
        answer = guarded.query(query.format(address))
        page = guarded.query(query.format(address), "text/html")
    assert answer.status == 403
    assert "SERVICE" in answer.detail
    assert (page.status, page.media_type) == (403, "text/html")


def test_a_service_named_by_a_variable_is_refused_and_asks_nobody(guarded: Scratch) -> None:
    with nobody_called() as address:
        answer = guarded.query(
            f"SELECT * {{ VALUES ?x {{ <{address}> }} SERVICE ?x {{ ?s ?p ?o }} }}"
        )
    assert answer.status in {400, 403}  # Oxigraph wants it bound elsewhere
    assert "service" in answer.detail.lower()


def test_a_silent_service_gives_one_empty_solution(guarded: Scratch) -> None:
    with nobody_called() as address:
        found = guarded.select(f"SELECT * {{ SERVICE SILENT <{address}> {{ ?s ?p ?o }} }}")
    assert found == [{}]


@pytest.mark.parametrize("update", OUTWARD_UPDATES.values(), ids=OUTWARD_UPDATES)
def test_an_update_that_asks_another_host_is_refused_and_asks_nobody(
    guarded: Scratch, update: str
) -> None:
    with nobody_called() as address:
        answer = guarded.update(update.format(address))
    assert answer.status == 403
    assert guarded.count() == 3


def test_a_silent_load_loads_nothing_and_asks_nobody(guarded: Scratch) -> None:
    with nobody_called() as address:
        answer = guarded.update(f"LOAD SILENT <{address}>")
    assert (answer.status, json.loads(answer.body)["added"]) == (200, 0)


def test_a_file_of_this_machine_is_not_loaded(guarded: Scratch) -> None:
    answer = guarded.update(f"LOAD <{(guarded.folder / 'data.trig').as_uri()}>")
    assert answer.status in {400, 403}
    assert guarded.count() == 3


# --- clients that stall, and clients that write and read ----------------------------------------


def test_clients_that_stall_cost_the_others_nothing(guarded: Scratch) -> None:
    def answered_s() -> float:
        started = time.monotonic()
        assert guarded.query(f"SELECT * {{ ?s ?p ?o }} # {uuid4()}").status == 200
        return time.monotonic() - started

    upload = (
        f"PUT /store?default HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n"
        "Content-Type: text/turtle\r\nContent-Length: 1000\r\n\r\n"
    ).encode()
    usual = statistics.median(answered_s() for _ in range(20))
    with ExitStack() as stack:

        def stalled(data: bytes) -> socket.socket:
            connection = stack.enter_context(closing(connect(guarded.url)))
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(data)
            return connection

        target = f"/sparql?{urlencode({'query': MANY})}"
        readers = [stalled(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode()) for _ in range(20)]
        senders = [stalled(b"GET /sparql?query=A") for _ in range(10)]
        senders += [stalled(upload) for _ in range(10)]
        for reader in readers:
            assert reader.recv(1) == b"H"
        stop = threading.Event()

        def trickle() -> None:
            while not stop.wait(1.0):
                for reader in readers:
                    reader.recv(1)
                for sender in senders:
                    sender.sendall(b"#")

        trickling = threading.Thread(target=trickle)
        trickling.start()
        try:
            times = [answered_s() for _ in range(60)]
            assert get(f"{guarded.url}/healthz").status == 200
            assert guarded.update("").status == 200
        finally:
            stop.set()
            trickling.join()
    assert statistics.median(times) < 5 * usual + 0.1
    assert max(times) < 5


def test_whoever_wrote_reads_what_was_written(guarded: Scratch) -> None:
    counter = "http://e.example/counter"
    for number in range(50):
        written = guarded.update(
            f"DELETE WHERE {{ <{counter}> ?p ?o }} ; INSERT DATA {{ <{counter}> <x:n> {number} }}"
        )
        edition = json.loads(written.body)["edition"]
        answer = guarded.query(f"SELECT ?n {{ <{counter}> <x:n> ?n }}")
        assert json.loads(answer.body)["results"]["bindings"][0]["n"]["value"] == str(number)
        assert answer.headers["Shuangma-Edition"] >= edition
    assert guarded.update(f"DELETE WHERE {{ <{counter}> ?p ?o }}").status == 200


def test_every_write_of_many_at_once_is_kept(guarded: Scratch) -> None:
    def write(number: int) -> int:
        return guarded.update(f"INSERT DATA {{ <x:many> <x:n> {number} }}").status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(write, range(40))) == {200}
    assert guarded.count("<x:many> <x:n> ?n") == 40
    assert guarded.update("DELETE WHERE { <x:many> ?p ?o }").status == 200


def test_what_is_random_is_so_in_every_reader(guarded: Scratch) -> None:
    # Readers are forked: a generator that they inherit would give each the same numbers.
    found = [guarded.value(f"SELECT (STRUUID() AS ?x) {{}} # {i}") for i in range(40)]
    assert len(set(found)) == 40
