#!/bin/sh
# Creates the app's signing and encryption keys, and stores them in the vault. Existing keys are never replaced.
# Usage: create-missing-keys.sh VAULT. Requires openssl, and az signed in with the role Key Vault Secrets Officer.
set -eu
vault=$1

create() {
  if az keyvault secret show --vault-name "$vault" --name "$1" --output none 2>/dev/null; then
    echo "$1 already exists"
  else
    # The key is passed in a file, because other users of the machine can read a process's arguments.
    file=$(mktemp)
    trap 'rm -f "$file"' EXIT
    printf '%s%s' "$2" "$(openssl rand -base64 32)" > "$file"
    az keyvault secret set --vault-name "$vault" --name "$1" --file "$file" --output none
    rm -f "$file"
    echo "Created $1"
  fi
}

create orders-cursor-key ""
create webhooks-encryption-key ""
create webhooks-signing-key "whsk_"
