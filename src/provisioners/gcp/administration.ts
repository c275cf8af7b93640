import { Fault } from "../../core/fault.ts";
import { type GoogleAccess, googleApi } from "../../platform/cloud-admin/google-api.ts";
import { objectsOf, textOf } from "../../platform/cloud-admin/members.ts";
import type { GoogleAdministration } from "../../setup/gcp/project.ts";

/** Google Cloud as this administrator sees it. Nothing here changes anything. */
export function googleAdministration(access: GoogleAccess): GoogleAdministration {
  const api = googleApi(access);
  return {
    async project(idOrNumber) {
      const found = await api.find({
        service: "cloudresourcemanager",
        method: "GET",
        action: "resourcemanager.projects.get",
        has: ["name"],
        path: `v3/projects/${encodeURIComponent(idOrNumber)}`,
      });
      const number = /^projects\/(\d+)$/.exec(textOf(found?.["name"]))?.[1];
      const projectId = found?.["projectId"];
      if (number !== undefined && typeof projectId === "string" && found?.["state"] === "ACTIVE") return { projectId, number };
      throw new Fault("RESOURCE_FAILED", `there is no project ${idOrNumber} that is active`, {
        hints: ["`gcloud projects list` shows those that you see"],
      });
    },
    async disabledServices(projectId, services) {
      const names = services.map((service) => `names=projects/${projectId}/services/${service}`).join("&");
      try {
        const { services: found } = await api.call({
          service: "serviceusage",
          method: "GET",
          action: "serviceusage.services.get",
          has: ["services[]"],
          path: `v1/projects/${projectId}/services:batchGet?${names}`,
        });
        const isOn = (service: string): boolean =>
          objectsOf(found).some(({ name, state }) => textOf(name).endsWith(`/${service}`) && state === "ENABLED");
        return services.filter((service) => !isOn(service));
      } catch (cause) {
        // It is asked for a better message only: the call that needs the API will say what it lacks.
        if (cause instanceof Fault && ["ADMIN_REFUSED", "API_DISABLED"].includes(cause.code)) return [];
        throw cause;
      }
    },
    provider: (name) =>
      api.find({
        service: "iam",
        method: "GET",
        action: "iam.workloadIdentityPoolProviders.get",
        has: ["name"],
        path: `v1/${name}`,
      }),
    accountPolicy: (email) =>
      api.find({
        service: "iam",
        method: "POST",
        action: "iam.serviceAccounts.getIamPolicy",
        has: ["etag"],
        path: `v1/projects/-/serviceAccounts/${email}:getIamPolicy?options.requestedPolicyVersion=3`,
      }),
  };
}
