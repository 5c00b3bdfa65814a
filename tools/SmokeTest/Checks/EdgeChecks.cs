using System.Globalization;
using ServerlessScale.SmokeTest.Http;
using ServerlessScale.SmokeTest.Results;

namespace ServerlessScale.SmokeTest.Checks;

/// <summary>Checks the cache of the edge, and that the apps refuse requests that bypass the edge.</summary>
internal static class EdgeChecks
{
    /// <summary>
    /// The number of requests for a variant. Front Door has several caches in each location, so that a repeated request can miss a cache.
    /// </summary>
    private const int Requests = 10;

    /// <summary>A purge of Front Door can take up to ten minutes (learn.microsoft.com/azure/frontdoor/standard-premium/how-to-cache-purge).</summary>
    private static readonly TimeSpan PurgeLimit = TimeSpan.FromMinutes(11);

    /// <summary>Requests a variant that was already requested, until a cache responds with the same bytes.</summary>
    public static async Task<CheckOutcome> CacheAsync(TestSession session, CancellationToken cancellationToken)
    {
        if (session.Image is not { } image)
        {
            return CheckOutcome.Skipped("The image did not become ready.");
        }

        if (image.Variant.Cache is null && session.Options.Url.IsLoopback)
        {
            return CheckOutcome.Skipped("The response has no X-Cache, because there is no edge. Start LocalCloud with --edge.");
        }

        List<string> seen = [image.Variant.RequireHeader("X-Cache")];
        for (var request = 0; request < Requests; request++)
        {
            var response = (await session.Shop.GetAsync(image.VariantPath, cancellationToken)).Expect(200);
            if (!response.Body.AsSpan().SequenceEqual(image.Variant.Body))
            {
                throw new CheckFailedException("The variant has changed", $"{response.Request} responded with other bytes than before.");
            }

            seen.Add(response.RequireHeader("X-Cache"));
            if (response.IsFromCache)
            {
                return CheckOutcome.Ok($"{image.VariantPath.Split('/')[^1]}: {string.Join(", then ", seen)}");
            }
        }

        throw new CheckFailedException(
            "The edge does not cache the variant", $"{image.Variant.Request} was never sent from a cache. X-Cache was {string.Join(", ", seen)}.");
    }

    /// <summary>Deletes the image and purges its variants. The edge would otherwise serve them for a year.</summary>
    public static async Task<CheckOutcome> PurgeAsync(TestSession session, CancellationToken cancellationToken)
    {
        if (session.Options.PurgeCommand is not { } purge)
        {
            return CheckOutcome.Skipped("No purge command. Add --purge-command.");
        }

        if (session.Image is not { } image)
        {
            return CheckOutcome.Skipped("The image did not become ready.");
        }

        await UploadCheck.DeleteAsync(session, image.Id, cancellationToken);
        var before = await session.Shop.GetAsync(image.VariantPath, cancellationToken);
        var start = session.Time.GetTimestamp();
        await PurgeCommand.RunAsync(purge, $"/images/{image.Id}/*", cancellationToken);
        await session.UntilAsync(
            async () => await session.Shop.GetAsync(image.VariantPath, cancellationToken) is { Status: 404 } response ? response : null,
            PurgeLimit,
            () => $"GET {image.VariantPath} still returns the variant of a deleted image.",
            cancellationToken);
        return CheckOutcome.Ok(string.Create(
            CultureInfo.InvariantCulture,
            $"variant of the deleted image: {before.Status} ({before.Cache ?? "no edge"}) before the purge, 404 after {session.Time.GetElapsedTime(start).TotalSeconds:0.0} s"));
    }

    /// <summary>
    /// Sends a request to each app directly. In Azure, the platform refuses the request before the app does. Such a response is not a
    /// problem document of the shop.
    /// </summary>
    public static async Task<CheckOutcome> OriginAsync(TestSession session, CancellationToken cancellationToken)
    {
        if (session.Options.OriginUrls is not { Count: > 0 } origins)
        {
            return CheckOutcome.Skipped("No origin. Add --origin-url for each app.");
        }

        List<string> refusals = [];
        foreach (var origin in origins)
        {
            using var client = new ShopClient(origin, token: "", session.Options.Limit);
            var response = await client.GetAsync("api/health/live", cancellationToken);
            if (response is not { Status: 403, Code: null or "not-through-edge" })
            {
                throw new CheckFailedException(
                    "The app accepts requests that bypass the edge",
                    $"{origin.GetLeftPart(UriPartial.Authority)}: {response.Request} responded with {response.Status}{(response.Code is { } code ? $" {code}" : "")} instead of 403 not-through-edge.");
            }

            refusals.Add($"{origin.Host}: 403 {response.Code ?? "by the platform"}");
        }

        return CheckOutcome.Ok(string.Join(", ", refusals));
    }
}
