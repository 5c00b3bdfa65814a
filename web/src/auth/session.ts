import { Failure } from '../http/failure';
import { Store } from '../store';
import type { OidcSession } from './oidc';

/** The response of `GET /api/page-config`. */
export interface PageConfig {
  signIn:
    | { kind: 'development'; token?: string }
    | { kind: 'oidc'; authority: string; clientId: string; scope: string }
    | { kind: 'none' };
}

export interface SessionState {
  status: 'loading' | 'signedIn' | 'signedOut' | 'unavailable';
  kind: PageConfig['signIn']['kind'] | null;
  customer: string | null;
  failure: Failure | null;
}

const signInTitle = 'Please sign in';

/** Obtains access tokens: LocalCloud's development token, or tokens of the authority that the app's settings name. */
class Session {
  readonly state = new Store<SessionState>({ status: 'loading', kind: null, customer: null, failure: null });
  #developmentToken: string | null = null;
  #oidc: OidcSession | null = null;
  #started: Promise<void> | null = null;

  start(): Promise<void> {
    this.#started ??= this.#configure().catch((error: unknown) => {
      this.#started = null;
      const failure = error instanceof Failure ? error : new Failure('Sign-in is not available', String(error), 0);
      this.state.set({ status: 'unavailable', kind: null, customer: null, failure });
    });
    return this.#started;
  }

  /** @throws {Failure} Nobody is signed in. */
  async token(): Promise<string> {
    await this.start();
    const token = this.#developmentToken ?? (await this.#oidc?.accessToken());
    if (!token) {
      const { failure } = this.state.value;
      throw new Failure(signInTitle, failure?.detail ?? 'This part of the shop belongs to a customer.', 401);
    }

    return token;
  }

  async signIn(): Promise<void> {
    await this.#oidc?.signIn(location.hash);
  }

  async signOut(): Promise<void> {
    await this.#oidc?.signOut();
  }

  /** In development without LocalCloud, a person pastes a token. */
  useToken(token: string): void {
    this.#developmentToken = token.trim();
    this.#show(customerOf(this.#developmentToken));
  }

  /** Notes that the shop refused the token, so that the page offers to sign in again. */
  refused(failure: Failure): void {
    if (failure.status === 401 && this.state.value.status === 'signedIn') {
      this.#developmentToken = null;
      void this.#oidc?.forget();
      this.state.set({ ...this.state.value, status: 'signedOut', customer: null });
    }
  }

  async #configure(): Promise<void> {
    let response: Response;
    try {
      response = await fetch('/api/page-config', { headers: { Accept: 'application/json' } });
    } catch (error) {
      throw Failure.noAnswer(error);
    }

    if (!response.ok) {
      throw await Failure.of(response);
    }

    const { signIn } = (await response.json()) as PageConfig;
    this.state.set({ status: 'signedOut', kind: signIn.kind, customer: null, failure: null });
    if (signIn.kind === 'development' && signIn.token) {
      this.useToken(signIn.token);
    } else if (signIn.kind === 'oidc') {
      // The library is loaded only where it is needed. Development needs none.
      const { OidcSession } = await import('./oidc');
      this.#oidc = new OidcSession(signIn, (customer) => this.#show(customer));
      await this.#oidc.resume();
    }
  }

  #show(customer: string | null): void {
    this.state.set({
      ...this.state.value, status: customer === null ? 'signedOut' : 'signedIn', customer, failure: null,
    });
  }
}

/** Returns the customer of a token for display. The shop validates the token, the page does not. */
export function customerOf(token: string): string | null {
  try {
    const payload = token.split('.')[1] ?? '';
    const json = atob(payload.replaceAll('-', '+').replaceAll('_', '/'));
    return (JSON.parse(json) as { sub?: string }).sub ?? null;
  } catch {
    return null;
  }
}

export const session = new Session();
