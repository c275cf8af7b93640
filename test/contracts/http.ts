import { answers, brokenAnswers, deadlines } from "./http-answers.ts";
import { certificates, connections, urls } from "./http-connections.ts";
import { lateBodies } from "./http-late-body.ts";
import { proxies, resolving } from "./http-proxies.ts";
import type { HttpSubject } from "./http-subject.ts";

/**
 * The contract of the Http port. Every engine passes it: the servers run here, the client wherever `perform` takes the job.
 */
export function httpContract(subject: HttpSubject): void {
  answers(subject);
  brokenAnswers(subject);
  deadlines(subject);
  lateBodies(subject);
  connections(subject);
  certificates(subject);
  urls(subject);
  proxies(subject);
  resolving(subject);
}
