#!/bin/sh
# Creates the app's signing and encryption keys, and stores them in the vault. Existing keys are never replaced.
# Usage: create-missing-keys.sh VAULT. Requires openssl, and az signed in with the role Key Vault Secrets Officer.
set -eu
vault=$1
error=$(mktemp)
file=$(mktemp)
trap 'rm -f "$error" "$file"' EXIT

create() {
  if az keyvault secret show --vault-name "$vault" --name "$1" --output none 2>"$error"; then
    echo "$1 already exists"
    return
  fi

  # Any other failure, such as a refused connection or a missing role, says nothing about the key. A new encryption key would make the
  # stored secrets of webhook endpoints unreadable.
  if ! grep -q SecretNotFound "$error"; then
    cat "$error" >&2
    echo "Could not find out whether $1 exists in $vault, so no key was created." >&2
    exit 1
  fi

  # The key is passed in a file, because other users of the machine can read a process's arguments.
  key=$(openssl rand -base64 32)
  printf '%s%s' "$2" "$key" > "$file"
  az keyvault secret set --vault-name "$vault" --name "$1" --file "$file" --output none
  echo "Created $1"
}

create orders-cursor-key ""
create webhooks-encryption-key ""
create webhooks-signing-key "whsk_"
create image-size-key "k1."
