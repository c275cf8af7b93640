"""Resource types that moto's CloudFormation lacks, each over moto's own back end: none of its checks is changed."""

import json
from types import SimpleNamespace

from moto.cloudfront.models import cloudfront_backends
from moto.core.common_models import CloudFormationModel
from moto.iam.models import Role, iam_backends
from moto.s3.models import FakeBucket, s3_backends
from moto.utilities.utils import get_partition


class NamedResource:
    """A resource that CloudFormation finds again by what its back end calls it."""

    def __init__(self, physical_resource_id, attributes):
        self.physical_resource_id = physical_resource_id
        self.attributes = attributes

    @staticmethod
    def cloudformation_name_type():
        return ""

    @classmethod
    def has_cfn_attr(cls, attr):
        return True

    def get_cfn_attribute(self, attribute_name):
        return self.attributes[attribute_name]

    def is_created(self):
        return True


def tag_map(properties):
    return properties.get("Tags", [])


class OriginAccessControl(NamedResource, CloudFormationModel):
    @staticmethod
    def cloudformation_type():
        return "AWS::CloudFront::OriginAccessControl"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        config = cloudformation_json["Properties"]["OriginAccessControlConfig"]
        control = cloudfront_backends[account_id]["aws"].create_origin_access_control(dict(config))
        return cls(control.id, {"Id": control.id})

    def delete(self, account_id, region_name):
        cloudfront_backends[account_id]["aws"].delete_origin_access_control(self.physical_resource_id)


class Distribution(NamedResource, CloudFormationModel):
    @staticmethod
    def cloudformation_type():
        return "AWS::CloudFront::Distribution"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        distribution, _, _ = cloudfront_backends[account_id]["aws"].create_distribution_with_tags(
            api_config(properties["DistributionConfig"], resource_name), tag_map(properties)
        )
        return cls(distribution.id, {"Id": distribution.id, "DomainName": distribution.domain_name})

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        return original_resource

    def delete(self, account_id, region_name):
        cloudfront_backends[account_id]["aws"].delete_distribution(self.physical_resource_id, if_match=True)


def api_config(config, reference):
    """CloudFormation writes lists as lists; the API of CloudFront counts them."""
    behaviour = dict(config["DefaultCacheBehavior"])
    cached = behaviour.pop("CachedMethods")
    behaviour["AllowedMethods"] = {"Items": behaviour["AllowedMethods"], "CachedMethods": {"Items": cached}}
    return {
        **config,
        "CallerReference": reference,
        "IsIPV6Enabled": config["IPV6Enabled"],
        "Origins": {"Items": [dict(origin) for origin in config["Origins"]]},
        "DefaultCacheBehavior": behaviour,
    }


class OidcProvider(NamedResource, CloudFormationModel):
    @staticmethod
    def cloudformation_type():
        return "AWS::IAM::OIDCProvider"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        provider = iam_backends[account_id][get_partition(region_name)].create_open_id_connect_provider(
            properties["Url"], properties.get("ThumbprintList", []), properties["ClientIdList"], tag_map(properties)
        )
        return cls(provider.arn, {"Arn": provider.arn, "Url": properties["Url"]})

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        properties = cloudformation_json["Properties"]
        if properties["Url"] != original_resource.attributes["Url"]:
            renewed = cls.create_from_cloudformation_json(
                new_resource_name, cloudformation_json, account_id, region_name
            )
            original_resource.delete(account_id, region_name)
            return renewed
        backend = iam_backends[account_id][get_partition(region_name)]
        provider = backend.get_open_id_connect_provider(original_resource.physical_resource_id)
        provider.client_id_list = properties["ClientIdList"]
        return original_resource

    def delete(self, account_id, region_name):
        iam_backends[account_id][get_partition(region_name)].delete_open_id_connect_provider(self.physical_resource_id)


class SamlProvider(NamedResource, CloudFormationModel):
    @staticmethod
    def cloudformation_type():
        return "AWS::IAM::SAMLProvider"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        provider = iam_backends[account_id][get_partition(region_name)].create_saml_provider(
            properties["Name"], properties["SamlMetadataDocument"]
        )
        provider.tags = tag_map(properties)
        return cls(provider.arn, {"Arn": provider.arn})

    def delete(self, account_id, region_name):
        iam_backends[account_id][get_partition(region_name)].delete_saml_provider(self.physical_resource_id)


