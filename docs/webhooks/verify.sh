#!/usr/bin/env bash
# Verifies one webhook with openssl 3 and curl, to find out why a receiver refuses it.
#   WEBHOOK_SECRET=whsec_... ./verify.sh ID TIMESTAMP SIGNATURES BODY_FILE
#   WEBHOOK_KEYS=https://.../.well-known/webhook-keys ./verify.sh ID TIMESTAMP SIGNATURES BODY_FILE
# ID, TIMESTAMP and SIGNATURES are the values of the webhook-id, webhook-timestamp and webhook-signature headers.
set -euo pipefail
id=$1 timestamp=$2 signatures=$3 body=$4

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
{ printf '%s.%s.' "$id" "$timestamp"; cat "$body"; } > "$folder/signed"

age=$(($(date +%s) - timestamp))
if ((age > 300 || age < -300)); then
  echo "The timestamp is $age seconds old; a receiver must refuse it." >&2
  exit 1
fi

if [ -n "${WEBHOOK_SECRET:-}" ]; then
  key=$(printf '%s' "${WEBHOOK_SECRET#whsec_}" | openssl base64 -d -A | od -An -v -tx1 | tr -d ' \n')
  expected="v1,$(openssl dgst -sha256 -mac HMAC -macopt "hexkey:$key" -binary "$folder/signed" | openssl base64 -A)"
  for signature in $signatures; do
    if [ "$signature" = "$expected" ]; then
      echo "genuine (v1)"
      exit 0
    fi
  done
fi

if [ -n "${WEBHOOK_KEYS:-}" ]; then
  for x in $(curl -fsS "$WEBHOOK_KEYS" | grep -oE '"x" *: *"[^"]*"' | cut -d '"' -f 4); do
    # The DER form of an Ed25519 public key is this prefix and the 32 bytes of the key (RFC 8410).
    {
      printf '\x30\x2a\x30\x05\x06\x03\x2b\x65\x70\x03\x21\x00'
      printf '%s=' "$x" | tr '_-' '/+' | openssl base64 -d -A
    } > "$folder/key.der"
    for signature in $signatures; do
      [ "${signature%%,*}" = v1a ] || continue
      printf '%s' "${signature#v1a,}" | openssl base64 -d -A > "$folder/signature"
      if openssl pkeyutl -verify -pubin -inkey "$folder/key.der" -keyform DER -rawin -in "$folder/signed" -sigfile "$folder/signature" \
        > "$folder/output" 2>&1; then
        echo "genuine (v1a, key $x)"
        exit 0
      fi
    done
  done
fi

echo "No signature fits." >&2
exit 1
