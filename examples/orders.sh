#!/usr/bin/env bash
# Places, reads and changes an order (docs/api.md#orders).
source "$(dirname "$0")/shop.sh"
sku=mug-$RUN
as_customer 201 -X PUT -H "If-None-Match: *" -d '{"name":"Mug","description":"A blue mug","price":1250,"currency":"EUR","active":true}' "$SHOP/api/products/$sku"

# The repeated request gets the same order, because it has the same key.
as_customer 201 -H "Idempotency-Key: $RUN" -d "{\"lines\":[{\"sku\":\"$sku\",\"quantity\":2}]}" "$SHOP/api/orders"
order=$SHOP$(header Location) version=$(header ETag) written=$(header Consistency-Token)
as_customer 201 -H "Idempotency-Key: $RUN" -d "{\"lines\":[{\"sku\":\"$sku\",\"quantity\":2}]}" "$SHOP/api/orders"
test "$(header Idempotency-Replayed)" = true

as_customer 409 -H "Idempotency-Key: $RUN-2" -d "{\"lines\":[{\"sku\":\"$sku\",\"quantity\":1,\"unitPrice\":1}]}" "$SHOP/api/orders"
as_customer 400 -d "{\"lines\":[{\"sku\":\"$sku\",\"quantity\":1}]}" "$SHOP/api/orders"
as_customer 200 -H "Consistency-Token: $written" "$order"
as_customer 200 "$SHOP/api/orders?limit=2"
as_customer 200 -X PATCH -H "If-Match: $version" -d '{"status":"paid"}' "$order"
request 200 "$SHOP/api/order-statuses/de"
