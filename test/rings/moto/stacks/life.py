"""What CloudFormation does around a stack and moto does not: events of each resource, rollback, deletion that fails."""

from moto.cloudformation import models, parsing
from moto.cloudformation.models import CloudFormationBackend, Event, Stack

stacks_by_id = {}


def add_event(stack, logical_id, physical_id, resource_type, status, reason=None):
    stack.events.append(
        Event(
            stack_id=stack.stack_id,
            stack_name=stack.name,
            logical_resource_id=logical_id,
            physical_resource_id=physical_id,
            resource_type=resource_type,
            resource_status=status,
            resource_status_reason=reason,
            resource_properties=None,
        )
    )


def reason_of(error):
    return str(getattr(error, "message", None) or getattr(error, "description", None) or error)


def tell_creation():
    create = parsing.parse_and_create_resource

    def create_and_tell(logical_id, resource_json, resources_map, account_id, region_name):
        condition = resource_json.get("Condition")
        stack = stacks_by_id.get(resources_map.stack_id)
        if stack is None or (condition and not resources_map.lazy_condition_map[condition]):
            return create(logical_id, resource_json, resources_map, account_id, region_name)
        resource_type = resource_json["Type"]
        add_event(stack, logical_id, "", resource_type, "CREATE_IN_PROGRESS")
        try:
            resource = create(logical_id, resource_json, resources_map, account_id, region_name)
        except Exception as error:
            reason = "Resource creation cancelled" if getattr(stack, "broken", False) else reason_of(error)
            stack.broken = True
            add_event(stack, logical_id, "", resource_type, "CREATE_FAILED", reason)
            raise
        add_event(stack, logical_id, resource.physical_resource_id, resource_type, "CREATE_COMPLETE")
        return resource

    parsing.parse_and_create_resource = create_and_tell


def create_resources(self):
    stacks_by_id[self.stack_id] = self
    self.status = "CREATE_IN_PROGRESS"
    self.description = self.template_dict.get("Description")
    try:
        self.resource_map.create(self.template_dict)
    except Exception:
        self.status = "ROLLBACK_IN_PROGRESS"
        self._add_stack_event(self.status, "The following resource(s) failed to create")
        self.status = take_away(self, "ROLLBACK_COMPLETE", "ROLLBACK_FAILED")
        self._add_stack_event(self.status)
        return
    self.mark_creation_complete()


def take_away(stack, done, failed):
    """Deletes what there is; a resource that cannot be deleted stays, and its reason is told."""
    resource_map = stack.resource_map
    left = {
        name: resource
        for name, resource in resource_map._parsed_resources.items()
        if name in resource_map._resource_json_map and resource is not None
    }
    reasons = {}
    while left:
        before = len(left)
        for name, resource in list(left.items()):
            resource_json = resource_map._resource_json_map[name]
            try:
                resource_map._delete_resource(resource, resource_json)
            except Exception as error:
                reasons[name] = reason_of(error)
                continue
            add_event(stack, name, resource.physical_resource_id, resource_json["Type"], "DELETE_COMPLETE")
            resource_map._parsed_resources.pop(name)
            left.pop(name)
        if len(left) == before:
            break
    for name, resource in left.items():
        resource_type = resource_map._resource_json_map[name]["Type"]
        add_event(stack, name, resource.physical_resource_id, resource_type, "DELETE_FAILED", reasons[name])
    return failed if left else done


def update(self, template, role_arn=None, parameters=None, tags=None):
    former = (self.template, self.parameters)
    given = {**self.parameters, **(parameters or {})}
    if self.has_template(template) and given == self.parameters and tags in (None, self.tags):
        raise models.ValidationError(message="No updates are to be performed.")
    self._add_stack_event("UPDATE_IN_PROGRESS", resource_status_reason="User Initiated")
    try:
        apply_update(self, template, given)
        if tags is not None:
            self.tags = tags
        self.status = "UPDATE_COMPLETE"
    except Exception as error:
        add_event(self, "Role", "", "AWS::IAM::Role", "UPDATE_FAILED", reason_of(error))
        self._add_stack_event("UPDATE_ROLLBACK_IN_PROGRESS", "The following resource(s) failed to update")
        try:
            apply_update(self, *former)
            self.status = "UPDATE_ROLLBACK_COMPLETE"
        except Exception:
            self.status = "UPDATE_ROLLBACK_FAILED"
    self._add_stack_event(self.status)


def apply_update(stack, template, parameters):
    stack.template = template
    stack._parse_template()
    stack.resource_map.update(stack.template_dict, parameters)
    stack.output_map = stack._create_output_map()
    stack.parameters = parameters


def delete_stack(self, name_or_stack_id):
    stack = next((s for s in self.stacks.values() if name_or_stack_id in (s.stack_id, s.name)), None)
    if stack is None:
        return
    stack._add_stack_event("DELETE_IN_PROGRESS", resource_status_reason="User Initiated")
    stack.status = take_away(stack, "DELETE_COMPLETE", "DELETE_FAILED")
    stack._add_stack_event(stack.status)
    if stack.status == "DELETE_COMPLETE":
        self.stacks.pop(stack.stack_id)
        self.deleted_stacks[stack.stack_id] = stack


tell_creation()
Stack.create_resources = create_resources
Stack.update = update
CloudFormationBackend.delete_stack = delete_stack


def resources_there_are(self):
    """moto makes a resource when it is looked at: what was taken away would be made again by looking."""
    made = self.resource_map._parsed_resources
    return [made[name] for name in self.resource_map._resource_json_map if made.get(name) is not None]


all_outputs = Stack.outputs.fget


def outputs_there_are(self):
    return None if self.status.startswith(("ROLLBACK", "DELETE", "CREATE_FAILED")) else all_outputs(self)


Stack.stack_resources = property(resources_there_are)
Stack.outputs = property(outputs_there_are)
