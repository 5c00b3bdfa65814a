#!/bin/sh
# Lets Front Door in: its private connections to the apps wait for approval after each deployment that makes one.
# Usage: approve-private-links.sh RESOURCE_GROUP APP... Needs az, signed in as somebody who may change the apps.
set -eu
group=$1
shift
for app in "$@"; do
  id=$(az functionapp show --resource-group "$group" --name "$app" --query id --output tsv)
  az network private-endpoint-connection list --id "$id" --output tsv \
    --query "[?properties.privateLinkServiceConnectionState.status=='Pending'].id" | while read -r connection; do
    az network private-endpoint-connection approve --id "$connection" --description "Front Door" --output none
    echo "$app: approved"
  done
done
