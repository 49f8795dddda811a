"""Apache Jena Fuseki: TDB2 on disk behind Jetty, from the runnable jar on Maven Central."""

from __future__ import annotations

import re
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Sequence
from pathlib import Path

from tests.engines.cache import CACHE, filling, sha256
from tests.engines.engine import Engine, answers
from tests.engines.process import Process, free_ports, run

NAME = "fuseki"
# The newest that runs on Java 17: Jena 6 wants Java 21.
_VERSION = "5.6.0"
_JAVA = 17
_SHA256 = "d28c1eaf703122ee628895a460c20fa4aa60a892f435d403ea8c036f241da1f8"
_FOLDER = f"fuseki-{_VERSION}"
_JAR = f"jena-fuseki-server-{_VERSION}.jar"
_URL = f"https://repo1.maven.org/maven2/org/apache/jena/jena-fuseki-server/{_VERSION}/{_JAR}"
_MAVEN_COPY = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
_CONFIGURATION = """\
PREFIX fuseki: <http://jena.apache.org/fuseki#>
PREFIX tdb2:   <http://jena.apache.org/2016/tdb#>

[] a fuseki:Server ; fuseki:services ( <#service> ) .
<#service> a fuseki:Service ; fuseki:name "dataset" ;
    fuseki:endpoint [ fuseki:operation fuseki:query ; fuseki:name "query" ] ;
    fuseki:endpoint [ fuseki:operation fuseki:update ; fuseki:name "update" ] ;
    fuseki:endpoint [ fuseki:operation fuseki:gsp-rw ; fuseki:name "data" ] ;
    fuseki:dataset <#dataset> .
<#dataset> a tdb2:DatasetTDB2 ; tdb2:location "database" ; tdb2:unionDefaultGraph true .
"""


def available() -> str | None:
    if reason := _lacks_java():
        return reason
    if (CACHE / _FOLDER).exists():
        return None
    try:
        with filling(_FOLDER) as folder:
            _fetch(folder)
            if (found := sha256(folder / _JAR)) != _SHA256:
                return f"{_JAR} has the SHA-256 {found}, not {_SHA256}"
    except (RuntimeError, urllib.error.URLError) as error:
        return f"{_JAR} cannot be fetched: {error}"
    return None


def _lacks_java() -> str | None:
    if not shutil.which("java"):
        return "there is no Java"
    said = subprocess.run(["java", "-version"], capture_output=True, text=True, check=False).stderr
    version = re.search(r'version "(\d+)', said)
    if not version or int(version[1]) < _JAVA:
        return f"Java is older than {_JAVA}"
    return None


def _fetch(folder: Path) -> None:
    """Get the jar by Maven, which knows this machine's mirrors, else straight from its home."""
    if shutil.which("mvn"):
        run(
            [
                *("mvn", "-q", "-B", _MAVEN_COPY),
                f"-Dartifact=org.apache.jena:jena-fuseki-server:{_VERSION}",
                f"-DoutputDirectory={folder}",
                f"-Dmaven.repo.local={folder / 'repository'}",
            ],
            cwd=folder,
        )
        shutil.rmtree(folder / "repository")
        return
    with urllib.request.urlopen(_URL, timeout=120) as source, (folder / _JAR).open("wb") as jar:
        shutil.copyfileobj(source, jar)


def start(folder: Path, files: Sequence[Path] = ()) -> Engine:
    jar = CACHE / _FOLDER / _JAR
    (folder / "configuration.ttl").write_text(_CONFIGURATION)
    if files:
        run(
            ["java", "-Xmx2g", "-cp", jar, "tdb2.tdbloader", "--loc=database", *files],
            cwd=folder,
        )
    (port,) = free_ports(1)
    url = f"http://127.0.0.1:{port}/dataset"
    process = Process(
        [
            *("java", "-Xmx4g", "-cp", jar, "org.apache.jena.fuseki.main.cmds.FusekiServerCmd"),
            *("--conf", "configuration.ttl", "--port", str(port), "--localhost"),
        ],
        folder / "fuseki.log",
        cwd=folder,
        environment={"FUSEKI_BASE": str(folder / "base")},
    )
    process.wait_until(lambda: answers(f"{url}/query"))
    return Engine(NAME, _VERSION, f"{url}/query", process, f"{url}/update", f"{url}/data")
