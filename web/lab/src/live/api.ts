import { Failure } from '../../../src/http/failure';
import type { Experiment, RunState } from './model';

/** The endpoints of the laboratory. The token is kept in memory only, because it is new for each start of LocalCloud. */
export class LabApi {
  #token: string | null = null;

  async open(path: string, signal: AbortSignal | null, init: RequestInit = {}): Promise<Response> {
    this.#token ??= await readToken(signal);
    const response = await fetch(`/_local/${path}`, {
      ...init,
      signal,
      cache: 'no-store',
      headers: { ...init.headers as Record<string, string>, Authorization: `Bearer ${this.#token}` },
    });
    if (response.status === 401) {
      // LocalCloud was restarted.
      this.#token = null;
    }

    if (!response.ok) {
      throw await failureOf(response);
    }

    return response;
  }

  async experiments(signal: AbortSignal): Promise<Experiment[]> {
    const response = await this.open('experiments', signal);
    return (await response.json() as { experiments: Experiment[] }).experiments;
  }

  async start(experiment: string, options: Record<string, string>): Promise<RunState> {
    const response = await this.open(`experiments/${experiment}/runs`, null, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ options }),
    });
    return await response.json() as RunState;
  }

  async cancel({ experiment, id }: Pick<RunState, 'experiment' | 'id'>): Promise<RunState> {
    const response = await this.open(`experiments/${experiment}/runs/${id}`, null, { method: 'DELETE' });
    return await response.json() as RunState;
  }
}

async function readToken(signal: AbortSignal | null): Promise<string> {
  const response = await fetch('/_local/session', { cache: 'no-store', signal });
  if (!response.ok) {
    throw await failureOf(response);
  }

  return (await response.json() as { token: string }).token;
}

/** The shop's texts for a response without a problem document speak of the shop, so the laboratory has its own. */
async function failureOf(response: Response): Promise<Failure> {
  const failure = await Failure.of(response);
  return failure.code === null
    ? new Failure(`LocalCloud responded with status ${response.status}`, 'Its console shows the cause.', response.status)
    : failure;
}
