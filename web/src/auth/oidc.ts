import { UserManager, WebStorageStateStore, type User } from 'oidc-client-ts';

export interface OidcSettings {
  authority: string;
  clientId: string;
  scope: string;
}

/**
 * Signs in with the authorization code flow and PKCE (RFC 7636). Tokens are kept for the lifetime of the tab, so that a script on another
 * page of this origin cannot find them later.
 */
export class OidcSession {
  readonly #manager: UserManager;

  constructor(settings: OidcSettings, onChange: (customer: string | null) => void) {
    this.#manager = new UserManager({
      authority: settings.authority,
      client_id: settings.clientId,
      redirect_uri: `${location.origin}/`,
      post_logout_redirect_uri: `${location.origin}/`,
      scope: settings.scope,
      response_type: 'code',
      automaticSilentRenew: true,
      userStore: new WebStorageStateStore({ store: sessionStorage }),
      stateStore: new WebStorageStateStore({ store: sessionStorage }),
    });
    const show = (user: User | null) => onChange(user && !user.expired ? (user.profile.name ?? user.profile.email ?? user.profile.sub) : null);
    this.#manager.events.addUserLoaded(show);
    this.#manager.events.addUserUnloaded(() => onChange(null));
    this.#manager.events.addAccessTokenExpired(() => onChange(null));
    this.#show = show;
  }

  readonly #show: (user: User | null) => void;

  /** Completes a redirect from the authority, or continues the session of this tab. */
  async resume(): Promise<void> {
    const parameters = new URLSearchParams(location.search);
    if (parameters.has('state') && (parameters.has('code') || parameters.has('error'))) {
      const url = location.href;
      // The code works only once, so it must not stay in the address bar or in the history.
      history.replaceState(null, '', location.pathname);
      const user = await this.#manager.signinCallback(url);
      if (typeof user?.state === 'string') {
        location.hash = user.state;
      }
    }

    this.#show(await this.#manager.getUser());
  }

  async accessToken(): Promise<string | null> {
    const user = await this.#manager.getUser();
    if (user && !user.expired) {
      return user.access_token;
    }

    return user?.refresh_token ? ((await this.#manager.signinSilent().catch(() => null))?.access_token ?? null) : null;
  }

  signIn(hash: string): Promise<void> {
    return this.#manager.signinRedirect({ state: hash });
  }

  async signOut(): Promise<void> {
    try {
      await this.#manager.signoutRedirect();
    } catch {
      // An authority without an end-session endpoint keeps its own session. The page forgets the token.
      await this.#manager.removeUser();
    }
  }

  forget(): Promise<void> {
    return this.#manager.removeUser();
  }
}
