using System.Net.Http.Headers;
using System.Text;
using Receiver;
using Shop;

/// <summary>
/// Sells one product from the catalogue to the signed webhook, with a client that NSwag has generated. CSharpClientTests compiles this file
/// together with the client.
/// </summary>
public static class CSharpJourney
{
    /// <param name="receive">Waits for the first request to the receiver.</param>
    /// <returns>The id of the order about which the receiver has received a signed event.</returns>
    public static async Task<string> RunAsync(
        Uri address, string token, string sizeKey, byte[] picture, Uri receiver, Func<Task<(string Id, string Timestamp, string Signature, byte[] Body)>> receive)
    {
        // The server issues the session cookie with the attribute Secure, so HttpClient sends it over https only. On this machine, the shop has no TLS.
        using var http = new HttpClient(new LocalSession()) { BaseAddress = address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", token);
        var shop = new ShopClient(http);

        // 1. A picture. Its bytes go directly to storage, so that they do not pass through the app.
        var upload = await shop.RequestUploadAsync(new UploadRequest { ContentType = UploadRequestContentType.Image_jpeg, Bytes = picture.Length });
        using var storage = new HttpClient();
        using var content = new ByteArrayContent(picture);
        foreach (var (name, value) in upload.Headers)
        {
            content.Headers.Add(name, value);
        }

        (await storage.PutAsync(upload.UploadUrl, content)).EnsureSuccessStatusCode();
        await shop.CompleteUploadAsync(upload.Id);
        var image = await shop.GetImageAsync(upload.Id);
        while (image.Status != ImageStatus.Ready)
        {
            if (image.Status == ImageStatus.Failed)
            {
                throw new InvalidOperationException($"The picture cannot be used: {image.Error?.Detail}");
            }

            await Task.Delay(200);
            image = await shop.GetImageAsync(upload.Id);
        }

        // A size of the picture for a list of products. The shop makes it on the first request.
        var size = await http.GetAsync(SizeUrl.Of(sizeKey, image.Id, "w300-h300-cover-x50y30.webp"));
        if (size.EnsureSuccessStatusCode().Content.Headers.ContentType?.MediaType != "image/webp")
        {
            throw new InvalidOperationException("The size is not a WebP image.");
        }

        // 2. A product with this picture. If-None-Match: * creates the product only if no product has the SKU yet.
        var product = await shop.PutProductAsync(
            $"mug-{Guid.NewGuid():N}",
            new ProductChange { Name = "Mug", Description = "A blue mug", Price = 1250, Currency = "EUR", ImageId = image.Id, Active = true },
            if_None_Match: "*");

        // 3. An endpoint that receives the customer's new orders.
        var endpoint = await shop.CreateEndpointAsync(new EndpointRequest { Url = receiver.ToString(), EventTypes = [EventTypes2.Order_created] });

        // 4. A cart and its checkout. The key makes the checkout safe to repeat.
        await shop.SetCartLineAsync(product.Sku, new CartLineChange { Quantity = 2 });
        var order = await shop.CheckOutCartAsync(Guid.NewGuid().ToString());

        // 5. The delivery, which is genuine only if the endpoint's secret has signed exactly these bytes.
        var delivery = await receive();
        if (!new WebhookVerifier(endpoint.Secret!, TimeProvider.System).IsGenuine(delivery.Id, delivery.Timestamp, delivery.Signature, delivery.Body)
            || !Encoding.UTF8.GetString(delivery.Body).Contains(order.Id, StringComparison.Ordinal))
        {
            throw new InvalidOperationException("The delivery is not genuine, or it is about another order.");
        }

        await shop.DeleteEndpointAsync(endpoint.Id);
        return order.Id;
    }

    /// <summary>Sends the session cookie back, also without TLS.</summary>
    private sealed class LocalSession() : DelegatingHandler(new SocketsHttpHandler { UseCookies = false })
    {
        private string? _cookie;

        protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (_cookie is not null)
            {
                request.Headers.Add("Cookie", _cookie);
            }

            var response = await base.SendAsync(request, cancellationToken);
            if (response.Headers.TryGetValues("Set-Cookie", out var cookies))
            {
                _cookie = cookies.Select(cookie => cookie.Split(';')[0]).FirstOrDefault(cookie => cookie.StartsWith("sid=", StringComparison.Ordinal)) ?? _cookie;
            }

            return response;
        }
    }
}
