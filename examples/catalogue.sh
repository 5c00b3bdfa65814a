#!/usr/bin/env bash
# Adds, changes and deletes a product (docs/api.md#catalogue).
source "$(dirname "$0")/shop.sh"
product=$SHOP/api/products/teapot-$RUN

body() { echo "{\"name\":\"Teapot\",\"description\":\"A blue teapot\",\"price\":$1,\"currency\":\"EUR\",\"active\":true}"; }

as_customer 201 -X PUT -H "If-None-Match: *" -d "$(body 3900)" "$product"
first=$(header ETag)
as_customer 412 -X PUT -H "If-None-Match: *" -d "$(body 3900)" "$product"
request 200 "$product"
request 200 "$SHOP/api/products?limit=2"
as_customer 200 -X PUT -H "If-Match: $first" -d "$(body 3500)" "$product"
second=$(header ETag)

# The first version is no longer the current one, so this change would overwrite a change that its author has not seen.
as_customer 412 -X PUT -H "If-Match: $first" -d "$(body 100)" "$product"
as_customer 422 -X PUT -H "If-Match: $second" -d "$(body -1)" "$product"
as_customer 204 -X DELETE -H "If-Match: $second" "$product"
