using System.Net;
using System.Net.Http.Json;
using ServerlessScale.Local;
using ServerlessScale.Measurement;

namespace ServerlessScale.Bench;

/// <summary>Adds the products that a benchmark orders to the catalogue of a local cloud.</summary>
internal static class BenchProducts
{
    public static async Task AddAsync(
        LocalCloud cloud, IEnumerable<(string Sku, long Price)> products, CancellationToken cancellationToken)
    {
        using var client = cloud.CreateClient(cloud.Token("merchant", "catalogue.write"));
        foreach (var (sku, price) in products)
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, $"api/products/{sku}")
            {
                Content = JsonContent.Create(new { name = sku, description = "", price, currency = "EUR", active = true }),
                Headers = { { "If-None-Match", "*" } },
            };
            using var response = await client.SendAsync(request, cancellationToken);
            if (response.StatusCode != HttpStatusCode.Created)
            {
                throw new CommandException($"The product {sku} could not be created: {await response.Content.ReadAsStringAsync(cancellationToken)}");
            }
        }
    }
}
