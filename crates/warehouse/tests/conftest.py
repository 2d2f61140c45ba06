"""A service over the lake of the tests, and clients of it."""

import os
import pathlib
import subprocess
import tempfile

import boto3
import botocore.config
import pytest

HERE = pathlib.Path(__file__).parent
LAKE = HERE / "lake" / "archive"
SECRET = "a secret of the tests alone 0123456789"


def program():
    """The program under test: `COUNTYCAST_WAREHOUSE`, or the debug build."""
    target = os.environ.get("CARGO_TARGET_DIR", HERE.parent / "target")
    return os.environ.get("COUNTYCAST_WAREHOUSE", str(pathlib.Path(target) / "debug" / "countycast-warehouse"))


class Service:
    """A running service; `address` is where it listens."""

    def __init__(self, *options, lake=LAKE):
        command = [program(), "serve", "--lake", str(lake), "--listen", "127.0.0.1:0", *options]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        line = self.process.stderr.readline()
        assert line.startswith("listening on http://"), line
        self.address = line.split()[-1]

    def client(self, key="nobody", secret="nothing", **settings):
        settings = {"retries": {"total_max_attempts": 1}, **settings}
        return boto3.client(
            "redshift-data",
            endpoint_url=self.address,
            region_name="us-east-1",
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            config=botocore.config.Config(**settings),
        )

    def end(self):
        self.process.terminate()
        assert self.process.wait(timeout=20) == 0


@pytest.fixture(scope="session")
def service():
    running = Service("--jobs", "2", "--statements", "2", "--result-size", "20MB")
    yield running
    running.end()


@pytest.fixture(scope="session")
def client(service):
    return service.client()


@pytest.fixture(scope="session")
def keyed():
    with tempfile.NamedTemporaryFile("w", suffix=".toml") as keys:
        keys.write(f'[[key]]\nid = "notebook"\nsecret = "{SECRET}"\n[[key]]\nid = "other"\nsecret = "{SECRET[::-1]}"\n')
        keys.flush()
        running = Service("--jobs", "2", "--keys", keys.name)
        yield running
        running.end()
