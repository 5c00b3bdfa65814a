#!/usr/bin/env bash
# Fills a cart and checks out (docs/api.md#cart). curl stores the session cookie.
source "$(dirname "$0")/shop.sh"
sku=mug-$RUN
as_customer 201 -X PUT -H "If-None-Match: *" -d '{"name":"Mug","description":"A blue mug","price":1250,"currency":"EUR","active":true}' "$SHOP/api/products/$sku"

request 200 "$SHOP/api/cart"
as_customer 200 -X PUT -d '{"quantity":2}' "$SHOP/api/cart/lines/$sku"
as_customer 422 -X PUT -d '{"quantity":1}' "$SHOP/api/cart/lines/no-such-product"

# The repeated checkout places no second order, because it has the same key.
as_customer 201 -X POST -H "Idempotency-Key: $RUN" "$SHOP/api/cart/checkout"
as_customer 201 -X POST -H "Idempotency-Key: $RUN" "$SHOP/api/cart/checkout"
test "$(header Idempotency-Replayed)" = true

as_customer 200 -X PUT -d '{"quantity":1}' "$SHOP/api/cart/lines/$sku"
request 204 -X DELETE "$SHOP/api/cart"