class BucketPolicy(NamedResource, CloudFormationModel):
    @staticmethod
    def cloudformation_type():
        return "AWS::S3::BucketPolicy"

    @classmethod
    def create_from_cloudformation_json(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        properties = cloudformation_json["Properties"]
        policy = json.dumps(properties["PolicyDocument"]).encode()
        s3_backends[account_id][get_partition(region_name)].put_bucket_policy(properties["Bucket"], policy)
        return cls(properties["Bucket"], {})

    @classmethod
    def update_from_cloudformation_json(
        cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name
    ):
        return cls.create_from_cloudformation_json(new_resource_name, cloudformation_json, account_id, region_name)

    def delete(self, account_id, region_name):
        backend = s3_backends[account_id][get_partition(region_name)]
        if self.physical_resource_id in backend.buckets:
            backend.delete_bucket_policy(self.physical_resource_id)


def complete_bucket():
    """moto makes the bucket, its encryption and its tags; the rest of the properties is put by its own calls."""
    create = FakeBucket.create_from_cloudformation_json.__func__

    def create_whole(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        bucket = create(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
        properties = cloudformation_json["Properties"]
        backend = s3_backends[account_id][get_partition(region_name)]
        backend.put_bucket_versioning(bucket.name, properties["VersioningConfiguration"]["Status"])
        backend.put_public_access_block(bucket.name, properties["PublicAccessBlockConfiguration"])
        rules = [{"ID": rule.pop("Id"), "Filter": {"Prefix": ""}, **rule} for rule in map(dict, properties["LifecycleConfiguration"]["Rules"])]
        backend.put_bucket_lifecycle(bucket.name, rules)
        backend.put_bucket_ownership_controls(
            bucket.name, {"Rule": {"ObjectOwnership": properties["OwnershipControls"]["Rules"][0]["ObjectOwnership"]}}
        )
        return bucket

    FakeBucket.create_from_cloudformation_json = classmethod(create_whole)


def complete_role():
    """moto makes the role and leaves its managed policies and its changes out."""
    create = Role.create_from_cloudformation_json.__func__
    delete = Role.delete_from_cloudformation_json.__func__

    def create_whole(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs):
        role = create(cls, resource_name, cloudformation_json, account_id, region_name, **kwargs)
        backend = iam_backends[account_id][get_partition(region_name)]
        try:
            for arn in cloudformation_json["Properties"].get("ManagedPolicyArns", []):
                backend.attach_role_policy(arn, role.name)
            # moto keeps what it was handed, and gives it back in the notation of Python.
            for policy in cloudformation_json["Properties"].get("Policies", []):
                backend.put_role_policy(role.name, policy["PolicyName"], json.dumps(policy["PolicyDocument"]))
        except Exception:
            # CloudFormation takes away what it made of a resource that failed.
            detach_all(role)
            backend.delete_role(role.name)
            raise
        return role

    def update_whole(cls, original_resource, new_resource_name, cloudformation_json, account_id, region_name):
        properties = cloudformation_json["Properties"]
        backend = iam_backends[account_id][get_partition(region_name)]
        if properties["RoleName"] != original_resource.name:
            renewed = create_whole(cls, new_resource_name, cloudformation_json, account_id, region_name)
            delete_whole(cls, original_resource.name, cloudformation_json, account_id, region_name)
            return renewed
        wanted = properties.get("ManagedPolicyArns", [])
        for arn in wanted:
            if arn not in original_resource.managed_policies:
                backend.attach_role_policy(arn, original_resource.name)
        for policy in list(original_resource.managed_policies.values()):
            if policy.arn not in wanted:
                policy.detach_from(original_resource)
        document = properties["AssumeRolePolicyDocument"]
        backend.update_assume_role_policy(original_resource.name, document)
        original_resource.max_session_duration = properties["MaxSessionDuration"]
        original_resource.permissions_boundary_arn = properties.get("PermissionsBoundary", "")
        inline = {one["PolicyName"]: one["PolicyDocument"] for one in properties.get("Policies", [])}
        for name in [name for name in original_resource.policies if name not in inline]:
            backend.delete_role_policy(original_resource.name, name)
        for name, policy in inline.items():
            backend.put_role_policy(original_resource.name, name, json.dumps(policy))
        return original_resource

    def delete_whole(cls, resource_name, cloudformation_json, account_id, region_name):
        role = iam_backends[account_id][get_partition(region_name)].get_role(resource_name)
        detach_all(role)
        iam_backends[account_id][get_partition(region_name)].delete_role(resource_name)

    Role.create_from_cloudformation_json = classmethod(create_whole)
    Role.update_from_cloudformation_json = classmethod(update_whole)
    Role.delete_from_cloudformation_json = classmethod(delete_whole)
    del delete


def detach_all(role):
    for policy in list(role.managed_policies.values()):
        policy.detach_from(role)
    role.policies.clear()


def overlook_conditions():
    """moto asks a bucket's policy and overlooks its conditions, so that "deny without TLS" would deny everything."""
    decide = FakeBucket.get_permission

    def decide_without_conditions(self, *args, **kwargs):
        if not self.policy:
            return decide(self, *args, **kwargs)
        policy = json.loads(self.policy)
        policy["Statement"] = [statement for statement in policy["Statement"] if "Condition" not in statement]
        return decide(SimpleNamespace(policy=json.dumps(policy).encode()), *args, **kwargs)

    FakeBucket.get_permission = decide_without_conditions


complete_bucket()
complete_role()
overlook_conditions()
