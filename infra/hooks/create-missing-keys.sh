#!/bin/sh
# Puts the keys that the app signs and seals with into the vault, each only if it is not there: an old one is never replaced.
# Usage: create-missing-keys.sh VAULT. Needs az, signed in as somebody with the role Key Vault Secrets Officer, and openssl.
set -eu
vault=$1

create() {
  if az keyvault secret show --vault-name "$vault" --name "$1" --output none 2>/dev/null; then
    echo "$1 is there"
  else
    # By a file, as arguments of a process can be read by others.
    file=$(mktemp)
    trap 'rm -f "$file"' EXIT
    printf '%s%s' "$2" "$(openssl rand -base64 32)" > "$file"
    az keyvault secret set --vault-name "$vault" --name "$1" --file "$file" --output none
    rm -f "$file"
    echo "$1 is new"
  fi
}

create orders-cursor-key ""
create webhooks-encryption-key ""
create webhooks-signing-key "whsk_"
