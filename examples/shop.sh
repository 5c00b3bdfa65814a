# Functions for the scripts in this folder, which source this file. The scripts need curl and Node.js.
#   SHOP   the shop's address, by default http://127.0.0.1:7071
#   TOKEN  a token, by default a development token of LocalCloud
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
SHOP=${SHOP:-http://127.0.0.1:7071}
TOKEN=${TOKEN:-$(dotnet run --project ../tools/LocalCloud -- token)}
RUN=$(date +%s)-$$ # makes the names of this run unique
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

# request STATUS ARGUMENTS...: sends a request with curl, and fails unless the response has the status.
request() {
  local expected=$1 status
  shift
  status=$(curl -sS -o "$work/body" -D "$work/headers" -w '%{http_code}' -b "$work/cookies" -c "$work/cookies" "$@")
  echo "$status ${*: -1}"
  if [ "$status" != "$expected" ]; then
    echo "Expected $expected. The response is: $(cat "$work/body")" >&2
    exit 1
  fi
}

# as_customer STATUS ARGUMENTS...: sends a request with the token.
as_customer() {
  local expected=$1
  shift
  request "$expected" -H "Authorization: Bearer $TOKEN" -H "Content-Type: application/json" "$@"
}

# member EXPRESSION: prints a member of the last JSON body, e.g. `member variants[0].url`.
member() { node -p "JSON.parse(require('fs').readFileSync('$work/body')).$1"; }

# header NAME: prints a header of the last response.
header() { tr -d '\r' < "$work/headers" | { grep -i "^$1: " || true; } | tail -n 1 | cut -d ' ' -f 2-; }
