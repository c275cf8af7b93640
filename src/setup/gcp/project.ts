/** A project of Google Cloud as its administrator sees it. */
export interface GoogleProject {
  /** `example-project` */
  readonly projectId: string;
  /** As a text: STS and principals name a project by it. */
  readonly number: string;
}

/** What is read of Google Cloud before anything is planned, and to explain a refusal. */
export interface GoogleAdministration {
  /** @throws {Fault} `ADMIN_ABSENT`, `ADMIN_REFUSED`, `API_DISABLED`, `CLOUD_UNAVAILABLE` */
  project(idOrNumber: string): Promise<GoogleProject>;
  /** The APIs of this list that are not turned on in the project; empty too if the administrator may not read that. */
  disabledServices(projectId: string, services: readonly string[]): Promise<readonly string[]>;
  /** A provider as the API shows it, by its resource name; null when there is none. */
  provider(name: string): Promise<unknown>;
  /** The allow policy of a service account; null when there is no such account. */
  accountPolicy(email: string): Promise<unknown>;
}
