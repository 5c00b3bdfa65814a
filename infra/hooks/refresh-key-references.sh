#!/bin/sh
# Makes every function app of the resource group read its keys from the vault again, and waits until each reference is resolved. Without
# the refresh, an app that started before its keys existed would keep the unresolved references for up to 24 hours.
# Usage: refresh-key-references.sh RESOURCE_GROUP. Requires az signed in with the right to change the apps.
set -eu
group=$1
attempts=${ATTEMPTS:-20}
pause=${PAUSE_SECONDS:-15}
apps=$(az functionapp list --resource-group "$group" --query "[].id" --output tsv)
for app in $apps; do
  references="$app/config/configreferences/appsettings"
  az rest --method post --url "$references/refresh?api-version=2022-03-01" --output none
  attempt=1
  while :; do
    unresolved=$(az rest --method get --url "$references?api-version=2022-03-01" \
      --query "value[?properties.status!='Resolved'].[name, properties.status]" --output tsv)
    [ -z "$unresolved" ] && break
    if [ "$attempt" -ge "$attempts" ]; then
      echo "These references of ${app##*/} are not resolved:" >&2
      echo "$unresolved" >&2
      exit 1
    fi
    attempt=$((attempt + 1))
    sleep "$pause"
  done
  echo "${app##*/} has its keys"
done
