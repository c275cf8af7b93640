"""Gets credentials by the profile of the name that is given, and prints what boto3 made of it as JSON."""

import json
import sys

import boto3

session = boto3.Session(profile_name=sys.argv[1])
credentials = session.get_credentials()
frozen = credentials.get_frozen_credentials()
json.dump(
    {
        "method": credentials.method,
        "access_key": frozen.access_key,
        "secret_key": frozen.secret_key,
        "token": frozen.token,
        "account_id": frozen.account_id,
        "region": session.region_name,
        "profiles": session.available_profiles,
    },
    sys.stdout,
)
