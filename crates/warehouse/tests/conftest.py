"""A service over the lake of the tests, and clients of it."""

import os
import pathlib
import subprocess
import tempfile

import boto3
import botocore.config
import moto.server
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

    running = []

    def __init__(self, *options, lake=LAKE, **settings):
        command = [program(), "serve", "--lake", str(lake), "--listen", "127.0.0.1:0", *map(str, options)]
        self.process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True, **settings)
        Service.running.append(self.process)
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


class Store:
    """A store that speaks to S3's interface, with the buckets `lake` and `exchange`."""

    def __init__(self):
        self.server = moto.server.ThreadedMotoServer("127.0.0.1", 0, verbose=False)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.environment = {
            "AWS_ENDPOINT_URL": f"http://{host}:{port}",
            "AWS_REGION": "us-east-1",
            "AWS_ACCESS_KEY_ID": "tests",
            "AWS_SECRET_ACCESS_KEY": "tests",
        }
        self.client = boto3.client(
            "s3",
            endpoint_url=self.environment["AWS_ENDPOINT_URL"],
            region_name="us-east-1",
            aws_access_key_id="tests",
            aws_secret_access_key="tests",
        )
        for bucket in ("lake", "exchange"):
            self.client.create_bucket(Bucket=bucket)
        for file in sorted(LAKE.rglob("*.parquet")):
            self.client.upload_file(str(file), "lake", f"archive/{file.relative_to(LAKE).as_posix()}")

    def keys(self, prefix, bucket="exchange"):
        return [item["Key"] for item in self.client.list_objects_v2(Bucket=bucket, Prefix=prefix).get("Contents", [])]

    def get(self, key, bucket="exchange"):
        return self.client.get_object(Bucket=bucket, Key=key)["Body"].read()

    def put(self, key, body, bucket="exchange"):
        self.client.put_object(Bucket=bucket, Key=key, Body=body)


@pytest.fixture(scope="session", autouse=True)
def none_is_left():
    """Ends what a failed test left running."""
    yield
    for process in Service.running:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def store():
    running = Store()
    yield running
    running.server.stop()


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
