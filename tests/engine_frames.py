"""The same table in frames of four engines, and a Spark that starts once, here or as a cluster of two workers."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from crmlab.engines.cluster import missing, session

ENGINES = ("pandas", "polars", "duckdb", "spark")
QUIET = {"spark.sql.shuffle.partitions": "2", "spark.default.parallelism": "2"}


class Frames:
    """Turns pandas frames into those of an engine; Spark starts when it is first asked for."""

    def __init__(self) -> None:
        self._spark: Any = None

    def of(self, frame: pd.DataFrame, engine: str) -> Any:
        if engine == "pandas":
            return frame
        if engine == "polars":
            return pytest.importorskip("polars").from_pandas(frame)
        if engine == "duckdb":
            return pytest.importorskip("duckdb").from_df(frame)
        return self.spark().createDataFrame(frame)

    def spark(self) -> Any:
        if missing():
            pytest.skip(missing())
        if self._spark is None:
            self._spark = session("local[2]", QUIET)
        return self._spark

    def stop(self) -> None:
        if self._spark is not None:
            self._spark.stop()


@contextmanager
def two_workers(folder: Path) -> Iterator[str]:
    """Start a Spark cluster of two workers on this machine and yield its address."""
    if missing():
        pytest.skip(missing())
    port = _free_port()
    with ExitStack() as stack:
        stack.enter_context(_daemon("master.Master", folder, "--port", str(port)))
        _wait(folder / "master.Master.txt", "Starting Spark master at")
        for number in (1, 2):
            own = folder / str(number)
            own.mkdir()
            options = ["--cores", "1", "--memory", "1g", "--work-dir", str(own), f"spark://127.0.0.1:{port}"]
            stack.enter_context(_daemon("worker.Worker", own, *options))
        for number in (1, 2):
            _wait(folder / str(number) / "worker.Worker.txt", "Successfully registered with master")
        yield f"spark://127.0.0.1:{port}"


@contextmanager
def _daemon(name: str, folder: Path, *options: str) -> Iterator[None]:
    found = find_spec("pyspark")
    assert found is not None
    assert found.origin is not None
    home = Path(found.origin).parent
    command = ["java", "-Xmx512m", "-cp", f"{home / 'jars'}{os.sep}*", f"org.apache.spark.deploy.{name}"]
    command += ["--host", "127.0.0.1", "--webui-port", "0", *options]
    environment = os.environ | {"SPARK_HOME": str(home), "SPARK_SCALA_VERSION": "2.13", "SPARK_LOCAL_IP": "127.0.0.1"}
    with (folder / f"{name}.txt").open("w", encoding="utf-8") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, env=environment, cwd=folder)
        try:
            yield
        finally:
            process.terminate()
            process.wait()


def _wait(log: Path, said: str, seconds: float = 120) -> None:
    until = time.monotonic() + seconds
    while said not in log.read_text(encoding="utf-8"):
        if time.monotonic() > until:
            pytest.skip(f"a Spark cluster does not start here: {log.read_text(encoding='utf-8')[-300:]}")
        time.sleep(0.2)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]
