"""An object store of a test: moto's server, which checks signatures as AWS does, with a user and a key of its own."""

import json
import os
import socket
import subprocess
import sys
import time

import boto3
import botocore.config

START_SECONDS = 60
POLICY = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
# Requests that moto answers before it asks who sends them: what it takes to make a user with a key and a role.
UNAUTHENTICATED_REQUESTS = 5


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class ObjectStore:
    """One server of moto; everything that it holds is in its memory."""

    def __init__(self, port=None):
        self.port = port or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self.port)],
            env={**os.environ, "INITIAL_NO_AUTH_ACTION_COUNT": str(UNAUTHENTICATED_REQUESTS)},
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self._wait_until_it_listens()
        anonymous = self.client("iam", "none", "none")
        anonymous.create_user(UserName="rowan")
        anonymous.put_user_policy(UserName="rowan", PolicyName="all", PolicyDocument=json.dumps(POLICY))
        role = anonymous.create_role(RoleName="reader", AssumeRolePolicyDocument=json.dumps(POLICY))["Role"]
        anonymous.put_role_policy(RoleName="reader", PolicyName="all", PolicyDocument=json.dumps(POLICY))
        key = anonymous.create_access_key(UserName="rowan")["AccessKey"]
        self.role = role["Arn"]
        self.access_key = key["AccessKeyId"]
        self.secret_key = key["SecretAccessKey"]
        self.s3 = self.client("s3", self.access_key, self.secret_key)

    def client(self, service, access_key, secret_key):
        config = botocore.config.Config(
            s3={"addressing_style": "path"}, request_checksum_calculation="when_required",
            response_checksum_validation="when_required", retries={"max_attempts": 1})
        return boto3.client(
            service, endpoint_url=self.url, region_name="us-east-1", aws_access_key_id=access_key,
            aws_secret_access_key=secret_key, config=config)

    def _wait_until_it_listens(self):
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            assert self.process.poll() is None, "moto's server ended at start"
            try:
                socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
                return
            except OSError:
                time.sleep(0.05)
        raise AssertionError("moto's server does not listen")

    def make_bucket(self, name):
        self.s3.create_bucket(Bucket=name)
        return Bucket(self, name)

    def session(self):
        """A key that is good only with its token."""
        sts = self.client("sts", self.access_key, self.secret_key)
        found = sts.assume_role(RoleArn=self.role, RoleSessionName="test")["Credentials"]
        return found["AccessKeyId"], found["SecretAccessKey"], found["SessionToken"]

    def stop(self):
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()


class Bucket:
    """A bucket with the objects that a test puts into it."""

    def __init__(self, store, name):
        self.store = store
        self.name = name

    def put(self, key, content):
        self.store.s3.put_object(Bucket=self.name, Key=key, Body=content)

    def remove(self, key):
        self.store.s3.delete_object(Bucket=self.name, Key=key)
