#!/bin/sh
# Approves Front Door's private connections to the apps, and waits until each app has an approved connection. A new connection appears some
# minutes after the deployment, and does not work until somebody approves it.
# Usage: approve-private-links.sh RESOURCE_GROUP APP... Requires az signed in with the right to change the apps.
set -eu
group=$1
shift
attempts=${ATTEMPTS:-80}
pause=${PAUSE_SECONDS:-15}
for app in "$@"; do
  id=$(az functionapp show --resource-group "$group" --name "$app" --query id --output tsv)
  attempt=1
  while :; do
    # One line for each connection: its status and its id.
    connections=$(az network private-endpoint-connection list --id "$id" --output tsv \
      --query "[].[properties.privateLinkServiceConnectionState.status, id]")
    pending=$(printf '%s\n' "$connections" | awk '$1 == "Pending" { print $2 }')
    if [ -z "$pending" ] && printf '%s\n' "$connections" | grep -q '^Approved'; then
      break
    fi
    for connection in $pending; do
      az network private-endpoint-connection approve --id "$connection" --description "Front Door" --output none
      echo "Approved a private connection to $app"
    done
    if [ "$attempt" -ge "$attempts" ]; then
      echo "$app has no approved private connection after $attempts attempts." >&2
      exit 1
    fi
    attempt=$((attempt + 1))
    sleep "$pause"
  done
  echo "$app has an approved private connection"
done
