#!/bin/sh
# Approves Front Door's private connections to the apps. A new connection does not work until somebody approves it.
# Usage: approve-private-links.sh RESOURCE_GROUP APP... Requires az signed in with the right to change the apps.
set -eu
group=$1
shift
for app in "$@"; do
  id=$(az functionapp show --resource-group "$group" --name "$app" --query id --output tsv)
  az network private-endpoint-connection list --id "$id" --output tsv \
    --query "[?properties.privateLinkServiceConnectionState.status=='Pending'].id" | while read -r connection; do
    az network private-endpoint-connection approve --id "$connection" --description "Front Door" --output none
    echo "Approved the private connection to $app"
  done
done
