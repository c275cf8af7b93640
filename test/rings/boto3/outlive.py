"""Calls AWS twice with boto3, with longer between than its first credentials live."""

import os
import time

import boto3

session = boto3.Session()
client = session.client("sts")


def tell():
    arn = client.get_caller_identity()["Arn"]
    print(session.get_credentials().get_frozen_credentials().access_key, arn, flush=True)


tell()
time.sleep(int(os.environ["BREVET_TEST_LIFE"]))
tell()
