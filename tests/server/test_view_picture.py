"""A view as one HTML file: exactly what is shown, bounded, under a policy of its own."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from urllib.parse import urlencode

from tests.server.http import FORM, Answer, get, post

ID = "https://shuangma.example/id/"
VIEW = {
    "things": [f"{ID}DingTalk", f"{ID}WeChatWork", f"{ID}Momo"],
    "language": "en",
    "places": {f"{ID}DingTalk": [10, 20]},
    "parts": {"measure": {"colour": "community"}, "time": ["2012-01-01", "2014-12-31"]},
}
LIMIT = 500


def sent(service: str, view: object) -> Answer:
    body = urlencode({"view": json.dumps(view)}).encode()
    return post(f"{service}/export/view.html?lang=en", body, FORM)


def carried(answer: Answer) -> dict[str, object]:
    found = re.search(r'id="shuangma-data">(.*?)</script>', answer.body.decode())
    assert found is not None
    data: dict[str, object] = json.loads(found[1])
    return data


def test_the_file_carries_the_things_in_view_with_their_facts_and_no_others(service: str) -> None:
    answer = sent(service, VIEW)
    assert answer.status == 200 and answer.media_type == "text/html"
    assert "attachment" in answer.headers["Content-Disposition"]
    data = carried(answer)
    network, facts, link = data["network"], data["facts"], data["link"]
    assert isinstance(network, dict) and isinstance(facts, dict) and isinstance(link, dict)
    assert {node["id"] for node in network["nodes"]} == set(VIEW["things"]) == set(facts)
    assert all(edge["from"] in facts and edge["to"] in facts for edge in network["edges"])
    place = next(node for node in network["nodes"] if node["id"] == f"{ID}DingTalk")
    assert (place["x"], place["y"]) == (10, 20)
    assert link["changes"]["parts"] == VIEW["parts"]
    assert len(sent(service, VIEW | {"edges": []}).body) < len(answer.body)


def test_its_policy_admits_its_own_scripts_and_styles_alone(service: str) -> None:
    html = sent(service, VIEW).body.decode()
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', html)
    assert policy is not None and "unsafe" not in policy[1]
    scripts = re.findall(r"<script(?: type=\"module\")?>(.*?)</script>", html, re.DOTALL)
    styles = re.findall(r"<style>(.*?)</style>", html, re.DOTALL)
    assert len(scripts) == 3 and len(styles) == 5
    for text in (*scripts, *styles):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"sha256-{digest}" in policy[1]


def test_what_one_file_cannot_carry_is_refused(service: str) -> None:
    query = f"SELECT DISTINCT ?s {{ ?s ?p ?o FILTER(isIRI(?s)) }} LIMIT {LIMIT + 1}"
    found = get(f"{service}/sparql?{urlencode({'query': query})}", "application/json")
    rows = json.loads(found.body)["results"]["bindings"]
    answer = sent(service, {"things": [row["s"]["value"] for row in rows]})
    assert answer.status == 422 and "500" in answer.detail
    for amiss in (
        {},
        {"things": ["no iri"]},
        VIEW | {"camera": [0, 0, -1]},
        VIEW | {"parts": {"x": []}},
    ):
        assert sent(service, amiss).status == 400
