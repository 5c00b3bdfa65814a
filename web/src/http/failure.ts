/** A problem document (RFC 9457). Problems may have further members, such as `limit` or `allowed`. */
export interface ProblemDocument {
  type?: string;
  title?: string;
  detail?: string;
  status?: number;
  pointer?: string;
  instance?: string;
  [member: string]: unknown;
}

/** A request that did not succeed, in a form that can be shown to people. */
export class Failure extends Error {
  /** The code at the end of the problem's type, such as `cart-empty`; null if the response had no problem document. */
  readonly code: string | null;
  readonly detail: string;
  readonly pointer: string | null;
  readonly instance: string | null;
  /** The status of the response; 0 if there was no response. */
  readonly status: number;
  /** The time in `Retry-After`; null if the response had none. */
  readonly retryAfterMs: number | null;
  readonly members: ProblemDocument;

  constructor(title: string, detail: string, status: number, retryAfterMs: number | null = null, members: ProblemDocument = {}) {
    super(title);
    this.detail = detail;
    this.status = status;
    this.retryAfterMs = retryAfterMs;
    this.members = members;
    this.code = members.type?.split('/').pop() ?? null;
    this.pointer = members.pointer ?? null;
    this.instance = members.instance ?? null;
  }

  /**
   * Whether the same request may succeed later, although the request itself is not at fault. A request that is not safe to repeat must
   * carry the same idempotency key. The host answers with an empty 500 when its worker ended, so a 500 counts only without a problem document.
   */
  get isTemporary(): boolean {
    return this.status === 0 || this.status === 429 || this.status === 502 || this.status === 503 || this.status === 504
      || (this.status === 500 && this.code === null)
      || this.code === 'idempotency-in-flight' || this.code === 'cart-busy';
  }

  get needsSignIn(): boolean {
    return this.status === 401;
  }

  static noAnswer(cause?: unknown): Failure {
    const offline = typeof navigator !== 'undefined' && navigator.onLine === false;
    const failure = offline
      ? new Failure('You are offline', 'The request could not be sent. The page tries again when the connection is back.', 0)
      : new Failure('The shop did not answer', 'The connection failed before a response arrived.', 0);
    failure.cause = cause;
    return failure;
  }

  static async of(response: Response): Promise<Failure> {
    const retryAfter = retryAfterMs(response.headers.get('Retry-After'), Date.now());
    if (response.headers.get('Content-Type')?.includes('json')) {
      try {
        const problem = (await response.json()) as ProblemDocument;
        if (problem.title) {
          return new Failure(problem.title, problem.detail ?? '', response.status, retryAfter, problem);
        }
      } catch {
        // The body ended early or is not JSON, so the status alone describes the failure.
      }
    }

    const [title, detail] = describe(response.status);
    return new Failure(title, detail, response.status, retryAfter);
  }
}

function describe(status: number): [string, string] {
  switch (status) {
    case 403: return ['The request was refused', 'A firewall in front of the shop refused the request.'];
    case 404: return ['Not found', 'The shop has nothing at this address.'];
    case 429: return ['Too many requests', 'Please wait a moment.'];
    case 500: return ['The instance stopped', 'The instance that processed the request stopped before it answered.'];
    case 502: case 504: return ['An instance did not answer', 'The request may have been carried out.'];
    case 503: return ['The shop is starting', 'No instance is ready yet.'];
    default: return [`The request failed (${status})`, 'The response had no explanation.'];
  }
}

/** Reads `Retry-After`, which contains seconds or a date (RFC 9110 section 10.2.3). Other values are ignored. */
export function retryAfterMs(value: string | null, now: number): number | null {
  if (value === null) {
    return null;
  }

  if (/^\s*\d{1,9}\s*$/.test(value)) {
    return Number(value) * 1000;
  }

  const date = Date.parse(value);
  return Number.isNaN(date) ? null : Math.max(0, date - now);
}

export function asFailure(error: unknown): Failure {
  return error instanceof Failure
    ? error
    : new Failure('The page made a mistake', error instanceof Error ? error.message : String(error), 0);
}
