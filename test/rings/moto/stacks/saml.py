"""What IAM does with SAML providers and moto does not: tags, and one provider of a name."""

from moto.iam.exceptions import EntityAlreadyExists
from moto.iam.models import IAMBackend
from moto.iam.responses import IamResponse

create_one = IAMBackend.create_saml_provider
create_answer = IamResponse.create_saml_provider


def create_once(self, name, saml_metadata_document):
    if name in self.saml_providers:
        raise EntityAlreadyExists(f"SAML provider {name} already exists")
    return create_one(self, name, saml_metadata_document)


def create_with_tags(self):
    answer = create_answer(self)
    self.backend.saml_providers[self._get_param("Name")].tags = self._get_param("Tags", [])
    return answer


IAMBackend.create_saml_provider = create_once
IamResponse.create_saml_provider = create_with_tags
