#!/bin/sh
# Installs what the image and its features do not contain: Core Tools, Azurite in the version that LocalCloud uses, and redis-server.
set -eu
azurite=$(sed -n 's/.*"azurite": "\([^"]*\)".*/\1/p' tools/LocalCloud/Storage/azurite/package.json)
sudo apt-get update
sudo apt-get install -y --no-install-recommends redis-server
npm install -g azure-functions-core-tools@4 "azurite@$azurite"
