#!/usr/bin/env bash
# Uploads a photograph and reads its variants (docs/api.md#images).
source "$(dirname "$0")/shop.sh"
photograph=../docs/sample.jpg

# Request a URL, send the file directly to storage, and complete the upload.
as_customer 201 -d "{\"contentType\":\"image/jpeg\",\"bytes\":$(wc -c < "$photograph")}" "$SHOP/api/uploads"
id=$(member id)
request 201 -T "$photograph" -H "x-ms-blob-type: BlockBlob" "$(member uploadUrl)"
as_customer 202 -X POST "$SHOP/api/uploads/$id/complete"

# The response has Retry-After until the photograph is ready.
request 200 "$SHOP/api/images/$id"
while [ -n "$(header Retry-After)" ]; do
  sleep "$(header Retry-After)"
  request 200 "$SHOP/api/images/$id"
done
variant=$SHOP$(member 'variants[0].url')

request 200 "$variant"
request 304 -H "If-None-Match: $(header ETag)" "$variant"
request 206 -H "Range: bytes=0-9" "$variant"
request 404 "$SHOP/images/$id/7.webp"
request 403 "$SHOP/images/$id/w100.webp"
as_customer 415 -d '{"contentType":"image/tiff","bytes":100}' "$SHOP/api/uploads"
as_customer 204 -X DELETE "$SHOP/api/images/$id"
