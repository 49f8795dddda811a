"""Virtuoso 7, from Debian's packages, unpacked beside the project rather than installed."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from tests.engines.cache import CACHE, filling
from tests.engines.engine import Engine, answers
from tests.engines.process import Process, free_ports, run

NAME = "virtuoso"
_PACKAGE = "virtuoso-opensource-7-bin"
_FOLDER = "virtuoso-7"
_SQL_USER = ["dba", "dba"]
# Sized for 1 GB by Virtuoso's own table (8 KB a buffer), and answers whole: Debian's file
# cuts them at 10,000 solutions.
_CONFIGURATION = """\
[Database]
DatabaseFile       = virtuoso.db
ErrorLogFile       = virtuoso.log
LockFile           = virtuoso.lck
TransactionFile    = virtuoso.trx
xa_persistent_file = virtuoso.pxa
ErrorLogLevel      = 3
FileExtend         = 200
MaxCheckpointRemap = 2000
TempStorage        = TempDatabase

[TempDatabase]
DatabaseFile       = virtuoso-temp.db
TransactionFile    = virtuoso-temp.trx
MaxCheckpointRemap = 2000

[Parameters]
ServerPort           = 127.0.0.1:{sql_port}
DisableUnixSocket    = 1
MaxClientConnections = 32
CheckpointInterval   = 60
CaseMode             = 2
DirsAllowed          = {folders}
NumberOfBuffers      = 85000
MaxDirtyBuffers      = 65000
MaxQueryMem          = 2G
VectorSize           = 1000
MaxVectorSize        = 1000000
AdjustVectorSize     = 0
ThreadsPerQuery      = 2
AsyncQueueMaxThreads = 10

[HTTPServer]
ServerPort           = 127.0.0.1:{http_port}
ServerRoot           = web
MaxClientConnections = 32
ServerThreads        = 32
MaxKeepAlives        = 32
KeepAliveTimeout     = 60
HTTPThreadSize       = 280000

[SPARQL]
ResultSetMaxRows           = 100000000
MaxQueryCostEstimationTime = 100000
MaxQueryExecutionTime      = 600
"""
# What its /sparql lets anyone do: here, to change the data.
_GRANT = 'GRANT SPARQL_UPDATE TO "SPARQL";'


def available() -> str | None:
    if (CACHE / _FOLDER).exists():
        return None
    if not all(map(shutil.which, ("apt-get", "apt-cache", "dpkg", "ldd"))):
        return "Virtuoso comes as a package of Debian's, and this is no Debian"
    try:
        with filling(_FOLDER) as folder:
            _fetch(folder)
            if missing := _missing_libraries(folder):
                raise RuntimeError(f"it lacks {', '.join(missing)}")
    except RuntimeError as error:
        return f"Debian's package {_PACKAGE} cannot be had: {error}"
    return None


def _fetch(folder: Path) -> None:
    """Unpack the package, and the libraries that it wants and the machine has not."""
    wanted = [_PACKAGE, *re.findall(r"Depends: (\S+)", run(["apt-cache", "depends", _PACKAGE]))]
    lacking = [name for name in wanted if not _installed(name)]
    try:
        run(["apt-get", "download", "-qq", *lacking], cwd=folder)
    except RuntimeError:
        # Lists of packages that are older than the archive name files that are gone from it.
        run(["apt-get", "update", "-qq"])
        run(["apt-get", "download", "-qq", *lacking], cwd=folder)
    for package in folder.glob("*.deb"):
        run(["dpkg", "-x", package, folder])
        package.unlink()


def _installed(package: str) -> bool:
    try:
        return run(["dpkg-query", "-W", "-f", "${db:Status-Status}", package]) == "installed"
    except RuntimeError:
        return False


def _missing_libraries(folder: Path) -> list[str]:
    printed = run(["env", f"LD_LIBRARY_PATH={_libraries(folder)}", "ldd", _server(folder)])
    return re.findall(r"(\S+) => not found", printed)


def _version(folder: Path) -> str:
    """What the server calls itself; it does so only in a refusal to start."""
    said = subprocess.run(
        [_server(folder), "-?"],
        capture_output=True,
        text=True,
        env={"LD_LIBRARY_PATH": _libraries(folder)},
        check=False,
    )
    found = re.search(r"Version (\d+\.\d+\.\d+)", said.stdout + said.stderr)
    return found[1] if found else "7"


def _libraries(folder: Path) -> str:
    return ":".join(str(found) for found in sorted(folder.glob("**/lib/*-linux-*")))


def _server(folder: Path) -> Path:
    return folder / "usr" / "bin" / "virtuoso-t"


def start(folder: Path, files: Sequence[Path] = ()) -> Engine:
    sql_port, http_port = free_ports(2)
    folders = sorted({".", *(str(file.resolve().parent) for file in files)})
    (folder / "virtuoso.ini").write_text(
        _CONFIGURATION.format(sql_port=sql_port, http_port=http_port, folders=", ".join(folders))
    )
    (folder / "web").mkdir()
    unpacked = CACHE / _FOLDER
    process = Process(
        [_server(unpacked), "+foreground", "+configfile", folder / "virtuoso.ini"],
        folder / "output.log",
        cwd=folder,
        environment={"LD_LIBRARY_PATH": _libraries(unpacked)},
    )
    url = f"http://127.0.0.1:{http_port}"
    process.wait_until(lambda: answers(f"{url}/sparql"))

    def tell(*statements: str) -> str:
        """Run SQL by Virtuoso's own client; raise with what it said if that is an error."""
        client = unpacked / "usr" / "bin" / "isql-vt"
        command = f"EXEC={' '.join(statements)}"
        said = run([client, f"127.0.0.1:{sql_port}", *_SQL_USER, "ERRORS=STDOUT", command])
        if "*** Error" in said:
            raise RuntimeError(f"Virtuoso said: {said}")
        return said

    try:
        tell(_GRANT)
        for file in files:
            # Every quad names its graph; the loader wants a name all the same.
            path = file.resolve()
            tell(f"ld_dir('{path.parent}', '{path.name}', 'urn:unnamed');")
        if files:
            tell("rdf_loader_run();", "checkpoint;")
            refused = tell("SELECT ll_file, ll_error FROM DB.DBA.LOAD_LIST WHERE ll_error <> '';")
            if any(file.name in refused for file in files):
                raise RuntimeError(f"Virtuoso did not load: {refused}")
    except RuntimeError:
        process.stop()
        raise
    return Engine(
        NAME,
        _version(unpacked),
        f"{url}/sparql",
        process,
        f"{url}/sparql",
        f"{url}/sparql-graph-crud",
    )
