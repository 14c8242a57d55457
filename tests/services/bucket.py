"""Buckets for tests, and the settings that lead Boxwright to one."""

from typing import Any

import boto3
from botocore.config import Config

CONFIG = Config(
    signature_version="s3v4",
    s3={"addressing_style": "path"},
    connect_timeout=5,
    retries={"max_attempts": 2},
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


def make_bucket(endpoint: str, access_key: str, secret_key: str, name: str) -> None:
    client = boto3.client(
        "s3",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=access_key,
        aws_secret_access_key=secret_key,
        config=CONFIG,
    )
    client.create_bucket(Bucket=name)
    client.close()


def storage_settings(endpoint: str, access_key: str, secret_key: str, name: str) -> dict[str, Any]:
    """What `settings.STORAGES["objects"]` is for this bucket."""
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": name,
            "endpoint_url": endpoint,
            "region_name": "us-east-1",
            "access_key": access_key,
            "secret_key": secret_key,
            "client_config": CONFIG,
            "file_overwrite": True,
            "default_acl": None,
        },
    }
