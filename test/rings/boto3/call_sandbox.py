"""Trades a token for keys at the sandbox, tells who it is, presigns and chains; prints what came of it as JSON."""

import json
import sys
import urllib.request
import ssl
import os

import boto3
from botocore.exceptions import ClientError

told = json.load(sys.stdin)


def client(result=None):
    keys = result["Credentials"] if result else None
    session = (
        boto3.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
        )
        if keys
        else boto3.Session()
    )
    return session.client("sts")


def code(call):
    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"]
    return None


first = client().assume_role_with_web_identity(
    RoleArn=told["role"], RoleSessionName="boto", WebIdentityToken=told["token"], DurationSeconds=900
)
second = client(first).assume_role(RoleArn=told["second"], RoleSessionName="chained")
url = client(first).generate_presigned_url("get_caller_identity", ExpiresIn=60, HttpMethod="GET")
context = ssl.create_default_context(cafile=os.environ["AWS_CA_BUNDLE"])
with urllib.request.urlopen(url, context=context) as answer:
    presigned = answer.read().decode()
json.dump(
    {
        "first": client(first).get_caller_identity()["Arn"],
        "second": client(second).get_caller_identity()["Arn"],
        "presigned": "assumed-role/dev/boto" in presigned,
        "expiresIsAware": first["Credentials"]["Expiration"].tzinfo is not None,
        "refused": code(
            lambda: client().assume_role_with_web_identity(
                RoleArn=told["role"], RoleSessionName="boto", WebIdentityToken=told["wrong"]
            )
        ),
        "tooLong": code(lambda: client(first).assume_role(RoleArn=told["second"], RoleSessionName="x2", DurationSeconds=7200)),
    },
    sys.stdout,
)
