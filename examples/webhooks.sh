#!/usr/bin/env bash
# Manages an endpoint and its deliveries (docs/api.md#webhooks). Start LocalCloud with --allow-private-webhooks. To see the deliveries
# arrive, start a receiver first: PORT=9000 WEBHOOK_SECRET=whsec_... node docs/webhooks/receiver.mjs
#   RECEIVER  the receiver's address, by default http://127.0.0.1:9000/webhooks
source "$(dirname "$0")/shop.sh"
RECEIVER=${RECEIVER:-http://127.0.0.1:9000/webhooks}

as_customer 201 -d "{\"url\":\"$RECEIVER\",\"eventTypes\":[\"order.created\",\"image.ready\"]}" "$SHOP/api/webhooks/endpoints"
endpoint=$SHOP$(header Location)
as_customer 202 -X POST "$endpoint/test"
delivery=$SHOP/api/webhooks/deliveries/$(member deliveryId)
as_customer 200 "$delivery"
as_customer 202 -X POST "$delivery/replay"
as_customer 200 "$endpoint/deliveries?limit=10"
as_customer 200 "$SHOP/api/events?type=webhook.test"
as_customer 200 -d '{"graceHours":2}' "$endpoint/rotate-secret"
as_customer 200 -X PATCH -d '{"status":"paused"}' "$endpoint"
as_customer 409 -X POST "$endpoint/test"
as_customer 422 -X PATCH -d '{"eventTypes":["order.lost"]}' "$endpoint"
request 200 "$SHOP/.well-known/webhook-keys"
as_customer 204 -X DELETE "$endpoint"
