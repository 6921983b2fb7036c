"""A PostgreSQL server of its own for a test, in a temporary folder; it does not run as root, so root hands it on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PASSWORD = "s3cret/word"
ENVIRONMENT = {**os.environ, "LC_ALL": "C.UTF-8"}


@dataclass(frozen=True)
class Server:
    address: str
    admin: str


def binaries() -> Path | None:
    """Return the folder of initdb and pg_ctl, None where there is no server."""
    newest = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*newest, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if (folder / "pg_ctl").exists() and (folder / "initdb").exists()), None)


@contextmanager
def running_server() -> Iterator[Server]:
    """Start a server on a free port of this machine; stop it and remove its folder at the end."""
    bin_folder = binaries()
    assert bin_folder is not None
    folder = Path(tempfile.mkdtemp(prefix="crmlab-postgres-"))
    user = _other_user()
    try:
        (folder / "password").write_text(PASSWORD, encoding="utf-8")
        if user:
            for path in (folder, folder / "password"):
                shutil.chown(path, user)
        data, port = folder / "data", _free_port()
        ident = ("-U", "crmlab", "-A", "scram-sha-256", "--pwfile", str(folder / "password"))
        _run(user, folder, bin_folder / "initdb", "-D", data, "-N", "-E", "UTF8", *ident)
        settings = f"-c listen_addresses=127.0.0.1 -c port={port} -c unix_socket_directories={folder} -c fsync=off"
        control = (bin_folder / "pg_ctl", "-D", data, "-w", "-t", "30")
        _run(user, folder, *control, "-l", folder / "log", "-o", settings, "start")
        try:
            password = PASSWORD.replace("/", "%2F")
            where = f"crmlab:{password}@127.0.0.1:{port}/postgres"
            yield Server(f"postgresql+psycopg://{where}", f"postgresql://{where}")
        finally:
            _run(user, folder, *control, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _other_user() -> str | None:
    if not hasattr(os, "geteuid") or os.geteuid() != 0:
        return None
    import pwd

    known = {entry.pw_name for entry in pwd.getpwall()}
    return "postgres" if "postgres" in known else "nobody"


def _run(user: str | None, folder: Path, *command: object) -> None:
    whole = [*(["runuser", "-u", user, "--"] if user else []), *map(str, command)]
    with (folder / "said").open("w", encoding="utf-8") as said:
        done = subprocess.run(whole, cwd=folder, stdout=said, stderr=said, env=ENVIRONMENT, timeout=60, check=False)
    assert done.returncode == 0, (folder / "said").read_text(encoding="utf-8")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
